"""A channel's newest lines in Redis, where polls read them. SQL is the truth and mends a loss.

Entries stand in the order of the channel's changes: a changed line leaves its old place and comes
again at the end, so that whoever asks for what is newer than the last change seen misses nothing.
"""

import json
from datetime import timedelta
from typing import Any

import redis
from sqlalchemy import select

from app import clock
from app.chat.line import Line, mark_of
from app.chat.models import ChatChannel, ChatLine
from app.extensions import db
from app.redis_store import ask

KEPT = 200
LIFE = timedelta(days=1)
SETTLED_SECONDS = 2
KEY = "chat:changes:{}"


def line_of(row: ChatLine) -> Line:
    hidden = row.hidden_at is not None
    return Line(
        number=row.number,
        channel=row.channel,
        author="" if hidden else row.author,
        role=row.role,
        text="" if hidden else row.text,
        at_sec=row.at_sec,
        origin=row.origin,
        created_at=row.created_at,
        hidden=hidden,
        edited=row.edited_at is not None,
        quote="" if hidden else row.quote,
        by=mark_of(row.channel, row.registration_id),
        change=row.change,
        changed_at=row.changed_at,
        asks=row.question == "open",
        country="" if hidden else row.country or "",
    )


def changed(channel: str, *, after: int, limit: int = KEPT) -> list[Line]:
    """Lines changed since, from SQL, hidden ones too, in the order of their changes."""
    statement = (
        select(ChatLine)
        .where(ChatLine.channel == channel, ChatLine.change > after)
        .order_by(ChatLine.change.desc())
        .limit(limit)
    )
    return [line_of(row) for row in reversed(list(db.session.scalars(statement)))]


def since(channel: str, change: int) -> list[Line] | None:
    """Lines that came or changed after that change, hidden ones too, in one round trip; None
    without Redis.

    A line whose neighbour before it is still on its way waits for it, so that whoever goes on
    from the last change has missed nothing.
    """
    found: Any = ask(
        lambda server: server.zrange(KEY.format(channel), f"({change}", "+inf", byscore=True), None
    )
    return None if found is None else _newer(channel, found, change)


def since_with(channel: str, change: int, key: str) -> tuple[list[Line] | None, Any]:
    """(`since`, what Redis holds under another key), both in one round trip."""

    def read_both(server: redis.Redis) -> Any:
        pipe = server.pipeline(transaction=False)
        pipe.zrange(KEY.format(channel), f"({change}", "+inf", byscore=True)
        pipe.get(key)
        return pipe.execute()

    found, held = ask(read_both, (None, None))
    return None if found is None else _newer(channel, found, change), held


def _newer(channel: str, found: list[bytes], change: int) -> list[Line]:
    if not found:
        return []
    entries = [json.loads(entry) for entry in found]
    moved = {entry[-1] for entry in entries}
    return _unbroken([_decoded(channel, entry) for entry in entries], change, moved)


def _unbroken(lines: list[Line], change: int, moved: set[int | None]) -> list[Line]:
    """`moved`: changes that are missing because their lines have changed again."""
    if len(lines) >= KEPT:
        change = lines[0].change - 1  # whoever is so far behind goes on from the oldest kept
    settled = clock.now() - timedelta(seconds=SETTLED_SECONDS)
    for place, line in enumerate(lines):
        fresh = (line.changed_at or line.created_at) > settled
        if fresh and not moved.issuperset(range(change + 1, line.change)):
            return lines[:place]
        change = line.change
    return lines


def tell(line: Line, *, replaces: int | None = None) -> None:
    """Put a committed line where polls read it; in the place of what it was at an earlier
    change. Where the change before it is missing, Redis has lost some: all are put back."""
    held = ask(lambda server: _put(server, line.channel, [line], replaces), None)
    if held is False:
        put_all(line.channel)


def mend(channel: str) -> None:
    """See that Redis has the channel's newest change; where a flush took it, put all back."""
    last = last_change(channel)
    if last and ask(lambda server: _top(server, channel), last) < last:
        put_all(channel)


def last_change(channel: str) -> int:
    statement = select(ChatChannel.last_change).where(ChatChannel.channel == channel)
    return db.session.scalar(statement) or 0


def _top(server: redis.Redis, channel: str) -> int:
    newest = server.zrange(KEY.format(channel), 0, 0, desc=True, withscores=True)
    return int(newest[0][1]) if newest else 0


def put_all(channel: str) -> None:
    lines = changed(channel, after=0)
    if lines:
        ask(lambda server: _put(server, channel, lines, None), None)


def _put(server: redis.Redis, channel: str, lines: list[Line], replaces: int | None) -> bool:
    """Whether the change before the first of them was there."""
    key = KEY.format(channel)
    before = lines[0].change - 1
    pipe = server.pipeline()
    pipe.zcount(key, before, before)
    if replaces is not None:
        pipe.zremrangebyscore(key, replaces, replaces)
    for line in lines:
        pipe.zremrangebyscore(key, line.change, line.change)
        pipe.zadd(key, {_encoded(line, replaces): line.change})
    pipe.zremrangebyrank(key, 0, -KEPT - 1)
    pipe.expire(key, LIFE)
    found = int(pipe.execute()[0])
    return before == 0 or found > 0


def _encoded(line: Line, replaces: int | None) -> str:
    return json.dumps(
        [
            line.number,
            line.author,
            line.role,
            line.text,
            line.at_sec,
            line.origin,
            line.created_at.timestamp(),
            line.hidden,
            line.edited,
            line.quote,
            line.by,
            line.change,
            (line.changed_at or line.created_at).timestamp(),
            line.country,
            replaces,
        ]
    )


def _decoded(channel: str, entry: list[Any]) -> Line:
    number, author, role, text, at, origin, created, *rest = entry
    hidden, edited, quote, by, change, changed_at, *later = rest
    country = later[0] if len(later) > 1 else ""  # an entry of an earlier release has none
    return Line(
        number,
        channel,
        author,
        role,
        text,
        at,
        origin,
        clock.from_unix(created),
        hidden,
        edited,
        quote,
        by,
        change,
        clock.from_unix(changed_at),
        country=country,
    )
