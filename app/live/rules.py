"""The rules about broadcasts that were forgotten: on air (warned of, then stopped, with notice), or
before their start (warned of twice, for viewers wait)."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import select

from app import clock, core
from app.core import WebinarRecord
from app.core.errors import WebinarRefused
from app.extensions import db
from app.live import broadcasts
from app.live.models import LiveBroadcast

log = logging.getLogger(__name__)
GRACE = timedelta(minutes=60)
WARNING = timedelta(minutes=45)
ON_AIR = ("live", "paused")
BATCH = 50
LATE = (timedelta(minutes=5), timedelta(minutes=30))
"""So long after the announced hour it is told that nobody has begun."""
TOO_LATE = timedelta(minutes=90)
"""Then whoever could begin knows, or nobody reads."""


@dataclass(frozen=True, slots=True)
class Overdue:
    """`what`: `warned` or `stopped`."""

    webinar_id: str
    what: Literal["warned", "stopped"]


Then = Callable[[Overdue], None]


@dataclass(frozen=True, slots=True)
class Unstarted:
    """`step`: which of the warnings it is, from 1."""

    webinar: WebinarRecord
    step: int


def unstarted(now: datetime) -> list[Unstarted]:
    """Those to be told of; the same again while the step lasts."""
    found = core.webinars.unstarted(since=now - TOO_LATE, until=now - LATE[0], limit=BATCH)
    return [Unstarted(each, _step_of(each, now)) for each in found]


def _step_of(webinar: WebinarRecord, now: datetime) -> int:
    assert webinar.scheduled_at is not None
    return sum(now - webinar.scheduled_at >= late for late in LATE)


def look(now: datetime, then: Then, limit: int = BATCH) -> int:
    """For the ticker: each step is taken once, in a transaction of its own, and `then` is told in
    it. How many were taken."""
    statement = (
        select(LiveBroadcast)
        .where(LiveBroadcast.on_air_at.is_not(None), LiveBroadcast.off_air_at.is_(None))
        .order_by(LiveBroadcast.on_air_at)
        .limit(limit)
    )
    rows = [broadcasts.copy_of(row) for row in db.session.scalars(statement)]
    return sum(_step(row, now, then) for row in rows)


def _step(broadcast: broadcasts.Broadcast, now: datetime, then: Then) -> bool:
    """What goes wrong with one broadcast holds up none of the others."""
    try:
        return _look_at(broadcast, now, then)
    except Exception:
        db.session.rollback()
        log.exception("the broadcast %s was not looked at", broadcast.webinar_id)
        return False


def _look_at(broadcast: broadcasts.Broadcast, now: datetime, then: Then) -> bool:
    webinar = core.webinars.get(broadcast.webinar_id)
    if webinar is None or webinar.status not in ON_AIR:
        return False
    end = broadcast.planned_end(webinar)
    assert end is not None
    if now > end + GRACE:
        return _stop(broadcast.webinar_id, now, then)
    return now > end + WARNING and _warn(broadcast.webinar_id, now, then)


def _stop(webinar_id: str, now: datetime, then: Then) -> bool:
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
            then(Overdue(webinar_id, "stopped"))
    except WebinarRefused:
        return False
    return True


def _warn(webinar_id: str, now: datetime, then: Then) -> bool:
    with core.transaction():
        row = broadcasts.locked(webinar_id)
        if row.warned_at is not None:
            return False
        row.warned_at = now
        then(Overdue(webinar_id, "warned"))
    return True
