"""A line as rooms read it, and the text that a line may have."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime

from flask import current_app

from app.chat.errors import LineEmpty, LineTooLong

LONGEST = 1000
BIDI_CONTROLS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
BLANK_LINES = re.compile(r"\n\s*\n\s*")


@dataclass(frozen=True, slots=True)
class Line:
    """`number` counts a channel's lines from 1 in the order of their commits.

    `at_sec` is the room's second; `origin` is `viewer` or `team`. A hidden line keeps its number
    and loses its words. `change` is the channel's count of lines and changes when this one came
    to be as it is. `by` tells a page which lines are its own, and no page whose the others are.
    `asks`: the team is asked something that it has not answered; known of a line from SQL alone.
    `country`: two letters, where the writer shows one.
    """

    number: int
    channel: str
    author: str
    role: str
    text: str
    at_sec: int
    origin: str
    created_at: datetime
    hidden: bool = False
    edited: bool = False
    quote: str = ""
    by: str = field(default="", compare=False)
    change: int = field(default=0, compare=False)
    changed_at: datetime | None = field(default=None, compare=False)
    asks: bool = field(default=False, compare=False)
    country: str = ""


def mark_of(channel: str, registration_id: int | None) -> str:
    """Whose lines these are, in a channel: nothing can be told from it but that they are one's."""
    if registration_id is None:
        return ""
    secret = str(current_app.secret_key).encode()[:64]
    whose = f"{channel}:{registration_id}".encode()
    return hashlib.blake2b(whose, key=secret, digest_size=6).hexdigest()


def cleaned(text: str) -> str:
    """The words alone: no control characters, nothing that turns the page's text around, at most
    one blank line in a row. LineEmpty or LineTooLong where nothing or too much is left."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    words = BLANK_LINES.sub("\n\n", "".join(filter(_is_plain, lines))).strip()
    if not words.strip("\u200b\u200c\u200d\u2060\ufeff \n"):
        raise LineEmpty(LineEmpty.name)
    if len(words) > LONGEST:
        raise LineTooLong(LineTooLong.name)
    return words


def _is_plain(character: str) -> bool:
    if character in BIDI_CONTROLS:
        return False
    return character == "\n" or unicodedata.category(character) not in ("Cc", "Cs")
