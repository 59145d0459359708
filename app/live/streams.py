"""What the media server told of a broadcast's stream: that it runs, and what was recorded."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app import core
from app.extensions import db
from app.live import state
from app.live.broadcasts import locked
from app.live.models import LiveBroadcast, LiveRecording


@dataclass(frozen=True, slots=True)
class Recording:
    """A file that the media server wrote. `state`: `new`, `kept` or `lost`, with the `error`."""

    recording_id: int
    webinar_id: str
    path: str
    told_at: datetime
    state: str
    error: str

    @property
    def source(self) -> str:
        """How the file that was made of it says where it came from."""
        return f"recording:{self.recording_id}"


def began(webinar_id: str, now: datetime) -> None:
    with core.transaction():
        row = locked(webinar_id)
        row.publishing_since = now
        state.changed(row)


def ended(webinar_id: str) -> None:
    with core.transaction():
        row = locked(webinar_id)
        row.publishing_since = None
        state.changed(row)


def publishing_since(webinar_id: str) -> datetime | None:
    """Since when the media server has had the speaker's stream; None: it has none."""
    return db.session.scalar(
        select(LiveBroadcast.publishing_since).where(LiveBroadcast.webinar_id == webinar_id)
    )


def recorded(webinar_id: str, path: str, now: datetime) -> None:
    """A file is there; told again, it is one. `workers.recordings` keeps it."""
    with core.transaction():
        locked(webinar_id)
        core.insert_new(LiveRecording, {"webinar_id": webinar_id, "path": path, "told_at": now})


def new_recordings(limit: int = 10) -> list[Recording]:
    """Files that were not looked at yet, oldest first."""
    statement = select(LiveRecording).where(LiveRecording.state == "new")
    rows = db.session.scalars(statement.order_by(LiveRecording.id).limit(limit))
    return [_copy_of(row) for row in rows]


def waiting_since() -> datetime | None:
    """Since when a file waits to be taken."""
    return db.session.scalar(
        select(func.min(LiveRecording.told_at)).where(LiveRecording.state == "new")
    )


def is_new(recording_id: int) -> bool:
    statement = select(LiveRecording.state).where(LiveRecording.id == recording_id)
    return db.session.scalar(statement) == "new"


def recordings_of(webinar_id: str) -> list[Recording]:
    """In the order in which they were told of."""
    statement = select(LiveRecording).where(LiveRecording.webinar_id == webinar_id)
    return [_copy_of(row) for row in db.session.scalars(statement.order_by(LiveRecording.id))]


def settle_recording(recording_id: int, *, kept: bool, error: str = "") -> None:
    with core.transaction() as session:
        row = session.get_one(LiveRecording, recording_id)
        row.state, row.error = ("kept" if kept else "lost"), error[:300]


def _copy_of(row: LiveRecording) -> Recording:
    return Recording(row.id, row.webinar_id, row.path, row.told_at, row.state, row.error)
