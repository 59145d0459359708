"""One attendance a registration: of several open pages the one opened last counts.

Redis alone remembers which it is. Where it forgot, the pages settle it again by themselves: a
page's name begins with the moment it was opened, and the later name wins.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any

from app.redis_store import ask

HOLDER = "autowebinar:holder:{}"
LIFE = timedelta(hours=1)


def new_page(now: datetime) -> str:
    """A name for a page that is being opened."""
    return f"{round(now.timestamp() * 1000):015d}-{secrets.token_hex(4)}"


def hold(session_id: str, page: str) -> bool:
    """Whether it is that page that counts. Without Redis every page does."""
    key = HOLDER.format(session_id)
    latest: Any = ask(lambda server: server.getex(key, ex=LIFE), None)
    if latest is not None and latest.decode() >= page:
        return bool(latest.decode() == page)
    ask(lambda server: server.set(key, page, ex=LIFE), None)
    return True
