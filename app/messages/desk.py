"""The ledger as the marketer sees it: pages, counts, and the two decisions that are a person's."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, literal_column, select

from app import clock, core
from app.core import events
from app.core.errors import NotFound
from app.extensions import db
from app.messages import again, reasons, records
from app.messages.filters import Filter
from app.messages.models import (
    FAILED,
    PLANNED,
    SENDING,
    SENT,
    UNKNOWN,
    WAITING,
    Attempt,
    Message,
)
from app.messages.plan import tell

LARGEST_ID = 2_147_483_647
STUCK_AFTER = timedelta(minutes=2)


def page(
    wanted: Filter | None = None, *, before: int | None = None, limit: int = 50, **fields: Any
) -> list[records.MessageRecord]:
    """Newest first; `before` is the last message id of the page before. `fields`: a Filter's."""
    conditions = (wanted or Filter(**fields)).conditions()
    if before is not None:
        conditions.append(Message.id < min(before, LARGEST_ID))
    statement = select(Message).where(*conditions).order_by(Message.id.desc()).limit(limit)
    return [records.of_message(row) for row in db.session.scalars(statement)]


def get(message_id: int) -> records.MessageRecord:
    return records.of_message(_row(message_id))


def by_ids(message_ids: Iterable[int]) -> dict[int, records.MessageRecord]:
    """Those of a page, in one query."""
    statement = select(Message).where(Message.id.in_(list(message_ids)))
    return {row.id: records.of_message(row) for row in db.session.scalars(statement)}


def attempts(message_id: int) -> list[records.AttemptRecord]:
    statement = select(Attempt).where(Attempt.message_id == message_id).order_by(Attempt.number)
    return [records.of_attempt(row) for row in db.session.scalars(statement)]


def count_as_sent(message_id: int, *, actor: core.UserRecord) -> records.MessageRecord:
    """A person knows that it arrived, though no answer did."""
    again.permit(actor)
    with core.transaction():
        row = again.locked(message_id)
        if row.state != "unknown":
            raise again.MessageRefused(f"message {message_id} is {row.state}")
        row.state, row.reason, row.sent_at = "sent", reasons.OPERATOR, clock.now()
        tell(row, events.message_sent, reasons.OPERATOR)
        return records.of_message(row)


def _row(message_id: int) -> Message:
    row = db.session.get(Message, message_id)
    if row is None:
        raise NotFound(f"message {message_id}")
    return row


@dataclass(frozen=True, slots=True)
class Counts:
    """`oldest_due`: the oldest planned moment that has passed. `stuck`: overdue past 2 min."""

    planned: int
    waiting: int
    failed: int
    unknown: int
    doubled: int
    stuck: int
    oldest_due: datetime | None


def counts() -> Counts:
    """Figures of what is open. Each reads an index over the open rows, not the whole ledger."""
    now = clock.now()
    oldest = db.session.scalar(select(func.min(Message.due_at)).where(Message.state == PLANNED))
    stuck = _count(Message.state == PLANNED, Message.due_at < now - STUCK_AFTER)
    return Counts(
        planned=_count(Message.state == PLANNED),
        waiting=_count(Message.state == WAITING),
        failed=_count(Message.state == FAILED),
        unknown=_count(Message.state == UNKNOWN),
        doubled=_count(Message.state == SENT, Message.unknown_count > literal_column("0")),
        stuck=stuck + _count(Message.state == SENDING, Message.lease_until < now - STUCK_AFTER),
        oldest_due=oldest if oldest is not None and oldest <= now else None,
    )


def _count(*conditions: object) -> int:
    statement = select(func.count()).select_from(Message).where(*conditions)  # type: ignore[arg-type]
    return db.session.scalar(statement) or 0


def everything(*, chunk: int = 500) -> Iterator[records.MessageRecord]:
    """The whole ledger in order, a chunk in memory at a time."""
    last = 0
    while True:
        rows = db.session.scalars(
            select(Message).where(Message.id > last).order_by(Message.id).limit(chunk)
        ).all()
        if not rows:
            return
        yield from [records.of_message(row) for row in rows]
        last = rows[-1].id
        db.session.expunge_all()
