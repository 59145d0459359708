"""A person decides that messages should go after all: one, or all that an outage kept back."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from app import clock, core
from app.core import events
from app.core.errors import CoreRefusal, Forbidden, NotFound
from app.extensions import db
from app.messages import reasons, records
from app.messages.filters import Filter
from app.messages.models import Message
from app.messages.plan import TEAM, tell

RESENDABLE = ("skipped", "failed", "unknown", "cancelled")
KEPT_BACK = ("skipped", "failed")
BY_AN_OUTAGE = (
    reasons.NO_BOT,
    reasons.NO_TEAM_CHAT,
    reasons.TEAM_CHAT_GONE,
    reasons.REFUSED,
)
"""Reasons that lay with us and may be over; a refusal of the person's is not among them."""
AT_ONCE = 500
STEP = 50


class MessageRefused(CoreRefusal):
    name = "message_action_refused"


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages that may go again together: how many by kind, and the ids they lie between, so
    that the same batch confirmed twice is the same messages. `more`: others match as well."""

    first: int = 0
    last: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    more: bool = False

    @property
    def count(self) -> int:
        return sum(self.kinds.values())


def send_again(message_id: int, *, actor: core.UserRecord) -> records.MessageRecord:
    """A person decides that it should go, now."""
    permit(actor)
    with core.transaction():
        row = locked(message_id)
        if row.state not in RESENDABLE or not row.text:
            raise MessageRefused(f"message {message_id} is {row.state}")
        _plan_again(row)
        row.not_after = None
        return records.of_message(row)


def kept_back(wanted: Filter) -> Batch:
    """Of what is wanted, the oldest that an outage kept back and that may go again together."""
    statement = select(Message.id, Message.kind).where(*_kept_back(wanted))
    rows = db.session.execute(statement.order_by(Message.id).limit(AT_ONCE + 1)).all()
    batch = rows[:AT_ONCE]
    if not batch:
        return Batch()
    kinds = dict(Counter(row.kind for row in batch))
    return Batch(batch[0].id, batch[-1].id, kinds, more=len(rows) > AT_ONCE)


def send_kept_back(wanted: Filter, first: int, last: int, *, actor: core.UserRecord) -> int:
    """Send a batch again; answers how many went back into the queue. What is past its use by now
    will say so instead of going, and the rate limit spaces the rest."""
    permit(actor)
    total = 0
    while step := _step(wanted, first, last):
        total += step
    return total


def _step(wanted: Filter, first: int, last: int) -> int:
    """A few at a time, so that nobody else who writes waits long."""
    with core.transaction() as session:
        statement = (
            select(Message)
            .where(Message.id.between(first, last), *_kept_back(wanted))
            .order_by(Message.id)
            .limit(STEP)
        )
        rows = session.scalars(core.skip_locked(statement)).all()
        for row in rows:
            _plan_again(row)
        return len(rows)


def _kept_back(wanted: Filter) -> list[Any]:
    return [
        *wanted.conditions(),
        Message.state.in_(KEPT_BACK),
        Message.reason.in_(BY_AN_OUTAGE),
        Message.text != "",
    ]


def _plan_again(row: Message) -> None:
    row.state, row.reason, row.due_at = "planned", reasons.OPERATOR, clock.now()
    if row.recipient == TEAM:
        row.chat = None  # the team's chat is the one of today's settings
    tell(row, events.message_planned, reasons.OPERATOR)
    core.ring("messages")


def permit(actor: core.UserRecord) -> None:
    if not actor.can(core.access.MESSAGES_MANAGE):
        raise Forbidden(f"user {actor.user_id} may not decide about messages")


def locked(message_id: int) -> Message:
    """The row, and nobody else's until the decision is durable: two people decide once."""
    row = db.session.get(Message, message_id, with_for_update=True)
    if row is None:
        raise NotFound(f"message {message_id}")
    return row
