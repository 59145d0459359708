"""A sandbox Bot API: it speaks Telegram's methods and refuses what Telegram refuses.

In tests: `with SandboxServer() as telegram`. For a demo: `python -m workers.telegram.sandbox`.
It depends on nothing but the standard library, and on python-telegram-bot least of all: a client
and the server it is tried against must not share their mistakes.
"""

from workers.telegram.sandbox.chats import Message
from workers.telegram.sandbox.flood import Limits
from workers.telegram.sandbox.people import Impossible
from workers.telegram.sandbox.server import SandboxServer

__all__ = ["Impossible", "Limits", "Message", "SandboxServer"]
