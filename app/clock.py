"""The one clock. Time is UTC with its zone everywhere; payloads carry unix seconds."""

from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)


def unix(moment: datetime) -> int:
    return int(moment.timestamp())


def from_unix(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
