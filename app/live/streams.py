"""What the media server told of a broadcast's stream: that it runs, and what was recorded.

A server that dies says nothing. So its list of pieces is looked at, and a stream whose list had grown
and grows no more is given up. And a server tells of the end of a second publisher, whom it refused, as
it tells of the first one's: a stream that is said to have ended and goes on growing has not.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from app import core
from app.extensions import db
from app.live import state
from app.live.broadcasts import locked
from app.live.models import LiveBroadcast, LiveRecording

SILENCE = timedelta(seconds=20)
LAST_PIECE = timedelta(seconds=10)
"""By then the last piece of a stream that ended is in its list."""
LOOKED_FOR = timedelta(hours=1)
"""So long a stream that was given up, or said to have ended, may show that it runs after all."""
ADOPTED_WITHIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Recording:
    """A file that the media server wrote. `state`: `new`, `kept`, `lost` with the `error`, or `aside`."""

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
        row.publishing_since, row.stream_heard_at = now, None
        state.changed(row)


def heard(webinar_id: str, now: datetime) -> None:
    """It was seen to run: one that was given up, or said to have ended, has not. The last piece of
    one that did says nothing."""
    with core.transaction() as session:
        mine = LiveBroadcast.webinar_id == webinar_id
        since, heard_at = session.execute(
            select(LiveBroadcast.publishing_since, LiveBroadcast.stream_heard_at).where(mine)
        ).one()
        if since is None:
            if heard_at is not None and now - heard_at <= LAST_PIECE:
                return
            began(webinar_id, now)
        session.execute(update(LiveBroadcast).where(mine).values(stream_heard_at=now))


def ended(webinar_id: str, now: datetime) -> None:
    with core.transaction():
        row = locked(webinar_id)
        row.publishing_since, row.stream_heard_at = None, now
        state.changed(row)


def running(now: datetime) -> dict[str, str]:
    """Streams that run, or did until they were given up: id of the stream, of the webinar."""
    statement = select(LiveBroadcast.stream_id, LiveBroadcast.webinar_id).where(
        LiveBroadcast.off_air_at.is_(None),
        LiveBroadcast.publishing_since.is_not(None)
        | (LiveBroadcast.stream_heard_at > now - LOOKED_FOR),
    )
    return {row.stream_id: row.webinar_id for row in db.session.execute(statement)}


def give_up_silent(now: datetime) -> int:
    """Streams that had been seen to run, and are not any more; how many. One that nobody can look at
    is believed."""
    silent = select(LiveBroadcast.webinar_id).where(
        LiveBroadcast.publishing_since.is_not(None), LiveBroadcast.stream_heard_at < now - SILENCE
    )
    found = list(db.session.scalars(silent))
    for webinar_id in found:
        _give_up(webinar_id)
    return len(found)


def _give_up(webinar_id: str) -> None:
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


def streams_over(now: datetime) -> dict[str, str]:
    """Streams of broadcasts that are over since a day at most: id of the stream, of the webinar."""
    statement = select(LiveBroadcast.stream_id, LiveBroadcast.webinar_id).where(
        LiveBroadcast.off_air_at > now - ADOPTED_WITHIN, LiveBroadcast.publishing_since.is_(None)
    )
    return {row.stream_id: row.webinar_id for row in db.session.execute(statement)}


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


def keep_recording(recording_id: int, ended_at: datetime) -> None:
    """`ended_at`: when what is kept of it did."""
    with core.transaction() as session:
        row = session.get_one(LiveRecording, recording_id)
        row.state, row.told_at = "kept", ended_at


def lose_recording(recording_id: int, error: str) -> None:
    with core.transaction() as session:
        row = session.get_one(LiveRecording, recording_id)
        row.state, row.error = "lost", error[:300]


def put_aside(recording_id: int) -> None:
    """Nothing was in it: whoever was refused by the media server leaves such a file."""
    with core.transaction() as session:
        session.get_one(LiveRecording, recording_id).state = "aside"


def _copy_of(row: LiveRecording) -> Recording:
    return Recording(row.id, row.webinar_id, row.path, row.told_at, row.state, row.error)
