"""The chat of a room: lines and presence. Serves every kind of room and knows none of them.

A room names a channel (who reads and writes it is the room's affair) and, for presence, a key.
Lines are committed to SQL first; what Redis holds can be lost and comes back.
"""

from app.chat import presence
from app.chat.erasure import connect
from app.chat.errors import ChatRefused, LineEmpty, LineTooLong, LineTooOften
from app.chat.line import LONGEST, Line
from app.chat.lines import recent, write
from app.chat.recall import mend, since

__all__ = [
    "LONGEST",
    "ChatRefused",
    "Line",
    "LineEmpty",
    "LineTooLong",
    "LineTooOften",
    "connect",
    "mend",
    "presence",
    "recent",
    "since",
    "write",
]
