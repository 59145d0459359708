"""A message becomes a row: what, to whom, when, and under which policy."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app import clock, core
from app.core import CanonicalEvent, events
from app.extensions import db
from app.messages import reasons, texts
from app.messages.models import Message

emit = core.emitter("messages")
emit_all = core.emitter_of_many("messages")
AT_LEAST_ONCE = "at_least_once"
AT_MOST_ONCE = "at_most_once"
TEAM = "team"
LEAD = "lead"
ASKED_FOR = frozenset({"login_link"})
"""Kinds that a person asked for just now: they go even to somebody who wants nothing else."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a caller wants sent.

    `dedupe`: a second plan with the same key is not planned again. `not_after`: past it the
    message no longer helps. `about_webinar`: it goes even to somebody who unsubscribed.
    `registration_id`: whose registration it concerns; a chat linked for it alone may get it.
    `skip`: the reason for which it is only recorded and not sent.
    """

    kind: str
    recipient: str
    dedupe: str
    lead_id: int | None = None
    due_at: datetime | None = None
    not_after: datetime | None = None
    policy: str = AT_LEAST_ONCE
    webinar_id: str | None = None
    registration_id: int | None = None
    about_webinar: bool = False
    rule: str | None = None
    skip: str | None = None
    locale: str | None = None
    chat: int | None = None
    values: dict[str, Any] = field(default_factory=dict)
    buttons: list[list[dict[str, str]]] = field(default_factory=list)


def plan(wanted: Plan) -> int | None:
    """The new message's id, or None where that key was planned before. Text is rendered now."""
    now = clock.now()
    due_at = wanted.due_at or now
    state, reason = first_state(wanted)
    row = {
        "dedupe_key": wanted.dedupe,
        "kind": wanted.kind,
        "policy": wanted.policy,
        "recipient": wanted.recipient,
        "lead_id": wanted.lead_id,
        "webinar_id": wanted.webinar_id,
        "registration_id": wanted.registration_id,
        "about_webinar": wanted.about_webinar,
        "rule": wanted.rule,
        "chat": wanted.chat,
        "text": texts.render(wanted.kind, wanted.recipient, wanted.locale, wanted.values),
        "buttons": wanted.buttons,
        "state": state,
        "reason": reason,
        "due_at": due_at,
        "not_after": wanted.not_after,
        "created_at": now,
    }
    with core.transaction():
        if not core.insert_new(Message, row):
            return None
        message = db.session.scalars(
            select(Message).where(Message.dedupe_key == wanted.dedupe)
        ).one()
        told = events.message_not_sent if wanted.skip else events.message_planned
        tell(message, told, reason)
        if state == "planned" and due_at <= now:
            core.ring("messages")
        return message.id


def first_state(wanted: Plan) -> tuple[str, str | None]:
    """A message to a lead without a chat waits for one."""
    if wanted.skip is not None:
        return "skipped", wanted.skip
    if wanted.recipient == TEAM or wanted.chat is not None or wanted.lead_id is None:
        return "planned", None
    if core.contacts.telegram_for(wanted.lead_id, wanted.registration_id) is None:
        return "waiting", reasons.NO_CHAT
    return "planned", None


def tell(message: Message, event: CanonicalEvent, reason: str | None) -> None:
    """The `message_*` fact of a decision, for the lead's timeline."""
    emit(event, _fact(message, reason))


def tell_all(messages: Sequence[Message], event: CanonicalEvent) -> None:
    """As `tell`, of many messages, each with the reason that stands in its row."""
    if messages:
        emit_all(event, [_fact(message, message.reason) for message in messages])


def _fact(message: Message, reason: str | None) -> dict[str, Any]:
    return {
        "message_id": message.id,
        "lead_id": message.lead_id,
        "kind": message.kind,
        "recipient": message.recipient,
        "reason": reason,
        "timestamp": clock.unix(clock.now()),
    }
