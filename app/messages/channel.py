"""The bot as a whole: paused for a while, or stopped until Telegram knows its token again.

Kept in the database, so that no flush and no restart forgets it. The site asks for a check by a
row; a worker makes it. A token is never stored: its digest tells that it has changed.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app

from app import clock, core
from app.core.errors import Forbidden
from app.extensions import db
from app.messages.models import ChannelState

CHANNEL = "telegram"
CHECK_EVERY = timedelta(minutes=10)
CHECK_AGAIN = timedelta(minutes=1)
WORKS, REFUSED, NO_ANSWER = "works", "refused", "no_answer"
"""What a check may find: Telegram knows the bot, does not know it, did not say."""


@dataclass(frozen=True, slots=True)
class Channel:
    """`alarm`: why nothing is sent until somebody acts, since `alarm_at`. `check_at`: when a
    worker asks Telegram next; `checked_at` and `checked`: when it last did, and the answer."""

    paused_until: datetime | None
    alarm: str | None
    alarm_at: datetime | None
    check_at: datetime | None
    checked_at: datetime | None
    checked: str | None

    @property
    def checking(self) -> bool:
        """A check was asked for and not made yet."""
        return self.alarm is not None and self.check_at is not None and self.check_at <= clock.now()


NOTHING = Channel(None, None, None, None, None, None)


def state() -> Channel:
    row = _row()
    if row is None:
        return NOTHING
    until = row.paused_until if row.paused_until and row.paused_until > clock.now() else None
    return Channel(until, row.alarm, row.alarm_at, row.check_at, row.checked_at, row.checked)


def paused() -> bool:
    """Whether the bot may send nothing now. A revoked token stays so until `resume_channel`."""
    found = state()
    return found.alarm is not None or found.paused_until is not None


def channel_alarm() -> str | None:
    return state().alarm


def pause_channel(seconds: float) -> None:
    """Flood control for the bot as a whole."""
    with core.transaction():
        _kept().paused_until = clock.now() + timedelta(seconds=seconds)


def raise_alarm(reason: str) -> None:
    """Nothing goes out until Telegram is asked again and answers. Raised twice it is one alarm."""
    with core.transaction():
        row = _kept()
        if row.alarm is None:
            row.alarm, row.alarm_at = reason, clock.now()
            row.check_at, row.checked_at, row.checked = clock.now() + CHECK_EVERY, None, None
        row.token_digest = digest(_token())
        row.paused_until = None


def resume_channel() -> None:
    """The bot works again: what was kept may go."""
    with core.transaction():
        row = _kept()
        row.alarm = row.alarm_at = row.check_at = row.paused_until = None
        core.ring("messages")


def ask_for_check(actor: core.UserRecord) -> None:
    """A person wants to know whether the bot works now; a worker finds out."""
    if not actor.can(core.access.MESSAGES_MANAGE):
        raise Forbidden(f"user {actor.user_id} may not ask about the bot")
    with core.transaction():
        row = _kept()
        if row.alarm is not None:
            row.check_at = clock.now()
            core.ring("bot")


def next_check_at() -> datetime | None:
    """When the bot is to be checked; at once where the settings hold another token."""
    row = _row()
    return _due(row) if row is not None else None


def _due(row: ChannelState) -> datetime | None:
    if row.alarm is None:
        return None
    if row.token_digest != digest(_token()):
        return row.alarm_at
    return row.check_at


def take_check() -> bool:
    """The right to make the check that is due: one worker gets it."""
    with core.transaction():
        row = _kept()
        due_at = _due(row)
        if due_at is None or due_at > clock.now():
            return False
        row.check_at, row.token_digest = clock.now() + CHECK_AGAIN, digest(_token())
        return True


def checked(outcome: str) -> None:
    """What a check found: WORKS, REFUSED or NO_ANSWER."""
    with core.transaction():
        row = _kept()
        row.checked_at, row.checked = clock.now(), outcome
        if outcome == WORKS:
            resume_channel()
        elif outcome == REFUSED:
            row.check_at = clock.now() + CHECK_EVERY


def digest(token: str) -> str:
    return hashlib.sha256(f"efir:{token}".encode()).hexdigest()[:16]


def _token() -> str:
    token: str = current_app.config["SETTINGS"].telegram_bot_token
    return token


def _row() -> ChannelState | None:
    return db.session.get(ChannelState, CHANNEL, populate_existing=True)


def _kept() -> ChannelState:
    """The row, made where there is none, and nobody else's for this transaction."""
    first = {"channel": CHANNEL, "updated_at": clock.now()}
    core.insert_new(ChannelState, first)
    row = db.session.get_one(ChannelState, CHANNEL, populate_existing=True, with_for_update=True)
    row.updated_at = clock.now()
    return row
