"""A draft as the version that it would become, made of nothing but what is there so far: for a
preview. It is kept nowhere and may lack anything."""

from functools import lru_cache
from typing import Any

from sqlalchemy import select

from app.autowebinar import drafts, versions
from app.autowebinar.content import SpeakerContent, is_safe_link
from app.autowebinar.cues import CueDraft
from app.autowebinar.models import AutowebinarDraftLine
from app.autowebinar.timeline import Closing, Cue, Line, Version
from app.extensions import db

DRAFT = "draft"
A_MINUTE = 60


def version_of(webinar_id: str) -> Version:
    """What is published, where nothing was changed since."""
    draft = drafts.get(webinar_id)
    if draft.revision == 0:
        return versions.published(webinar_id) or _made(webinar_id, draft.content, ())
    return _load(webinar_id, draft.revision)


@lru_cache(maxsize=4)
def _load(webinar_id: str, revision: int) -> Version:
    """Read once a change: an author who looks through the seconds asks many times for one draft."""
    return _made(webinar_id, drafts.get(webinar_id).content, _lines(webinar_id))


def _made(webinar_id: str, content: dict[str, Any], lines: tuple[Line, ...]) -> Version:
    speaker = SpeakerContent.model_validate(content.get("speaker") or {})
    cues = tuple(_cue(CueDraft.model_validate(cue)) for cue in content.get("cues", ()))
    return Version(
        version_id=DRAFT,
        webinar_id=webinar_id,
        number=0,
        video=content.get("video", ""),
        poster=content.get("poster", ""),
        captions=content.get("captions", ""),
        duration=content.get("duration_sec") or _last_second(cues, lines),
        speaker_name=speaker.name,
        speaker_role=speaker.role,
        lines=lines,
        cues=tuple(sorted(cues, key=lambda cue: (cue.show_at, cue.cue_id))),
        closing=Closing(**(content.get("closing") or {})),
    )


def _last_second(cues: tuple[Cue, ...], lines: tuple[Line, ...]) -> int:
    """How long a recording must be at least, whose length nobody has told yet."""
    seconds = [moment for cue in cues for moment in cue.moments] + [line.at for line in lines]
    return max([A_MINUTE, *seconds])


def _cue(cue: CueDraft) -> Cue:
    """A link that will not do leads nowhere yet: the linter tells its author."""
    return Cue(
        f"cue_{cue.key}",
        cue.show_at,
        cue.hide_at,
        cue.text,
        cue.link if cue.link and is_safe_link(cue.link) else None,
        cue.note,
        kind=cue.kind,
        key=cue.key,
        options=tuple(cue.options),
        results_at=cue.results_at,
        minutes=cue.minutes,
        until=cue.until,
    )


def _lines(webinar_id: str) -> tuple[Line, ...]:
    row = AutowebinarDraftLine
    statement = (
        select(row.at_sec, row.author, row.role, row.text, row.source, row.mode)
        .where(row.webinar_id == webinar_id)
        .order_by(row.at_sec, row.id)
    )
    found = db.session.execute(statement)
    return tuple(Line(position, *columns) for position, columns in enumerate(found))
