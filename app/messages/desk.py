"""The ledger as the marketer sees it: pages, counts, and the two decisions that are a person's."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from app import clock, core
from app.core import events
from app.core.errors import CoreRefusal, Forbidden, NotFound
from app.extensions import db
from app.messages import reasons, records
from app.messages.models import Attempt, Message
from app.messages.plan import tell

STUCK_AFTER = timedelta(minutes=2)
RESENDABLE = ("skipped", "failed", "unknown", "cancelled")


class MessageRefused(CoreRefusal):
    name = "message_action_refused"


def page(
    *,
    state: str | None = None,
    kind: str | None = None,
    lead_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[records.MessageRecord]:
    """Newest first; `before` is the last message id of the page before."""
    statement = select(Message).order_by(Message.id.desc()).limit(limit)
    for column, value in ((Message.state, state), (Message.kind, kind)):
        if value:
            statement = statement.where(column == value)
    if lead_id is not None:
        statement = statement.where(Message.lead_id.in_(core.contacts.family_ids(lead_id)))
    if since is not None:
        statement = statement.where(Message.due_at >= since)
    if until is not None:
        statement = statement.where(Message.due_at < until)
    if before is not None:
        statement = statement.where(Message.id < before)
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


def send_again(message_id: int, *, actor: core.UserRecord) -> records.MessageRecord:
    """A person decides that it should go, now."""
    _permit(actor)
    with core.transaction():
        row = _locked(message_id)
        if row.state not in RESENDABLE or not row.text:
            raise MessageRefused(f"message {message_id} is {row.state}")
        row.state, row.reason = "planned", reasons.OPERATOR
        row.due_at, row.not_after = clock.now(), None
        tell(row, events.message_planned, reasons.OPERATOR)
        core.ring("messages")
        return records.of_message(row)


def count_as_sent(message_id: int, *, actor: core.UserRecord) -> records.MessageRecord:
    """A person knows that it arrived, though no answer did."""
    _permit(actor)
    with core.transaction():
        row = _locked(message_id)
        if row.state != "unknown":
            raise MessageRefused(f"message {message_id} is {row.state}")
        row.state, row.reason, row.sent_at = "sent", reasons.OPERATOR, clock.now()
        tell(row, events.message_sent, reasons.OPERATOR)
        return records.of_message(row)


def _permit(actor: core.UserRecord) -> None:
    if not actor.can(core.access.MESSAGES_MANAGE):
        raise Forbidden(f"user {actor.user_id} may not decide about messages")


def _locked(message_id: int) -> Message:
    """The row, and nobody else's until the decision is durable: two people decide once."""
    return _row(message_id, for_update=True)


def _row(message_id: int, *, for_update: bool = False) -> Message:
    row = db.session.get(Message, message_id, with_for_update=for_update)
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
    overdue = select(func.count(), func.min(Message.due_at)).where(
        Message.state == "planned", Message.due_at <= now
    )
    _, oldest = db.session.execute(overdue).one()
    stuck = _count(Message.state == "planned", Message.due_at < now - STUCK_AFTER)
    return Counts(
        planned=_count(Message.state == "planned"),
        waiting=_count(Message.state == "waiting"),
        failed=_count(Message.state == "failed"),
        unknown=_count(Message.state == "unknown"),
        doubled=_count(Message.state == "sent", Message.unknown_count > 0),
        stuck=stuck + _count(Message.state == "sending", Message.lease_until < now - STUCK_AFTER),
        oldest_due=oldest,
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
