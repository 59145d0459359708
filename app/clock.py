"""The one clock. Time is UTC with its zone everywhere; payloads carry unix seconds.

Over SQLite it is the host's. Over PostgreSQL, which several hosts share, it is the database's: each
process sets its clock by it and counts on from there by its monotonic clock (`database.keep_time`).
So a host whose clock is wrong, or set back, sends nothing early and calls nothing late.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones


@dataclass(frozen=True, slots=True)
class _Set:
    """It was `moment` when the monotonic clock stood at `at`."""

    moment: datetime
    at: float


_set: _Set | None = None
_standing: ContextVar[datetime | None] = ContextVar("standing", default=None)


def now() -> datetime:
    standing = _standing.get()
    if standing is not None:
        return standing
    if _set is None:
        return datetime.now(UTC)
    return _set.moment + timedelta(seconds=time.monotonic() - _set.at)


def set_by(moment: datetime, at: float) -> None:
    """It was `moment` when this process's monotonic clock stood at `at`."""
    global _set
    _set = _Set(moment.astimezone(UTC), at)


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """To tell of what was: in the block, and in this thread, it is that moment."""
    before = _standing.set(moment)
    try:
        yield
    finally:
        _standing.reset(before)


def unix(moment: datetime) -> int:
    return int(moment.timestamp())


def from_unix(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def is_zone(name: str | None) -> bool:
    """Whether this is the name of a time zone, as a browser tells it: «Asia/Omsk»."""
    return name is not None and name in _zones()


def zone(name: str | None, default: str) -> ZoneInfo:
    """The zone of that name, or the default where there is none."""
    return ZoneInfo(name if name is not None and is_zone(name) else default)


def local_to_utc(local: datetime, where: ZoneInfo) -> datetime:
    """When a clock on the wall shows `local` (which has no zone of its own).

    Two days a year need a rule, that of RFC 5545: a time that the clock skips is counted as if it
    had not been put forward yet (02:30 of a spring night is what the clock shows as 03:30), and
    of a time that it shows twice the first is meant.
    """
    return local.replace(tzinfo=where, fold=0).astimezone(UTC)
