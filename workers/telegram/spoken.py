"""What a person said in Telegram, in words: also a picture, a voice, a sticker."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

Raw = Mapping[str, Any]

_COMMAND = re.compile(r"/([a-z]{1,32})(?:@\w+)?(?:\s+(.*))?", re.IGNORECASE | re.DOTALL)
# An animation comes with a document beside it, so it is asked for first.
_THINGS: dict[str, LazyString] = {
    "animation": lazy_gettext("анимация"),
    "photo": lazy_gettext("фото"),
    "sticker": lazy_gettext("стикер"),
    "voice": lazy_gettext("голосовое сообщение"),
    "video_note": lazy_gettext("видеосообщение"),
    "video": lazy_gettext("видео"),
    "audio": lazy_gettext("аудио"),
    "document": lazy_gettext("файл"),
    "contact": lazy_gettext("контакт"),
    "venue": lazy_gettext("место на карте"),
    "location": lazy_gettext("место на карте"),
    "poll": lazy_gettext("опрос"),
    "dice": lazy_gettext("кубик"),
    "story": lazy_gettext("история"),
}
_SERVICE = frozenset(
    {
        "pinned_message",
        "message_auto_delete_timer_changed",
        "chat_background_set",
        "boost_added",
        "write_access_allowed",
        "users_shared",
        "chat_shared",
        "forum_topic_created",
    }
)
"""What Telegram itself notes in a chat: nobody said it."""


def command(text: str) -> tuple[str, str]:
    """(name in small letters, argument) of a command, or two empty strings."""
    found = _COMMAND.fullmatch(text.strip())
    if found is None:
        return "", ""
    return found[1].lower(), (found[2] or "").strip()


def words(message: Raw) -> str:
    """The text; a thing without text as «[фото]», before its caption. Empty: nothing was said."""
    if _SERVICE & message.keys():
        return ""
    text = _clean(message.get("text") or message.get("caption") or "")
    thing = _thing(message)
    return f"[{thing}] {text}".strip() if thing else text


def _thing(message: Raw) -> str:
    for key, name in _THINGS.items():
        if key in message:
            more = _more(key, message[key])
            return f"{name} {more}" if more else str(name)
    return "" if "text" in message else gettext("сообщение без текста")


def _more(key: str, thing: Any) -> str:
    """A sticker's sign, a file's name."""
    wanted = {"sticker": "emoji", "document": "file_name", "audio": "file_name"}.get(key)
    value = thing.get(wanted) if wanted and isinstance(thing, Mapping) else None
    return _clean(value)[:100] if isinstance(value, str) else ""


def _clean(text: Any) -> str:
    """Without what a database cannot hold: a zero byte, half of a surrogate pair."""
    return str(text).replace("\x00", "").encode("utf-8", "replace").decode().strip()
