"""Broadcasts: made, found, and told of each step that the webinar's state has taken.

The state itself is Core's, and Core alone changes it. Whoever asks Core for a change tells it here
in the same transaction; what was told to nobody is heard of afterwards (`listening.py`).
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app import clock, core
from app.core import WebinarRecord
from app.extensions import db
from app.live import cutting, state
from app.live.air import Air
from app.live.errors import NoteInvalid
from app.live.models import LiveBroadcast

SHORTEST_MINUTES, LONGEST_MINUTES = 5, 24 * 60
LONGEST_NOTE = 500


@dataclass(frozen=True, slots=True)
class Broadcast:
    """`cta_text` and `cta_link` may be empty: then the way leads to who invited the viewer."""

    webinar_id: str
    planned_minutes: int
    stream_id: str
    stream_key: str
    air: Air
    note: str
    cta_text: str
    cta_link: str
    speaker_name: str
    speaker_role: str
    recording: str
    recording_chosen: bool
    revision: int
    settled: bool

    def planned_end(self, webinar: WebinarRecord) -> datetime | None:
        """When it is meant to be over: counted from the start where it has begun."""
        begins = self.air.on_air_at or webinar.scheduled_at
        return begins + timedelta(minutes=self.planned_minutes) if begins else None


def of(webinar_id: str) -> Broadcast:
    """The webinar's broadcast; made where there is none yet."""
    row = db.session.get(LiveBroadcast, webinar_id)
    if row is None:
        with core.transaction():
            row = locked(webinar_id)
    return copy_of(row)


def by_stream(stream_id: str) -> Broadcast | None:
    row = db.session.scalar(select(LiveBroadcast).where(LiveBroadcast.stream_id == stream_id))
    return copy_of(row) if row else None


def locked(webinar_id: str) -> LiveBroadcast:
    """The row, made where there is none, and held until the end of the transaction."""
    first = {
        "webinar_id": webinar_id,
        "stream_id": secrets.token_hex(8),
        "stream_key": secrets.token_urlsafe(24),
    }
    core.insert_new(LiveBroadcast, first)
    return db.session.get_one(
        LiveBroadcast, webinar_id, with_for_update=True, populate_existing=True
    )


def started(webinar_id: str, now: datetime) -> None:
    """It went on air. Told again, the first moment stays."""
    row = locked(webinar_id)
    row.on_air_at = row.on_air_at or now
    state.changed(row)


def paused(webinar_id: str, now: datetime) -> None:
    row = locked(webinar_id)
    row.paused_at = row.paused_at or now
    state.changed(row)


def resumed(webinar_id: str, now: datetime) -> None:
    row = locked(webinar_id)
    _end_pause(row, now)
    state.changed(row)


def stopped(webinar_id: str, now: datetime) -> None:
    """It went off the air. A pause that was not ended is no part of it, and whoever publishes yet is
    cut off."""
    row = locked(webinar_id)
    _end_pause(row, now)
    row.off_air_at = row.off_air_at or now
    cutting.ask(row, now)
    state.changed(row)


def _end_pause(row: LiveBroadcast, now: datetime) -> None:
    if row.paused_at is not None:
        row.paused_seconds += max(0, round((now - row.paused_at).total_seconds()))
        row.paused_at = None


def changed_elsewhere(webinar_id: str) -> None:
    """Core changed something that the room shows: its state, its call to action."""
    state.changed(locked(webinar_id))


def cancelled(webinar_id: str, now: datetime) -> None:
    """It will not be: whoever tries the camera already is cut off."""
    row = locked(webinar_id)
    cutting.ask(row, now)
    state.changed(row)


def set_up(webinar_id: str, **fields: Any) -> Broadcast:
    """Change `planned_minutes`, the call to action, who speaks or the recording; they are not
    checked here, for the forms have."""
    with core.transaction():
        row = locked(webinar_id)
        for name, value in fields.items():
            setattr(row, name, value)
        state.changed(row)
        return copy_of(row)


def choose_recording(webinar_id: str, address: str, *, seen: str | None = None) -> bool:
    """A person says which recording it is, or that there is none. False, and nothing is changed,
    where it is no longer the one that they had `seen`."""
    with core.transaction():
        row = locked(webinar_id)
        if seen is not None and seen != row.recording:
            return False
        row.recording, row.recording_chosen = address, True
        state.changed(row)
        return True


def speakers_of(webinar_ids: set[str]) -> dict[str, tuple[str, str]]:
    """Name and role as their pages have them, of those that say so; in one query."""
    row = LiveBroadcast
    statement = select(row.webinar_id, row.speaker_name, row.speaker_role).where(
        row.webinar_id.in_(webinar_ids), row.speaker_name != ""
    )
    found = db.session.execute(statement).all() if webinar_ids else []
    return {webinar_id: (name, role) for webinar_id, name, role in found}


def pin(webinar_id: str, note: str) -> None:
    """Show a note above the chat; an empty one takes it away."""
    words = "\n".join(map(core.normalise.visible, note.splitlines())).strip()
    if len(words) > LONGEST_NOTE:
        raise NoteInvalid(f"{len(words)} characters")
    with core.transaction():
        row = locked(webinar_id)
        row.note = words
        state.changed(row)


def new_key(webinar_id: str) -> str:
    """A stream key that nobody has seen; who publishes with the old one is cut off, and refused from
    now on."""
    with core.transaction():
        row = locked(webinar_id)
        row.stream_key = secrets.token_urlsafe(24)
        cutting.ask(row, clock.now())
        return row.stream_key


def air_of(row: LiveBroadcast) -> Air:
    return Air(row.on_air_at, row.off_air_at, row.paused_at, row.paused_seconds)


def copy_of(row: LiveBroadcast) -> Broadcast:
    return Broadcast(
        webinar_id=row.webinar_id,
        planned_minutes=row.planned_minutes,
        stream_id=row.stream_id,
        stream_key=row.stream_key,
        air=air_of(row),
        note=row.note,
        cta_text=row.cta_text,
        cta_link=row.cta_link,
        speaker_name=row.speaker_name,
        speaker_role=row.speaker_role,
        recording=row.recording,
        recording_chosen=row.recording_chosen,
        revision=row.revision,
        settled=row.settled_at is not None,
    )
