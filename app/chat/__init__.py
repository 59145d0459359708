"""The chat of a room: lines, moderation, questions and presence. Serves every kind of room and
knows none of them.

A room names a channel (who reads and writes it is the room's affair) and, for presence, a key.
Lines are committed to SQL first; what Redis holds can be lost and comes back.
"""

from app.chat import (
    answers,
    channels,
    history,
    links,
    moderation,
    people,
    presence,
    questions,
    rules,
    similar,
    stretches,
    team_view,
)
from app.chat.erasure import connect
from app.chat.errors import (
    ChatRefused,
    LineEmpty,
    LineHasLink,
    LineTooLong,
    LineTooOften,
    WriterBanned,
    WriterMuted,
)
from app.chat.line import LONGEST, Line, mark_of
from app.chat.lines import recent, write
from app.chat.recall import changed, last_change, mend, since, since_with

__all__ = [
    "LONGEST",
    "ChatRefused",
    "Line",
    "LineEmpty",
    "LineHasLink",
    "LineTooLong",
    "LineTooOften",
    "WriterBanned",
    "WriterMuted",
    "answers",
    "changed",
    "channels",
    "connect",
    "history",
    "last_change",
    "links",
    "mark_of",
    "mend",
    "moderation",
    "people",
    "presence",
    "questions",
    "recent",
    "rules",
    "similar",
    "since",
    "since_with",
    "stretches",
    "team_view",
    "write",
]
