"""A line as rooms read it, and the text that a line may have."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

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
    and loses its words.
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
