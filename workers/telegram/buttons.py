"""What a pressed button gets at once: the phone stops its clock, and a button that has done its work
goes from under its message."""

import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from workers.telegram import moving, updates
from workers.telegram.errors import CallFailed
from workers.telegram.transport import TelegramTransport, Timeouts

log = logging.getLogger(__name__)
IMPATIENT = Timeouts(connect=1.0, pool=1.0, write=1.0, read=1.5, ceiling=2.0)
LONGEST = 4.0
ONCE = (updates.STOP, updates.RESUME)
CHOICE = f"{moving.SLOT}:"
"""Of no more use once it was pressed: a button by itself, or one of several choices and so all."""


@dataclass(frozen=True, slots=True)
class Left:
    """Buttons that stay under a message of a private chat."""

    chat_id: int
    message_id: int
    rows: list[Any]


@dataclass(frozen=True, slots=True)
class Press:
    query_id: str
    left: Left | None


def press_of(raw: Any, *, obeyed: bool) -> Press | None:
    """The press that an update tells of. Buttons of one that was not obeyed stay."""
    query = raw.get("callback_query") if isinstance(raw, Mapping) else None
    if not isinstance(query, Mapping) or not isinstance(query.get("id"), str):
        return None
    try:
        return Press(query["id"], _left(query) if obeyed else None)
    except (AttributeError, KeyError, TypeError):  # a message of a strange shape
        return Press(query["id"], None)


def _left(query: Mapping[str, Any]) -> Left | None:
    """None where all stay, or where the message is too old for Telegram to tell of it."""
    data, message = str(query.get("data") or ""), query.get("message") or {}
    rows = (message.get("reply_markup") or {}).get("inline_keyboard")
    chat_id = message.get("chat", {}).get("id")
    if not rows or chat_id != query["from"]["id"]:
        return None
    if data.startswith(CHOICE):
        return Left(chat_id, message["message_id"], [])
    if data not in ONCE:
        return None
    others = [[each for each in row if each.get("callback_data") != data] for row in rows]
    return Left(chat_id, message["message_id"], [row for row in others if row])


def settle(token: str, api_url: str, presses: Iterable[Press]) -> None:
    """Best effort: what cannot be told at once is not told, for others wait behind it. The first
    failure ends it."""
    until = time.monotonic() + LONGEST
    for press in presses:
        if time.monotonic() >= until or not _settled(_line(token, api_url), press):
            return


def _settled(line: TelegramTransport, press: Press) -> bool:
    """False where Telegram does not answer, so that further calls are of no use."""
    try:
        line.answer_callback(press.query_id)
        if press.left is not None:
            line.leave_buttons(press.left.chat_id, press.left.message_id, press.left.rows)
    except CallFailed as failure:
        log.info("a button's press was not answered: %s", failure)
        return failure.outcome.kind == "refused"
    return True


@lru_cache(maxsize=2)
def _line(token: str, api_url: str) -> TelegramTransport:
    return TelegramTransport(token, api_url, concurrency=1, timeouts=IMPATIENT)
