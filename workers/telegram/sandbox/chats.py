"""Who there is to write to, and what was written: the sandbox's memory."""

from __future__ import annotations

import itertools
import time
from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from workers.telegram.sandbox.keyboard import Keyboard
from workers.telegram.sandbox.markup import Entity
from workers.telegram.sandbox.refusal import bad_request, forbidden, migrated

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bot:
    """The one bot of a sandbox; every known token speaks for it."""

    id: int
    username: str
    name: str = "Эфир"

    def as_user(self) -> JSON:
        """Telegram's User."""
        return {
            "id": self.id,
            "is_bot": True,
            "first_name": self.name,
            "username": self.username,
        }


@dataclass(slots=True)
class Chat:
    """A person's private chat (positive id, the same as the person's) or a group (negative id)."""

    id: int
    name: str
    started: bool = False
    blocked: bool = False
    deactivated: bool = False
    migrated_to: int | None = None

    @property
    def is_group(self) -> bool:
        """True for the team's chat and its like."""
        return self.id < 0

    def as_chat(self) -> JSON:
        """Telegram's Chat."""
        if not self.is_group:
            return {"id": self.id, "first_name": self.name, "type": "private"}
        kind = "supergroup" if self.id < -(10**12) else "group"
        return {"id": self.id, "title": self.name, "type": kind}

    def refuse_unless_open(self) -> None:
        """Refuse, in Telegram's words, a message of the bot that this chat would not get."""
        if self.migrated_to is not None:
            raise migrated(self.migrated_to)
        if self.deactivated:
            raise forbidden("user is deactivated")
        if self.blocked and self.is_group:
            raise forbidden("bot was kicked from the group chat")
        if self.blocked:
            raise forbidden("bot was blocked by the user")
        if not self.is_group and not self.started:
            raise forbidden("bot can't initiate conversation with a user")


@dataclass(frozen=True, slots=True)
class Message:
    """One line of a chat, the bot's (`sender` 0) or a person's. `received_at` is unix seconds."""

    chat_id: int
    message_id: int
    text: str
    received_at: float
    sender: int = 0
    sender_name: str = ""
    entities: tuple[Entity, ...] = ()
    buttons: Keyboard = field(default_factory=list)

    @property
    def reply_markup(self) -> JSON | None:
        """Telegram's InlineKeyboardMarkup, or None for a message without buttons."""
        return {"inline_keyboard": self.buttons} if self.buttons else None


@dataclass(slots=True)
class Chats:
    """All chats and messages of one bot."""

    bot: Bot
    chats: dict[int, Chat] = field(default_factory=dict)
    messages: dict[tuple[int, int], Message] = field(default_factory=dict)
    texts: Counter[str] = field(default_factory=Counter)
    version: int = 0
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def add(self, chat_id: int, name: str, *, started: bool = False) -> Chat:
        """The chat `chat_id`, made where there is none, with the name it was first given."""
        chat = self.chats.setdefault(chat_id, Chat(chat_id, name))
        chat.started = chat.started or started
        self.version += 1
        return chat

    def find(self, chat_id: int) -> Chat:
        """The chat, or the refusal «chat not found»."""
        if chat_id not in self.chats:
            raise bad_request("chat not found")
        return self.chats[chat_id]

    def post(self, chat: Chat, text: str, entities: list[Entity], buttons: Keyboard) -> Message:
        """A message of the bot's, kept and counted by its text."""
        self.texts[text] += 1
        return self._keep(
            Message(
                chat.id,
                next(self._ids),
                text,
                time.time(),
                entities=tuple(entities),
                buttons=buttons,
            )
        )

    def hear(self, chat: Chat, person: Chat, text: str, entities: list[Entity]) -> Message:
        """A message of a person's."""
        return self._keep(
            Message(
                chat.id,
                next(self._ids),
                text,
                time.time(),
                sender=person.id,
                sender_name=person.name,
                entities=tuple(entities),
            )
        )

    def set_buttons(self, message: Message, buttons: Keyboard) -> Message:
        """The message with other buttons; `messages` then holds that one."""
        return self._keep(replace(message, buttons=buttons))

    def of_chat(self, chat_id: int) -> list[Message]:
        """Messages of one chat, oldest first."""
        return [message for message in self.messages.values() if message.chat_id == chat_id]

    def from_bot(self) -> list[Message]:
        """What the bot sent, oldest first."""
        return [message for message in self.messages.values() if not message.sender]

    def as_message(self, message: Message) -> JSON:
        """Telegram's Message."""
        chat = self.chats[message.chat_id]
        body: JSON = {
            "message_id": message.message_id,
            "from": self._sender(message),
            "chat": chat.as_chat(),
            "date": int(message.received_at),
            "text": message.text,
        }
        if message.entities:
            body["entities"] = list(message.entities)
        if message.reply_markup:
            body["reply_markup"] = message.reply_markup
        return body

    def dump(self) -> JSON:
        """All of it as JSON, for `load`."""
        return {
            "chats": [asdict(chat) for chat in self.chats.values()],
            "messages": [asdict(message) for message in self.messages.values()],
        }

    def load(self, dumped: JSON) -> None:
        """Take up what an earlier sandbox remembered; message ids go on from there."""
        for chat in dumped["chats"]:
            self.chats[chat["id"]] = Chat(**chat)
        for fields in dumped["messages"]:
            message = Message(**fields | {"entities": tuple(fields["entities"])})
            self._keep(message)
            self.texts[message.text] += not message.sender
        last = max((message_id for _, message_id in self.messages), default=0)
        self._ids = itertools.count(last + 1)

    def clear_messages(self) -> None:
        """Forget messages and counts; ids go on."""
        self.messages.clear()
        self.texts.clear()
        self.version += 1

    def _sender(self, message: Message) -> JSON:
        if not message.sender:
            return self.bot.as_user()
        return as_person(message.sender, message.sender_name)

    def _keep(self, message: Message) -> Message:
        self.messages[message.chat_id, message.message_id] = message
        self.version += 1
        return message


def as_person(user_id: int, name: str) -> JSON:
    """Telegram's User, for a person."""
    return {"id": user_id, "is_bot": False, "first_name": name, "language_code": "ru"}
