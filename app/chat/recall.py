"""A channel's newest lines in Redis, where polls read them. SQL is the truth and mends a loss."""

import json
from datetime import timedelta
from typing import Any

import redis
from sqlalchemy import select

from app import clock
from app.chat.line import Line
from app.chat.models import ChatChannel, ChatLine
from app.extensions import db
from app.redis_store import ask

KEPT = 200
LIFE = timedelta(days=1)
SETTLED_SECONDS = 2
KEY = "chat:{}"


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
    )


def read(channel: str, *, after: int, limit: int) -> list[Line]:
    """From SQL, hidden ones too, oldest first."""
    statement = (
        select(ChatLine)
        .where(ChatLine.channel == channel, ChatLine.number > after)
        .order_by(ChatLine.number.desc())
        .limit(limit)
    )
    return [line_of(row) for row in reversed(list(db.session.scalars(statement)))]


def since(channel: str, number: int) -> list[Line] | None:
    """Lines after that number, hidden ones too, in one round trip; None without Redis.

    A line whose neighbour before it is still on its way waits for it, so that whoever goes on
    from the last number has missed nothing.
    """
    found: Any = ask(
        lambda server: server.zrange(KEY.format(channel), f"({number}", "+inf", byscore=True), None
    )
    if not found:
        return None if found is None else []
    return _unbroken([_decoded(channel, entry) for entry in found], number)


def _unbroken(lines: list[Line], number: int) -> list[Line]:
    if len(lines) >= KEPT:
        number = lines[0].number - 1  # whoever is so far behind goes on from the oldest kept
    settled = clock.now() - timedelta(seconds=SETTLED_SECONDS)
    for place, line in enumerate(lines):
        if line.number != number + 1 and line.created_at > settled:
            return lines[:place]
        number = line.number
    return lines


def tell(line: Line) -> None:
    """Put a committed line where polls read it."""
    held = ask(lambda server: _put(server, line.channel, [line]), None)
    if held is not None and held < min(line.number, KEPT):
        put_all(line.channel)


def mend(channel: str) -> None:
    """See that Redis has the channel's newest line; where a flush took it, put all back."""
    last = db.session.scalar(select(ChatChannel.last_number).where(ChatChannel.channel == channel))
    if last and ask(lambda server: _top(server, channel), last) < last:
        put_all(channel)


def _top(server: redis.Redis, channel: str) -> int:
    newest = server.zrange(KEY.format(channel), 0, 0, desc=True, withscores=True)
    return int(newest[0][1]) if newest else 0


def put_all(channel: str) -> None:
    lines = read(channel, after=0, limit=KEPT)
    if lines:
        ask(lambda server: _put(server, channel, lines), None)


def _put(server: redis.Redis, channel: str, lines: list[Line]) -> int:
    """How many lines the channel then holds in Redis."""
    key = KEY.format(channel)
    pipe = server.pipeline()
    for line in lines:
        pipe.zremrangebyscore(key, line.number, line.number)
        pipe.zadd(key, {_encoded(line): line.number})
    pipe.zremrangebyrank(key, 0, -KEPT - 1)
    pipe.expire(key, LIFE)
    pipe.zcard(key)
    return int(pipe.execute()[-1])


def _encoded(line: Line) -> str:
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
        ]
    )


def _decoded(channel: str, entry: bytes) -> Line:
    number, author, role, text, at_sec, origin, created, hidden = json.loads(entry)
    when = clock.from_unix(created)
    return Line(number, channel, author, role, text, at_sec, origin, when, hidden)
