"""The rule about a broadcast that was forgotten on air: warned of, then stopped, with notice."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import select

from app import clock, core
from app.core.errors import WebinarRefused
from app.extensions import db
from app.live import broadcasts
from app.live.models import LiveBroadcast

GRACE = timedelta(minutes=60)
WARNING = timedelta(minutes=45)
ON_AIR = ("live", "paused")
BATCH = 50


@dataclass(frozen=True, slots=True)
class Overdue:
    """`what`: `warned` or `stopped`."""

    webinar_id: str
    what: Literal["warned", "stopped"]


def look(now: datetime, limit: int = BATCH) -> list[Overdue]:
    """For the ticker: each step is taken once, in a transaction of its own. What was done."""
    statement = (
        select(LiveBroadcast)
        .where(LiveBroadcast.on_air_at.is_not(None), LiveBroadcast.off_air_at.is_(None))
        .order_by(LiveBroadcast.on_air_at)
        .limit(limit)
    )
    rows = [broadcasts.copy_of(row) for row in db.session.scalars(statement)]
    done = [_look_at(row, now) for row in rows]
    return [each for each in done if each is not None]


def _look_at(broadcast: broadcasts.Broadcast, now: datetime) -> Overdue | None:
    webinar = core.webinars.get(broadcast.webinar_id)
    if webinar is None or webinar.status not in ON_AIR:
        return None
    end = broadcast.planned_end(webinar)
    assert end is not None
    if now > end + GRACE:
        return _stop(broadcast.webinar_id, now)
    return _warn(broadcast.webinar_id, now) if now > end + WARNING else None


def _stop(webinar_id: str, now: datetime) -> Overdue | None:
    """Somebody may have stopped it in the same moment: then there is nothing to tell."""
    context = {"actor_id": None, "timestamp": clock.unix(now), "source": "rule"}
    try:
        with core.transaction():
            core.request(
                core.events.core_webinar_set_status,
                {"webinar_id": webinar_id, "status": "stop", "context": context},
                raiser="rules",
            )
            broadcasts.stopped(webinar_id, now)
    except WebinarRefused:
        return None
    return Overdue(webinar_id, "stopped")


def _warn(webinar_id: str, now: datetime) -> Overdue | None:
    with core.transaction():
        row = broadcasts.locked(webinar_id)
        if row.warned_at is not None:
            return None
        row.warned_at = now
        return Overdue(webinar_id, "warned")
