"""Claim what is due, under a lease and a fencing token; settle it with the channel's answer.

Nothing here talks to a channel: the sender claims, sends outside any transaction, and settles.
A crash between claim and settle ends in `heal`, where the message's policy decides.
"""

import logging
import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import ColumnElement, and_, bindparam, delete, func, insert, or_, select, update

from app import clock, core
from app.core import events
from app.extensions import db
from app.messages import channel, reasons, reminders
from app.messages.models import PLANNED, SENDING, Attempt, Message
from app.messages.plan import ASKED_FOR, AT_MOST_ONCE, TEAM, tell, tell_all

log = logging.getLogger(__name__)
LONGEST_BACKOFF = timedelta(minutes=10)
SKIP_AT_ONCE = 50
SPREAD_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to send one message once, until `lease_until`."""

    message_id: int
    token: str
    chat: int
    text: str
    buttons: list[list[dict[str, str]]]
    lease_until: datetime


def new_token() -> str:
    """Fences the claims of one `claim_due`."""
    return secrets.token_hex(8)


def claim_due(limit: int, token: str = "") -> list[Claim]:
    """Take up to `limit` due messages that are still wanted; the others are settled at once.

    Nothing taken does not mean that nothing is due: all that was looked at may have been unwanted.
    Who chooses the `token` (`new_token`) can give back what a commit without an answer has taken.
    """
    if limit < 1:
        return []
    now, token = clock.now(), token or new_token()
    with core.transaction() as session:
        if channel.paused():
            return []
        due = (
            select(Message)
            .where(Message.state == PLANNED, Message.due_at <= now)
            .order_by(Message.due_at, Message.id)
            .limit(limit)
        )
        found = session.scalars(core.skip_locked(due)).all()
        rows = [row for row in found if row.not_after is None or now <= row.not_after]
        if len(rows) < len(found):
            _skip_late(now)
        recipients = core.recipients.look_up(
            {(row.lead_id, row.registration_id) for row in rows if row.lead_id is not None}
        )
        claims = [
            _claim(row, recipients.get((row.lead_id or 0, row.registration_id)), token, now)
            for row in rows
        ]
        taken = [claim for claim in claims if claim is not None]
        _begin_attempts(taken, {row.id: row.attempts for row in rows}, now)
        return taken


def _skip_late(now: datetime) -> None:
    """Those whose use is past, many at a time, so that they keep no other waiting."""
    late = (
        select(Message)
        .where(Message.state == PLANNED, Message.not_after < now)
        .order_by(Message.not_after)
        .limit(SKIP_AT_ONCE)
    )
    for row in db.session.scalars(core.skip_locked(late)):
        decide(row, "skipped", lateness(row))


def _claim(
    row: Message, recipient: core.Recipient | None, token: str, now: datetime
) -> Claim | None:
    refusal = _refusal(row, recipient) or reminders.hushed(row, now)
    if refusal is not None:
        decide(row, *refusal)
    if row.state != "planned" or row.due_at > now:
        return None
    lease = timedelta(seconds=current_app.config["SETTINGS"].send_lease_seconds)
    row.state, row.reason = "sending", None
    row.token, row.lease_until = token, now + lease
    row.attempts += 1
    assert row.chat is not None
    return Claim(row.id, token, row.chat, row.text, row.buttons, row.lease_until)


def _begin_attempts(claims: Sequence[Claim], numbers: dict[int, int], now: datetime) -> None:
    rows = [
        {
            "message_id": claim.message_id,
            "number": numbers[claim.message_id],
            "token": claim.token,
            "started_at": now,
        }
        for claim in claims
    ]
    if rows:
        db.session.connection().execute(insert(Attempt), rows)


def _refusal(row: Message, recipient: core.Recipient | None) -> tuple[str, str] | None:
    """(state, reason) where the message should not go now; fills in its chat otherwise."""
    settings = current_app.config["SETTINGS"]
    if not settings.telegram_bot_token:
        return "skipped", reasons.NO_BOT
    if recipient is not None and recipient.erased:
        return "cancelled", reasons.LEAD_ERASED
    if row.recipient == TEAM:
        row.chat = row.chat or settings.telegram_chat_id
        return None if row.chat is not None else ("skipped", reasons.NO_TEAM_CHAT)
    return _lead_refusal(row, recipient) if recipient is not None else None


def _lead_refusal(row: Message, recipient: core.Recipient) -> tuple[str, str] | None:
    if recipient.consent_withdrawn and row.kind not in ASKED_FOR:
        return "cancelled", reasons.CONSENT_WITHDRAWN
    if recipient.registration_cancelled:
        return "cancelled", reasons.REGISTRATION_CANCELLED
    chat = recipient.chat
    if chat is None:
        return "waiting", reasons.NO_CHAT
    if chat.blocked:
        return "failed", reasons.BLOCKED
    if chat.unsubscribed and not row.about_webinar and row.kind not in ASKED_FOR:
        return "skipped", reasons.UNSUBSCRIBED
    row.chat = int(chat.value)
    return None


def lateness(row: Message) -> str:
    """Why it comes too late: what is about a webinar is of use until that begins, a reminder for
    as long as its window says."""
    until_it_begins = row.about_webinar and row.kind not in reminders.KINDS
    return reasons.WEBINAR_STARTED if until_it_begins else reasons.TOO_LATE


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
    return settle_all([(claim, answer)])[0]


def settle_all(answers: Sequence[tuple[Claim, Answer]]) -> list[bool]:
    """As `settle`, for many in one transaction."""
    if not answers:
        return []
    with core.transaction() as session:
        ids = [claim.message_id for claim, _ in answers]
        rows = {row.id: row for row in session.scalars(select(Message).where(Message.id.in_(ids)))}
        _close_attempts([(claim.message_id, claim.token, answer) for claim, answer in answers])
        before = {row.id for row in rows.values() if row.state == "sent"}
        settled = [_settle(rows[claim.message_id], claim, answer) for claim, answer in answers]
        sent = [row for row in rows.values() if row.state == "sent" and row.id not in before]
        tell_all(sent, events.message_sent)
        return settled


def _settle(row: Message, claim: Claim, answer: Answer) -> bool:
    if row.token != claim.token or row.state != "sending":
        _late(row, answer)
        return False
    row.token, row.lease_until = None, None
    _ANSWERS[answer.kind](row, answer)
    return True


def hand_back(claims: Sequence[Claim], wait: float, apart: float = 0.0) -> None:
    """Not tried after all: the rate limit has no room for their chat for so many seconds.

    With `apart`, these and all else that is due to the same chat come so many seconds after each
    other, so that a chat with many messages keeps no other waiting.
    """
    with core.transaction() as session:
        rows = [row for claim in claims if (row := _unclaim(claim)) is not None]
        if rows and apart:
            rest = select(Message).where(_same_chat(rows[0]), Message.state == PLANNED)
            rest = rest.where(
                Message.due_at <= clock.now(), Message.id.not_in([r.id for r in rows])
            )
            rest = rest.order_by(Message.due_at, Message.id).limit(SPREAD_AT_ONCE)
            rows += session.scalars(core.skip_locked(rest))
        for number, row in enumerate(rows):
            row.due_at = clock.now() + timedelta(seconds=wait + number * apart)


def give_back(tokens: Collection[str]) -> int:
    """Claims under these tokens that nobody holds, because the database never confirmed them: not
    tried, so they go back. How many there were."""
    with core.transaction() as session:
        unheld = select(Message).where(Message.state == SENDING, Message.token.in_(tokens))
        rows = session.scalars(unheld).all()
        for row in rows:
            _put_back(row)
        return len(rows)


def _unclaim(claim: Claim) -> Message | None:
    row = db.session.get_one(Message, claim.message_id)
    if row.token != claim.token or row.state != "sending":
        return None
    _put_back(row)
    return row


def _put_back(row: Message) -> None:
    mine = delete(Attempt).where(Attempt.message_id == row.id, Attempt.token == row.token)
    db.session.execute(mine)
    row.state, row.token, row.lease_until = "planned", None, None
    row.attempts -= 1


def _same_chat(row: Message) -> ColumnElement[bool]:
    if row.recipient != TEAM and row.lead_id is not None:
        return and_(Message.recipient == row.recipient, Message.lead_id == row.lead_id)
    same = Message.chat == row.chat
    if row.recipient == TEAM:
        same = or_(same, Message.chat.is_(None))
    return and_(Message.recipient == row.recipient, same)


def _close_attempts(ended: Iterable[tuple[int, str | None, Answer]]) -> None:
    mine = update(Attempt).where(
        Attempt.message_id == bindparam("of_message"), Attempt.token == bindparam("by_token")
    )
    now = clock.now()
    rows = [
        {
            "of_message": message_id,
            "by_token": token,
            "ended_at": now,
            "outcome": answer.kind,
            "cause": answer.cause[:200],
        }
        for message_id, token, answer in ended
    ]
    db.session.connection().execute(mine, rows)


def _late(row: Message, answer: Answer) -> None:
    """An answer after the lease: proof that a message we were unsure of had gone."""
    if answer.kind == "sent" and row.state in ("unknown", "planned"):
        log.info("message %s: a late answer proves it was sent", row.id)
        _sent(row, answer, reasons.LATE_ANSWER)


def _sent(row: Message, answer: Answer, reason: str | None = None) -> None:
    row.state, row.reason = "sent", reason
    row.sent_at, row.external_id = clock.now(), answer.external_id


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
            .where(Message.state == SENDING, Message.lease_until < clock.now())
            .limit(limit)
        )
        rows = session.scalars(core.skip_locked(abandoned)).all()
        lost = Answer("unknown", cause="lease_expired")
        if rows:
            _close_attempts([(row.id, row.token, lost) for row in rows])
        for row in rows:
            row.token, row.lease_until = None, None
            _unknown(row, lost)
        return len(rows)


def next_due_at() -> datetime | None:
    return db.session.scalar(select(func.min(Message.due_at)).where(Message.state == PLANNED))
