"""Who is in a room now: true numbers, from signs of life that members give themselves."""

import threading
from collections import defaultdict
from datetime import datetime, timedelta

import redis

from app.redis_store import ask

WINDOW = timedelta(seconds=30)
FORGOTTEN = timedelta(minutes=2)
KEY = "present:{}"

_lock = threading.Lock()
_here: dict[str, dict[str, float]] = defaultdict(dict)


def touch(room: str, member: str, now: datetime) -> int:
    """A member gives a sign of life; how many are in the room, this one with them.

    Without Redis each process counts what came to it alone.
    """
    stamp = now.timestamp()
    _remember(room, member, stamp)
    answer = ask(lambda server: _touch(server, room, member, stamp), None)
    return _counted_here(room, stamp) if answer is None else answer


def count(room: str, now: datetime) -> int:
    """Members seen within the last 30 seconds."""
    stamp = now.timestamp()
    answer = ask(lambda server: _count(server, room, stamp), None)
    return _counted_here(room, stamp) if answer is None else answer


def _touch(server: redis.Redis, room: str, member: str, stamp: float) -> int:
    key = KEY.format(room)
    pipe = server.pipeline(transaction=False)
    pipe.zadd(key, {member: stamp})
    pipe.zremrangebyscore(key, "-inf", stamp - FORGOTTEN.total_seconds())
    pipe.expire(key, FORGOTTEN)
    pipe.zcount(key, _oldest(stamp), "+inf")
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
