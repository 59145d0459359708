"""Claim what is due, under a lease and a fencing token; settle it with the channel's answer.

Nothing here talks to a channel: the sender claims, sends outside any transaction, and settles.
A crash between claim and settle ends in `heal`, where the message's policy decides.
"""

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import delete, func, select, update

from app import clock, core
from app.core import events
from app.extensions import db
from app.messages import channel, reasons, records, reminders
from app.messages.models import Attempt, Message
from app.messages.plan import ASKED_FOR, AT_MOST_ONCE, TEAM, tell

log = logging.getLogger(__name__)
LONGEST_BACKOFF = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to send one message once, until `lease_until`."""

    message_id: int
    token: str
    chat: int
    text: str
    buttons: list[list[dict[str, str]]]
    lease_until: datetime


def claim_due(limit: int) -> list[Claim]:
    """Take up to `limit` due messages that are still wanted; the others are settled at once."""
    if channel.paused():
        return []
    now = clock.now()
    with core.transaction() as session:
        due = (
            select(Message)
            .where(Message.state == "planned", Message.due_at <= now)
            .order_by(Message.due_at, Message.id)
            .limit(limit)
        )
        rows = session.scalars(core.skip_locked(due)).all()
        return [claim for row in rows if (claim := _claim(row, now)) is not None]


def _claim(row: Message, now: datetime) -> Claim | None:
    refusal = _refusal(row, now) or reminders.hushed(row, now)
    if refusal is not None:
        decide(row, *refusal)
    if row.state != "planned" or row.due_at > now:
        return None
    lease = timedelta(seconds=current_app.config["SETTINGS"].send_lease_seconds)
    row.state, row.reason = "sending", None
    row.token, row.lease_until = secrets.token_hex(8), now + lease
    row.attempts += 1
    db.session.add(Attempt(message_id=row.id, number=row.attempts, token=row.token, started_at=now))
    assert row.chat is not None
    return Claim(row.id, row.token, row.chat, row.text, row.buttons, row.lease_until)


def _refusal(row: Message, now: datetime) -> tuple[str, str] | None:
    """(state, reason) where the message should not go now; fills in its chat otherwise."""
    settings = current_app.config["SETTINGS"]
    if row.not_after is not None and now > row.not_after:
        return "skipped", lateness(row)
    if not settings.telegram_bot_token:
        return "skipped", reasons.NO_BOT
    if row.lead_id is not None and core.leads.get(row.lead_id).erased:
        return "cancelled", reasons.LEAD_ERASED
    if row.recipient == TEAM:
        row.chat = row.chat or settings.telegram_chat_id
        return None if row.chat is not None else ("skipped", reasons.NO_TEAM_CHAT)
    return _lead_refusal(row) if row.lead_id is not None else None


def _lead_refusal(row: Message) -> tuple[str, str] | None:
    assert row.lead_id is not None
    lead = core.leads.get(row.lead_id)
    if lead.erased:
        return "cancelled", reasons.LEAD_ERASED
    if "consent_withdrawn_at" in lead.meta and row.kind not in ASKED_FOR:
        return "cancelled", reasons.CONSENT_WITHDRAWN
    if _registration_cancelled(row):
        return "cancelled", reasons.REGISTRATION_CANCELLED
    target = core.contacts.telegram_for(row.lead_id, row.registration_id)
    if target is None:
        return "waiting", reasons.NO_CHAT
    if target.blocked:
        return "failed", reasons.BLOCKED
    if target.unsubscribed and not row.about_webinar and row.kind not in ASKED_FOR:
        return "skipped", reasons.UNSUBSCRIBED
    row.chat = int(target.value)
    return None


def lateness(row: Message) -> str:
    """Why it comes too late: what is about a webinar is of use until that begins, a reminder for
    as long as its window says."""
    until_it_begins = row.about_webinar and row.kind not in reminders.KINDS
    return reasons.WEBINAR_STARTED if until_it_begins else reasons.TOO_LATE


def _registration_cancelled(row: Message) -> bool:
    if row.registration_id is None:
        return False
    return core.registrations.get(row.registration_id).cancelled


def decide(row: Message, state: str, reason: str) -> None:
    row.state, row.reason, row.token, row.lease_until = state, reason, None, None
    tell(row, events.message_not_sent, reason)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the channel said. `kind`: `sent`, `retry_later`, `refused`, `blocked`, `migrated`,
    `bot_revoked` or `unknown`; seconds in `retry_after`."""

    kind: str
    external_id: str | None = None
    retry_after: float | None = None
    new_chat: int | None = None
    cause: str = ""


def settle(claim: Claim, answer: Answer) -> bool:
    """Write the answer down. False where the lease had been lost: then the answer only proves."""
    with core.transaction() as session:
        _close_attempt(claim.message_id, claim.token, answer)
        row = session.get_one(Message, claim.message_id)
        if row.token != claim.token or row.state != "sending":
            _late(row, answer)
            return False
        row.token, row.lease_until = None, None
        _ANSWERS[answer.kind](row, answer)
        return True


def hand_back(claim: Claim, seconds: float) -> None:
    """Not tried after all: the rate limit has no room for it yet."""
    with core.transaction() as session:
        row = session.get_one(Message, claim.message_id)
        if row.token == claim.token and row.state == "sending":
            session.execute(delete(Attempt).where(Attempt.token == claim.token))
            row.state, row.token, row.lease_until = "planned", None, None
            row.attempts -= 1
            row.due_at = clock.now() + timedelta(seconds=seconds)


def _close_attempt(message_id: int, token: str | None, answer: Answer) -> None:
    db.session.execute(
        update(Attempt)
        .where(Attempt.message_id == message_id, Attempt.token == token)
        .values(ended_at=clock.now(), outcome=answer.kind, cause=answer.cause[:200])
    )


def _late(row: Message, answer: Answer) -> None:
    """An answer after the lease: proof that a message we were unsure of had gone."""
    if answer.kind == "sent" and row.state in ("unknown", "planned"):
        log.info("message %s: a late answer proves it was sent", row.id)
        _sent(row, answer, reasons.LATE_ANSWER)


def _sent(row: Message, answer: Answer, reason: str | None = None) -> None:
    row.state, row.reason = "sent", reason
    row.sent_at, row.external_id = clock.now(), answer.external_id
    tell(row, events.message_sent, reason)


def _retry_later(row: Message, answer: Answer) -> None:
    """Surely not sent: try again when told, or later and later."""
    if answer.retry_after is not None:
        _go_on(row, answer, reasons.RATE, timedelta(seconds=answer.retry_after))
    else:
        _go_on(row, answer, reasons.RETRY, _backoff(row))


def _go_on(row: Message, answer: Answer, reason: str, wait: timedelta) -> None:
    """It stays planned. The first failure of each sort is told; an outage does not fill the
    timeline with one line for every try."""
    row.state, row.reason, row.due_at = "planned", reason, clock.now() + wait
    alike = select(func.count()).where(Attempt.message_id == row.id, Attempt.outcome == answer.kind)
    if (db.session.scalar(alike) or 0) <= 1:
        tell(row, events.message_not_sent, reason)


def _backoff(row: Message) -> timedelta:
    return min(timedelta(seconds=2 ** min(row.attempts, 10)), LONGEST_BACKOFF)


def _refused(row: Message, answer: Answer) -> None:
    decide(row, "failed", reasons.REFUSED)


def _blocked(row: Message, answer: Answer) -> None:
    if row.recipient == TEAM:
        decide(row, "failed", reasons.TEAM_CHAT_GONE)
        return
    decide(row, "failed", reasons.BLOCKED)
    if row.chat is not None:
        core.contacts.mark_blocked(core.contacts.TELEGRAM, str(row.chat))


def _migrated(row: Message, answer: Answer) -> None:
    """The chat has another id now: follow it."""
    if row.chat is not None and answer.new_chat is not None:
        if row.recipient != TEAM:
            core.contacts.migrate(core.contacts.TELEGRAM, str(row.chat), str(answer.new_chat))
        row.chat = answer.new_chat
    row.state, row.due_at = "planned", clock.now()


def _bot_revoked(row: Message, answer: Answer) -> None:
    _go_on(row, answer, reasons.BOT_REVOKED, timedelta())
    channel.raise_alarm(reasons.BOT_REVOKED)


def _unknown(row: Message, answer: Answer) -> None:
    """No answer says nothing: at most once stops here, at least once goes again, flagged."""
    row.unknown_count += 1
    if row.policy == AT_MOST_ONCE:
        decide(row, "unknown", reasons.NO_ANSWER)
        return
    _go_on(row, answer, reasons.NO_ANSWER_AGAIN, _backoff(row))


_ANSWERS = {
    "sent": _sent,
    "retry_later": _retry_later,
    "refused": _refused,
    "blocked": _blocked,
    "migrated": _migrated,
    "bot_revoked": _bot_revoked,
    "unknown": _unknown,
}


def heal(limit: int = 200) -> int:
    """Claims whose lease ran out without an answer; answers how many there were."""
    with core.transaction() as session:
        abandoned = (
            select(Message)
            .where(Message.state == "sending", Message.lease_until < clock.now())
            .limit(limit)
        )
        rows = session.scalars(core.skip_locked(abandoned)).all()
        for row in rows:
            lost = Answer("unknown", cause="lease_expired")
            _close_attempt(row.id, row.token, lost)
            row.token, row.lease_until = None, None
            _unknown(row, lost)
        return len(rows)


def next_due_at() -> datetime | None:
    return db.session.scalar(select(func.min(Message.due_at)).where(Message.state == "planned"))


def record_of(message_id: int) -> records.MessageRecord:
    return records.of_message(db.session.get_one(Message, message_id))
