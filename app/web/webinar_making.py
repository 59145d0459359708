"""A webinar made of a file: all of it is examined first; then it is made whole, or not at all."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from app import chat, core
from app.autowebinar import (
    ScheduleInvalid,
    VersionInvalid,
    drafts,
    schedule,
    schedule_rules,
    webinar_file,
)
from app.autowebinar.line_keys import keys_of
from app.autowebinar.webinar_file import Document, FileInvalid, Unpacked
from app.core import UserRecord, WebinarRecord
from app.core.errors import WebinarRefused
from app.media import MediaRefused, adopting, folder, kinds
from app.media.adopting import Weighed
from app.media.examining import Beat
from app.web.new_webinars import first_speaker, free_slug


@dataclass(frozen=True, slots=True)
class Examined:
    """A file's document, and its media, which lie in their places and are nobody's yet."""

    document: Document
    media: dict[str, Weighed]


def examine(file: IO[bytes], beat: Beat = lambda: None) -> Examined:
    """FileInvalid and MediaRefused say why nothing can be made of it. What was unfolded is gone
    afterwards, and none of it was ever in memory but the document."""
    with folder.workshop() as made, folder.refusing_when_full():
        folder.require_room(file.seek(0, 2))
        file.seek(0)
        unpacked = webinar_file.unpack(file, made, kinds.largest, beat)
        weighed = {
            sha256: _weighed(unpacked, sha256, path, beat)
            for sha256, path in unpacked.media.items()
        }
        for sha256, each in weighed.items():
            adopting.keep(unpacked.media[sha256], each)
    return Examined(unpacked.document, weighed)


def _weighed(unpacked: Unpacked, sha256: str, path: Path, beat: Beat) -> Weighed:
    """The refusal goes along by its name: who reads it may speak another language."""
    kind = unpacked.document.media[sha256].kind
    try:
        return adopting.weigh(path, kind, sha256, beat)
    except MediaRefused as refusal:
        where = f"{sha256[:12]} {kind} {refusal.name} {refusal.detail}"
        raise FileInvalid("media_differs", where) from None


def make(examined: Examined, actor: UserRecord) -> WebinarRecord:
    """The draft, in one transaction. FileInvalid names the member that will not do."""
    try:
        return _written(examined.document, examined.media, actor)
    except VersionInvalid as wrong:
        raise FileInvalid("member", f"content.{wrong}") from None
    except ScheduleInvalid as wrong:
        raise FileInvalid("member", f"schedule.{wrong.where}") from None
    except WebinarRefused as wrong:
        raise FileInvalid("member", f"webinar: {wrong.name}") from None


def _written(document: Document, weighed: dict[str, Weighed], actor: UserRecord) -> WebinarRecord:
    def placed(text: str) -> str:
        found = weighed.get(text.removeprefix("media/")) if text.startswith("media/") else None
        return found.address if found else text

    def adopt(webinar_id: str, owner_id: int) -> None:
        for sha256, each in weighed.items():
            name = document.media[sha256].name
            adopting.adopt(each, name=name, owner_id=owner_id, webinar_id=webinar_id)

    return made_of(document, actor, placed=placed, lend=adopt)


def made_of(
    document: Document,
    actor: UserRecord,
    *,
    placed: Callable[[str], str],
    lend: Callable[[str, int], None],
) -> WebinarRecord:
    """An AutoWebinar's draft. `placed`: a text with the address that its media have here; `lend`
    makes them the new webinar's, and the owner's."""
    members = document.webinar.model_dump() | {"poster": placed(document.webinar.poster)}
    with core.transaction():
        made = core.webinars.create(
            type="auto",
            slug=free_slug(document.webinar.title),
            owner_id=actor.user_id,
            speaker_id=first_speaker(actor),
            **members,
        )
        lend(made.webinar_id, actor.user_id)
        content = webinar_file.replaced(document.content, placed)
        drafts.change(made.webinar_id, content, actor=actor)
        keyed = zip(document.lines, keys_of(document.lines), strict=True)
        drafts.add_lines(made.webinar_id, keyed, actor=actor)
        if document.schedule is not None:
            rules = schedule_rules.checked(document.schedule)
            schedule.save(made.webinar_id, rules, actor_id=actor.user_id)
        if document.chat is not None:
            talk = chat.rules.Rules(**document.chat.model_dump())
            chat.rules.change(made.webinar_id, talk, actor=actor)
        return made
