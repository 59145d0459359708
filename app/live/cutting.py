"""Publishers who are to be cut off the media server: of a broadcast that is over, or with an old key.

Asked for in the transaction of the change and done after it by the workers, so that a media server
that does not answer never holds up a stop. Tried again, for an hour at most.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from app import core
from app.extensions import db
from app.live import state
from app.live.models import LiveBroadcast, LiveCut

LEASE = timedelta(seconds=30)
ONCE_MORE = timedelta(seconds=3)
"""Whoever was let in while the broadcast ended may come through after the first time."""
PATIENCE = timedelta(hours=1)
LONGEST_WAIT = 30
TOLD_AFTER = 3
AT_ONCE = 10


@dataclass(frozen=True, slots=True)
class Cut:
    """`attempts`: that came to nothing; `told`: the team was told so. `repeats`: done once, it is done
    again."""

    webinar_id: str
    stream_id: str
    asked_at: datetime
    attempts: int
    repeats: bool
    told: bool


def ask(row: LiveBroadcast, now: datetime) -> None:
    """Inside the transaction of the change. Asked before and not done yet, it is asked anew."""
    wanted = {"asked_at": now, "due_at": now, "attempts": 0, "repeats": True, "told": False}
    if not core.insert_new(LiveCut, {"webinar_id": row.webinar_id, **wanted}):
        mine = LiveCut.webinar_id == row.webinar_id
        db.session.execute(update(LiveCut).where(mine).values(**wanted))


def is_due(now: datetime) -> bool:
    statement = select(LiveCut.webinar_id).where(LiveCut.due_at <= now)
    return db.session.scalar(statement.limit(1)) is not None


def take(now: datetime) -> list[Cut]:
    """Those due, for this worker alone while the lease lasts. What waited for too long is over."""
    with core.transaction() as session:
        over = (LiveCut.due_at <= now) & (LiveCut.asked_at < now - PATIENCE)
        session.execute(update(LiveCut).where(over).values(due_at=None))
        statement = select(LiveCut).where(LiveCut.due_at <= now).order_by(LiveCut.due_at)
        rows = list(session.scalars(core.skip_locked(statement.limit(AT_ONCE))))
        for row in rows:
            row.due_at = now + LEASE
        return [_copy_of(row, session.get_one(LiveBroadcast, row.webinar_id)) for row in rows]


def is_settled(cut: Cut) -> bool:
    """Whether somebody publishes who was let in since, by the new key: the old one is gone then."""
    webinar = core.webinars.get(cut.webinar_id)
    row = db.session.get_one(LiveBroadcast, cut.webinar_id, populate_existing=True)
    since = row.publishing_since
    is_open = webinar is not None and webinar.status in state.OPEN
    return is_open and since is not None and since > cut.asked_at


def done(cut: Cut, now: datetime) -> None:
    """It was carried out: who published until then does no more."""
    with core.transaction() as session:
        row = session.get_one(
            LiveBroadcast, cut.webinar_id, with_for_update=True, populate_existing=True
        )
        if row.publishing_since is not None and row.publishing_since <= cut.asked_at:
            row.publishing_since = None
            state.changed(row)
        _write(cut, due_at=now + ONCE_MORE if cut.repeats else None, repeats=False)


def failed(cut: Cut, now: datetime) -> bool:
    """Whether the team is to be told now; inside a transaction."""
    attempts = cut.attempts + 1
    tell = attempts >= TOLD_AFTER and not cut.told
    wait = timedelta(seconds=min(2**attempts, LONGEST_WAIT))
    _write(cut, attempts=attempts, due_at=now + wait, told=cut.told or tell)
    return tell


def _write(cut: Cut, **values: object) -> None:
    """Unless it was asked for anew in the meantime."""
    same = (LiveCut.webinar_id == cut.webinar_id) & (LiveCut.asked_at == cut.asked_at)
    db.session.execute(update(LiveCut).where(same).values(**values))


def _copy_of(row: LiveCut, broadcast: LiveBroadcast) -> Cut:
    return Cut(
        row.webinar_id, broadcast.stream_id, row.asked_at, row.attempts, row.repeats, row.told
    )
