"""Who is in a room now: true numbers, from signs of life that members give themselves."""

import threading
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

import redis

from app.redis_store import ask

WINDOW = timedelta(seconds=30)
FORGOTTEN = timedelta(minutes=2)
KEY = "present:{}"
MOST = 1_000_000

_lock = threading.Lock()
_here: dict[str, dict[str, float]] = defaultdict(dict)


def touch(room: str, member: str, now: datetime) -> int:
    """A member gives a sign of life; how many are in the room, this one with them.

    Who is in a part of a room (`auto:wb_1:slot`) is in the whole of it (`auto:wb_1`) too. Without Redis each process counts what came to it alone.
    """
    stamp = now.timestamp()
    for each in (room, *_whole_of(room)):
        _remember(each, member, stamp)
    answer = ask(lambda server: _touch(server, room, member, stamp), None)
    return _counted_here(room, stamp) if answer is None else answer


def count(room: str, now: datetime) -> int:
    """Members seen within the last 30 seconds."""
    stamp = now.timestamp()
    answer = ask(lambda server: _count(server, room, stamp), None)
    return _counted_here(room, stamp) if answer is None else answer


def counts(rooms: Iterable[str], now: datetime) -> dict[str, int]:
    """Members of several rooms seen within the last 30 seconds, asked for at once."""
    wanted, stamp = list(rooms), now.timestamp()
    if not wanted:
        return {}
    answer = ask(lambda server: _counts(server, wanted, stamp), None)
    found = [_counted_here(room, stamp) for room in wanted] if answer is None else answer
    return dict(zip(wanted, found, strict=True))


def _counts(server: redis.Redis, rooms: list[str], stamp: float) -> list[int]:
    pipe = server.pipeline(transaction=False)
    for room in rooms:
        pipe.zcount(KEY.format(room), _oldest(stamp), "+inf")
    return [int(count) for count in pipe.execute()]


def _whole_of(room: str) -> list[str]:
    whole, _, _ = room.rpartition(":")
    return [whole] if ":" in whole else []


def members(room: str, now: datetime, limit: int) -> list[str]:
    """Those seen within the last 30 seconds, the latest first."""
    stamp = now.timestamp()
    answer: Any = ask(lambda server: _members(server, room, stamp, limit), None)
    return _members_here(room, stamp, limit) if answer is None else answer


def here(room: str, wanted: Collection[str], now: datetime) -> set[str]:
    """Which of these members were seen within the last 30 seconds."""
    names = list(wanted)
    if not names:
        return set()
    stamp = now.timestamp()
    scores: Any = ask(lambda server: server.zmscore(KEY.format(room), names), None)
    if scores is None:
        return set(_members_here(room, stamp, MOST)) & set(names)
    oldest = _oldest(stamp)
    return {name for name, seen in zip(names, scores, strict=True) if seen and seen >= oldest}


def _members(server: redis.Redis, room: str, stamp: float, limit: int) -> list[str]:
    found: Any = server.zrange(
        KEY.format(room), "+inf", _oldest(stamp), desc=True, byscore=True, offset=0, num=limit
    )
    return [member.decode() for member in found]


def _members_here(room: str, stamp: float, limit: int) -> list[str]:
    with _lock:
        seen = sorted(_here.get(room, {}).items(), key=itemgetter(1), reverse=True)
    return [member for member, at in seen if at >= _oldest(stamp)][:limit]


def _touch(server: redis.Redis, room: str, member: str, stamp: float) -> int:
    pipe = server.pipeline(transaction=False)
    for key in map(KEY.format, (*_whole_of(room), room)):
        pipe.zadd(key, {member: stamp})
        pipe.zremrangebyscore(key, "-inf", stamp - FORGOTTEN.total_seconds())
        pipe.expire(key, FORGOTTEN)
    pipe.zcount(KEY.format(room), _oldest(stamp), "+inf")
    return int(pipe.execute()[-1])


def _count(server: redis.Redis, room: str, stamp: float) -> int:
    return int(server.zcount(KEY.format(room), _oldest(stamp), "+inf"))


def _oldest(stamp: float) -> float:
    return stamp - WINDOW.total_seconds()


def _remember(room: str, member: str, stamp: float) -> None:
    with _lock:
        here = _here[room]
        here[member] = stamp
        for each in [
            name for name, seen in here.items() if seen < stamp - FORGOTTEN.total_seconds()
        ]:
            del here[each]


def _counted_here(room: str, stamp: float) -> int:
    with _lock:
        return sum(seen >= _oldest(stamp) for seen in _here.get(room, {}).values())
