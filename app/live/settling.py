"""What a broadcast that is over says of each who was there: completed or not, by the rule.

Completed is who was present at the stop, or for four fifths of the time on air. Asked a little
after the stop, when the last signs of life have come; nothing depends on when exactly.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from app import clock, core
from app.extensions import db
from app.live import presence
from app.live.air import Air
from app.live.broadcasts import air_of
from app.live.models import LiveBroadcast, LivePresence
from app.live.presence import STALL

PATIENCE = STALL + timedelta(seconds=10)
SHARE = 0.8
TOLD_WITHIN = timedelta(minutes=5)
"""By then each has the message that follows the webinar."""
RECORDING_WITHIN = timedelta(days=7)
BATCH = 50
"""A transaction: another writer waits for it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one session ended. `here_at_the_stop`: it leaves because the session ended."""

    session_id: str
    lead_id: int
    webinar_id: str
    completed: bool
    here_at_the_stop: bool
    stopped_at: int
    left_before: bool


def due(now: datetime, limit: int = 20) -> list[str]:
    """Webinars whose broadcast is over and whose people have not been told of."""
    statement = (
        select(LiveBroadcast.webinar_id)
        .where(LiveBroadcast.settled_at.is_(None), LiveBroadcast.off_air_at <= now - PATIENCE)
        .order_by(LiveBroadcast.off_air_at)
        .limit(limit)
    )
    return list(db.session.scalars(statement))


def recorded(now: datetime, *, after: str = "", limit: int = BATCH) -> list[str]:
    """A page of the webinars whose people were told of a while ago, this week, and that have a
    recording; in the order of their ids, `after` is the last one of the page before."""
    row = LiveBroadcast
    told = row.settled_at.between(now - RECORDING_WITHIN, now - TOLD_WITHIN)
    statement = select(row.webinar_id).where(told, row.recording != "", row.webinar_id > after)
    return list(db.session.scalars(statement.order_by(row.webinar_id).limit(limit)))


def outcomes(webinar_id: str, after: str = "", limit: int = BATCH) -> list[Outcome]:
    """A page of them in the order of `session_id`; `after` is the last one of the page before."""
    row = db.session.get_one(LiveBroadcast, webinar_id)
    statement = (
        select(LivePresence)
        .where(LivePresence.webinar_id == webinar_id, LivePresence.session_id > after)
        .order_by(LivePresence.session_id)
        .limit(limit)
    )
    return [_outcome(each, air_of(row)) for each in db.session.scalars(statement)]


def _outcome(row: LivePresence, air: Air) -> Outcome:
    assert air.off_air_at is not None
    here = not row.late and presence.was_here(row.last_seen_at, air)
    return Outcome(
        session_id=row.session_id,
        lead_id=row.lead_id,
        webinar_id=row.webinar_id,
        completed=air.length > 0 and (here or row.seconds >= SHARE * air.length),
        here_at_the_stop=here,
        stopped_at=clock.unix(air.off_air_at),
        left_before=row.left_at is not None,
    )


def finish(webinar_id: str) -> None:
    """Everybody was told of."""
    with core.transaction() as session:
        row = session.get_one(LiveBroadcast, webinar_id, with_for_update=True)
        row.settled_at = row.settled_at or clock.now()


def prepare(webinar_id: str) -> None:
    """Bring home what Redis knows better, before the outcomes are read."""
    presence.bring_all_home(webinar_id)
