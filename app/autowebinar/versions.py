"""Versions of an AutoWebinar: made, published, found. A version never changes once made."""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import func, insert, or_, select

from app import clock, core
from app.autowebinar import content as contents
from app.autowebinar import differences
from app.autowebinar.content import Content
from app.autowebinar.cues import OF_A_KIND, PLAIN, CueDraft, stored
from app.autowebinar.errors import VersionInvalid
from app.autowebinar.models import (
    Autowebinar,
    AutowebinarCue,
    AutowebinarLine,
    AutowebinarVersion,
)
from app.autowebinar.timeline import Closing, Cue, Line, Version
from app.extensions import db


@dataclass(frozen=True, slots=True)
class Note:
    """`changes` as `differences.between` has them; None of the first, and of those of before
    changes were written down."""

    version_id: str
    number: int
    created_at: datetime
    created_by: int | None
    changes: dict[str, Any] | None


def connect() -> None:
    """Nothing is published that has no version: its room would open with nothing."""
    core.webinar_states.ask_before_publishing("auto", lambda each: published(each) is not None)


def create_version(
    webinar_id: str, content: dict[str, Any], *, actor_id: int | None = None
) -> Version:
    """A new version of that content (`speaker{name,role}`, `video`, `poster`, `captions`,
    `closing{ended,next,choice}`, `duration_sec`, `lines[{at,author,text,role?,source?}]`, `cues`, each as
    `cues.CueContent` says).

    The same content again is the version that already holds it. VersionInvalid keeps nothing.
    """
    checked = contents.checked(content)
    with core.transaction() as session:
        if session.get(Autowebinar, webinar_id, with_for_update=True) is None:
            session.add(Autowebinar(webinar_id=webinar_id))
            session.flush()
        version_id = session.scalar(
            select(AutowebinarVersion.id).where(
                AutowebinarVersion.webinar_id == webinar_id,
                AutowebinarVersion.digest == checked.digest,
            )
        )
        return load(version_id or _write(webinar_id, checked, actor_id))


def is_published(webinar_id: str, content: dict[str, Any]) -> bool:
    """Whether that content is what is shown. What is no whole content yet is not."""
    try:
        digest = contents.checked(content).digest
    except VersionInvalid:
        return False
    shown = select(AutowebinarVersion.digest).join(
        Autowebinar, Autowebinar.published_version_id == AutowebinarVersion.id
    )
    return db.session.scalar(shown.where(Autowebinar.webinar_id == webinar_id)) == digest


def shown_since(webinar_id: str) -> datetime | None:
    """When the version that is shown was made; None where none is."""
    shown = select(AutowebinarVersion.created_at).join(
        Autowebinar, Autowebinar.published_version_id == AutowebinarVersion.id
    )
    return db.session.scalar(shown.where(Autowebinar.webinar_id == webinar_id))


def _write(webinar_id: str, content: Content, actor_id: int | None) -> str:
    version_id = f"av_{secrets.token_hex(8)}"
    db.session.add(
        AutowebinarVersion(
            id=version_id,
            webinar_id=webinar_id,
            number=_next_number(webinar_id),
            video=content.video,
            poster=content.poster,
            captions=content.captions,
            duration_sec=content.duration_sec,
            speaker_name=content.speaker.name,
            speaker_role=content.speaker.role,
            created_at=clock.now(),
            created_by=actor_id,
            changes=_changes(newest(webinar_id), content),
            digest=content.digest,
            closing=content.closing.model_dump(exclude_defaults=True),
        )
    )
    db.session.flush()
    lines = _lines(version_id, content)
    if lines:
        db.session.connection().execute(insert(AutowebinarLine), lines)
    db.session.add_all(_cues(version_id, content))
    db.session.flush()
    return version_id


def _next_number(webinar_id: str) -> int:
    last = select(func.max(AutowebinarVersion.number))
    return (db.session.scalar(last.where(AutowebinarVersion.webinar_id == webinar_id)) or 0) + 1


def newest(webinar_id: str) -> Version | None:
    """The last one made, shown or not."""
    version_id = db.session.scalar(
        select(AutowebinarVersion.id)
        .where(AutowebinarVersion.webinar_id == webinar_id)
        .order_by(AutowebinarVersion.number.desc())
        .limit(1)
    )
    return load(version_id) if version_id else None


def _changes(before: Version | None, content: Content) -> dict[str, Any] | None:
    """What is otherwise than in the version before it; None for the first."""
    if before is None:
        return None
    old = {**content_of(before), "lines": lines_of(before)}
    new = content.model_dump(mode="json", exclude={"cues"}) | {
        "cues": [stored(cue) for cue in content.cues]
    }
    return differences.between(old, new)


def _lines(version_id: str, content: Content) -> list[dict[str, Any]]:
    return [
        {
            "version_id": version_id,
            "position": position,
            "at_sec": line.at,
            "author": line.author,
            "role": line.role,
            "text": line.text,
            "source": line.source,
            "mode": line.mode,
        }
        for position, line in enumerate(sorted(content.lines, key=lambda line: line.at))
    ]


def _cues(version_id: str, content: Content) -> list[AutowebinarCue]:
    return [_cue_row(version_id, stored(cue)) for cue in content.cues]


def _cue_row(version_id: str, cue: dict[str, Any]) -> AutowebinarCue:
    plain = {name: cue.pop(name) for name in PLAIN}
    cue_id = f"cue_{secrets.token_hex(6)}"
    return AutowebinarCue(id=cue_id, version_id=version_id, data=cue, **plain)


def publish(webinar_id: str, version_id: str) -> None:
    """What viewers who come from now on see. Who is watching stays with the version begun with."""
    with core.transaction() as session:
        version = session.get(AutowebinarVersion, version_id)
        if version is None or version.webinar_id != webinar_id:
            raise VersionInvalid(f"{version_id} is not a version of {webinar_id}")
        session.get_one(Autowebinar, webinar_id).published_version_id = version_id


def published(webinar_id: str) -> Version | None:
    version_id = db.session.scalar(
        select(Autowebinar.published_version_id).where(Autowebinar.webinar_id == webinar_id)
    )
    return load(version_id) if version_id else None


def content_of(version: Version | None) -> dict[str, Any]:
    """The content from which such a version would be made, but its lines; empty for None."""
    if version is None:
        return {}
    return {
        "video": version.video,
        "poster": version.poster,
        "captions": version.captions,
        "duration_sec": version.duration,
        "speaker": {"name": version.speaker_name, "role": version.speaker_role},
        "closing": asdict(version.closing),
        "cues": [_cue_content(cue) for cue in version.cues],
    }


def _cue_content(cue: Cue) -> dict[str, Any]:
    given = {name: getattr(cue, name) for name in (*PLAIN, *OF_A_KIND)}
    return stored(CueDraft.model_validate({**given, "options": list(cue.options)}))


def lines_of(version: Version | None) -> list[dict[str, Any]]:
    """Its lines as a content has them."""
    return [contents.line_members(line) for line in (version.lines if version else ())]


def of_cue(cue_id: str) -> Version | None:
    """The version to which a cue belongs."""
    version_id = db.session.scalar(
        select(AutowebinarCue.version_id).where(AutowebinarCue.id == cue_id)
    )
    return load(version_id) if version_id else None


@lru_cache(maxsize=512)
def load(version_id: str) -> Version:
    """Read once a process: a version does not change. VersionInvalid where there is none."""
    row = db.session.get(AutowebinarVersion, version_id)
    if row is None:
        raise VersionInvalid(f"no version {version_id}")
    return Version(
        version_id=row.id,
        webinar_id=row.webinar_id,
        number=row.number,
        video=row.video,
        poster=row.poster,
        captions=row.captions,
        duration=row.duration_sec,
        speaker_name=row.speaker_name,
        speaker_role=row.speaker_role,
        lines=_read_lines(version_id),
        cues=_read_cues(version_id),
        closing=Closing(**(row.closing or {})),
    )


def _read_lines(version_id: str) -> tuple[Line, ...]:
    """Columns, not rows of the mapper: there may be a hundred thousand."""
    row = AutowebinarLine
    statement = (
        select(row.position, row.at_sec, row.author, row.role, row.text, row.source, row.mode)
        .where(row.version_id == version_id)
        .order_by(row.position)
    )
    return tuple(Line(*columns) for columns in db.session.execute(statement))


def _read_cues(version_id: str) -> tuple[Cue, ...]:
    statement = (
        select(AutowebinarCue)
        .where(AutowebinarCue.version_id == version_id)
        .order_by(AutowebinarCue.show_at, AutowebinarCue.id)
    )
    return tuple(_cue(row) for row in db.session.scalars(statement))


def _cue(row: AutowebinarCue) -> Cue:
    return Cue(
        row.id,
        row.show_at,
        row.hide_at,
        row.text,
        row.link,
        row.note,
        kind=row.kind,
        key=row.key,
        options=tuple(row.data.get("options", ())),
        results_at=row.data.get("results_at"),
        minutes=row.data.get("minutes"),
        until=row.data.get("until"),
    )


def shows(webinar_id: str, address: str) -> bool:
    """Whether any version of the webinar, then or now, has that video, poster or captions, or
    hands that file out."""
    version = AutowebinarVersion
    own = select(version.id).where(version.webinar_id == webinar_id).limit(1)
    media = (version.video, version.poster, version.captions)
    statements = (
        own.where(or_(*(column == address for column in media))),
        own.join(AutowebinarCue).where(AutowebinarCue.link == address),
    )
    return any(db.session.scalar(each) is not None for each in statements)


def notes(webinar_id: str, *, before: int | None = None, limit: int = 20) -> list[Note]:
    """What is known of each version, newest first, without what is in it."""
    row = AutowebinarVersion
    statement = select(row.id, row.number, row.created_at, row.created_by, row.changes)
    statement = statement.where(row.webinar_id == webinar_id).order_by(row.number.desc())
    if before is not None:
        statement = statement.where(row.number < before)
    return [Note(*found) for found in db.session.execute(statement.limit(limit))]
