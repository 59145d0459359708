"""A line as rooms read it, and the text that a line may have."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from flask import current_app

from app.chat.errors import LineEmpty, LineTooLong
from app.core import normalise

LONGEST = 1000


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
    words = normalise.words(text)
    if normalise.is_blank(words):
        raise LineEmpty(LineEmpty.name)
    if len(words) > LONGEST:
        raise LineTooLong(LineTooLong.name)
    return words
