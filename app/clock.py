"""The one clock. Time is UTC with its zone everywhere; payloads carry unix seconds."""

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones


def now() -> datetime:
    return datetime.now(UTC)


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
