"""What people do on their side of Telegram, and the updates that the bot hears of it by."""

from __future__ import annotations

import re
import secrets
import time
from typing import Any

from workers.telegram.sandbox.chats import Chat, Message, as_person
from workers.telegram.sandbox.markup import found_entities
from workers.telegram.sandbox.state import Sandbox

START_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{0,64}")


class Impossible(ValueError):
    """Something that no person could do in Telegram."""


def press_start(sandbox: Sandbox, user_id: int, payload: str = "", name: str = "") -> Message:
    """Open the bot by its deep link and press Start; a person who had blocked it unblocks it."""
    if user_id <= 0:
        raise Impossible("a person's id is positive")
    if not START_PAYLOAD.fullmatch(payload):
        raise Impossible("a start payload is at most 64 of A-Z a-z 0-9 _ -")
    chat = sandbox.chats.add(user_id, name or f"Гость {user_id}")
    if chat.blocked:
        unblock(sandbox, user_id)
    chat.started = True
    return send_text(sandbox, user_id, f"/start {payload}".strip())


def send_text(sandbox: Sandbox, user_id: int, text: str, chat_id: int | None = None) -> Message:
    """Write to the bot, or in a group that it is in. Writing to a blocked bot is not possible."""
    person = _known(sandbox, user_id)
    chat = person if chat_id is None else _known(sandbox, chat_id)
    if chat.blocked or not chat.started:
        raise Impossible("press Start first")
    if not text.strip():
        raise Impossible("an empty message")
    message = sandbox.chats.hear(chat, person, text.strip(), found_entities(text.strip()))
    sandbox.updates.add("message", sandbox.chats.as_message(message))
    return message


def block(sandbox: Sandbox, chat_id: int) -> None:
    """Stop the bot in a private chat, or put it out of a group."""
    _change_membership(sandbox, _known(sandbox, chat_id), blocked=True)


def unblock(sandbox: Sandbox, chat_id: int) -> None:
    """Take the bot back."""
    _change_membership(sandbox, _known(sandbox, chat_id), blocked=False)


def press_button(
    sandbox: Sandbox, chat_id: int, message_id: int, data: str | None = None, user_id: int = 0
) -> str:
    """Press a button of a message of the bot's, the first that carries data if none is named.

    Returns the id of the callback query.
    """
    message = sandbox.chats.messages.get((chat_id, message_id))
    if message is None:
        raise Impossible("no such message")
    choices = [
        button["callback_data"]
        for row in message.buttons
        for button in row
        if "callback_data" in button
    ]
    if not choices or data not in (None, *choices):
        raise Impossible("no such button")
    person = _known(sandbox, user_id or chat_id)
    query_id = str(secrets.randbits(62))
    sandbox.callbacks.add(query_id)
    sandbox.updates.add(
        "callback_query",
        {
            "id": query_id,
            "from": as_person(person.id, person.name),
            "message": sandbox.chats.as_message(message),
            "chat_instance": str(chat_id),
            "data": data or choices[0],
        },
    )
    return query_id


def _known(sandbox: Sandbox, chat_id: int) -> Chat:
    chat = sandbox.chats.chats.get(chat_id)
    if chat is None:
        raise Impossible(f"no such chat: {chat_id}")
    return chat


def _change_membership(sandbox: Sandbox, chat: Chat, *, blocked: bool) -> None:
    if chat.blocked == blocked:
        return
    chat.blocked = blocked
    sandbox.chats.version += 1
    before, after = ("member", "kicked") if blocked else ("kicked", "member")
    sandbox.updates.add(
        "my_chat_member",
        {
            "chat": chat.as_chat(),
            "from": as_person(max(chat.id, 1), chat.name),
            "date": int(time.time()),
            "old_chat_member": _member(sandbox, before),
            "new_chat_member": _member(sandbox, after),
        },
    )


def _member(sandbox: Sandbox, status: str) -> dict[str, Any]:
    member: dict[str, Any] = {"user": sandbox.bot.as_user(), "status": status}
    if status == "kicked":
        member["until_date"] = 0
    return member
