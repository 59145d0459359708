"""Which of python-telegram-bot's exceptions surely mean «not sent».

`BadRequest` and `TimedOut` are both subclasses of `NetworkError`, and a `NetworkError` may have
been raised before the request left or after Telegram had accepted it; the exception's `__cause__`
tells them apart. What is listed here as surely not sent is a whitelist: all else is `unknown`.
"""

from __future__ import annotations

import datetime
import json
import os
import re

import httpx
from telegram import error

from workers.telegram.outcome import Kind, Outcome

# Opts in to timedeltas. Without it the library warns whenever Telegram names a delay, and where
# warnings are errors that warning would hide the flood control it speaks of.
os.environ.setdefault("PTB_TIMEDELTA", "true")

DETAIL_LENGTH = 300

_TOKEN = re.compile(r"(?<=/bot)[^/\s]+|(?<![\w.])\d+:(?=[\d-]*[A-Za-z_])[\w-]{8,}")

_BLOCKED_CAUSES = (
    ("bot was blocked", "bot_blocked"),
    ("user is deactivated", "user_deactivated"),
    ("can't initiate conversation", "never_started"),
    ("bot was kicked", "bot_kicked"),
)
_REFUSED_CAUSES = (
    ("chat not found", "chat_not_found"),
    ("message text is empty", "text_empty"),
    ("message is too long", "text_too_long"),
    ("can't parse entities", "markup_invalid"),
    ("button_url_invalid", "button_url_invalid"),
    ("button_data_invalid", "button_data_invalid"),
    ("not enough rights", "no_rights"),
)
_NOT_LEFT = (
    (httpx.ConnectError, "connect_error"),
    (httpx.ConnectTimeout, "connect_timeout"),
    (httpx.PoolTimeout, "pool_timeout"),
)
_AMBIGUOUS = (
    (httpx.ReadTimeout, "read_timeout"),
    (httpx.WriteTimeout, "write_timeout"),
    (httpx.RemoteProtocolError, "disconnected"),
    (httpx.ReadError, "disconnected"),
    (httpx.WriteError, "disconnected"),
    (json.JSONDecodeError, "garbled_answer"),
)


class CallFailed(Exception):
    """A call other than a message did not succeed; `outcome` says why, in the same words."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(f"{outcome.kind}/{outcome.cause}: {outcome.detail}")
        self.outcome = outcome


def classify(exc: BaseException) -> Outcome:
    """The outcome of a call that raised `exc`. Pure: it neither logs nor asks anybody."""
    if isinstance(exc, error.RetryAfter):
        return _outcome("retry_later", "flood_control", exc, retry_after=_seconds(exc.retry_after))
    if isinstance(exc, error.ChatMigrated):
        return _outcome("migrated", "chat_migrated", exc, new_chat_id=exc.new_chat_id)
    if isinstance(exc, error.InvalidToken):
        return _outcome("bot_revoked", "unauthorized", exc)
    if isinstance(exc, (error.Forbidden, error.BadRequest)):
        return _refusal(exc)
    if isinstance(exc, error.NetworkError) and (cause := _named(_NOT_LEFT, exc.__cause__)):
        return _outcome("retry_later", cause, exc)
    return _outcome("unknown", _ambiguity(exc), exc)


def _refusal(exc: error.Forbidden | error.BadRequest) -> Outcome:
    """A refusal counts only in Telegram's own words.

    A 403 or 400 that is no JSON was written by something in between (a proxy, a provider's block
    page): it must not mark a contact as blocked.
    """
    if exc.__cause__ is not None:
        return _outcome("unknown", "foreign_answer", exc)
    words = exc.message.lower()
    if isinstance(exc, error.Forbidden):
        return _outcome("blocked", _worded(_BLOCKED_CAUSES, words, "forbidden"), exc)
    return _outcome("refused", _worded(_REFUSED_CAUSES, words, "bad_request"), exc)


def _ambiguity(exc: BaseException) -> str:
    if isinstance(exc, error.Conflict):
        return "conflict"
    if isinstance(exc, TimeoutError):
        return "ceiling"
    if cause := _named(_AMBIGUOUS, exc.__cause__):
        return cause
    return "server_error" if isinstance(exc, error.NetworkError) else "unexpected"


def _named(
    rows: tuple[tuple[type[Exception], str], ...], cause: BaseException | None
) -> str | None:
    return next((name for kind, name in rows if isinstance(cause, kind)), None)


def _worded(rows: tuple[tuple[str, str], ...], words: str, otherwise: str) -> str:
    return next((name for phrase, name in rows if phrase in words), otherwise)


def _seconds(delay: float | datetime.timedelta) -> float:
    return delay.total_seconds() if isinstance(delay, datetime.timedelta) else float(delay)


def _outcome(
    kind: Kind,
    cause: str,
    exc: BaseException,
    *,
    retry_after: float | None = None,
    new_chat_id: int | None = None,
) -> Outcome:
    return Outcome(kind, cause, describe(exc), retry_after=retry_after, new_chat_id=new_chat_id)


def describe(exc: BaseException) -> str:
    """One line about `exc` and what raised it, without anything that looks like a token."""
    line = f"{type(exc).__name__}: {exc}"
    if exc.__cause__ is not None:
        line += f" ({type(exc.__cause__).__name__})"
    return redact(line)[:DETAIL_LENGTH]


def redact(text: str) -> str:
    """`text` with bot tokens, alone or inside an address, replaced by stars."""
    return _TOKEN.sub("***", text)
