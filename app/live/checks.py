"""Whether a stream from elsewhere can be shown: asked by the speaker, found out by the workers.

A check is two looks at the stream's list, some seconds apart: a list that grew is a broadcast that
runs. What the first look saw is kept between them, so that nobody waits and a crash costs a look.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from app import core
from app.extensions import db
from app.live.models import LiveStreamCheck

LEASE = timedelta(seconds=40)
"""So long a look may take; then it is another worker's."""
UNANSWERED_AFTER = timedelta(seconds=60)
FRESH = timedelta(minutes=5)
AT_ONCE = 10


@dataclass(frozen=True, slots=True)
class Check:
    """`found`: what the workers saw; None while they look. `first`: what the first look saw."""

    webinar_id: str
    address: str
    asked_at: datetime
    done_at: datetime | None
    first: dict[str, Any] | None
    found: dict[str, Any] | None

    def is_unanswered(self, now: datetime) -> bool:
        """Nobody works, by the look of it."""
        return self.found is None and now - self.asked_at > UNANSWERED_AFTER

    def is_fresh(self, now: datetime) -> bool:
        return now - self.asked_at < FRESH


def ask(webinar_id: str, address: str, now: datetime) -> None:
    """Have it checked. One that is under way is not begun anew, unless nobody answers it."""
    with core.transaction():
        row = _locked(webinar_id, address, now)
        under_way = row.done_at is None and not _copy_of(row).is_unanswered(now)
        if row.address == address and under_way:
            return
        row.address, row.asked_at, row.look_at = address, now, now
        row.done_at, row.first, row.found = None, None, None


def _locked(webinar_id: str, address: str, now: datetime) -> LiveStreamCheck:
    first = {"webinar_id": webinar_id, "address": address, "asked_at": now, "look_at": now}
    core.insert_new(LiveStreamCheck, first)
    return db.session.get_one(
        LiveStreamCheck, webinar_id, with_for_update=True, populate_existing=True
    )


def of(webinar_id: str, address: str) -> Check | None:
    """The newest check of that address; one of another address says nothing."""
    row = db.session.get(LiveStreamCheck, webinar_id, populate_existing=True)
    return _copy_of(row) if row is not None and row.address == address else None


def is_due(now: datetime) -> bool:
    statement = select(LiveStreamCheck.webinar_id).where(LiveStreamCheck.look_at <= now)
    return db.session.scalar(statement.limit(1)) is not None


def take(now: datetime) -> list[Check]:
    """Checks to look at now, for this worker alone while the lease lasts."""
    with core.transaction() as session:
        statement = select(LiveStreamCheck).where(LiveStreamCheck.look_at <= now)
        ordered = statement.order_by(LiveStreamCheck.look_at).limit(AT_ONCE)
        rows = list(session.scalars(core.skip_locked(ordered)))
        for row in rows:
            row.look_at = now + LEASE
        return [_copy_of(row) for row in rows]


def look_again(check: Check, seen: dict[str, Any], at: datetime) -> None:
    """After the first look, where a second one has to tell."""
    _write(check, first=seen, look_at=at)


def settle(check: Check, found: dict[str, Any], now: datetime) -> None:
    _write(check, found=found, done_at=now, look_at=None)


def _write(check: Check, **values: Any) -> None:
    """Unless it was asked for anew in the meantime."""
    row = LiveStreamCheck
    same = (row.webinar_id == check.webinar_id) & (row.asked_at == check.asked_at)
    with core.transaction() as session:
        session.execute(update(row).where(same, row.address == check.address).values(**values))


def _copy_of(row: LiveStreamCheck) -> Check:
    return Check(row.webinar_id, row.address, row.asked_at, row.done_at, row.first, row.found)
