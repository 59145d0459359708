"""Where a viewing session is: one pure function, the same in the room, a preview and the tests."""

from dataclasses import dataclass
from datetime import datetime, timedelta

STALL_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Position:
    """`seconds` into the recording, from 0 to its duration.

    `started_at` is the start by which these seconds hold: it has moved where the session was
    `frozen`, so that it goes on from the second the viewer was last seen at.
    """

    seconds: int
    started_at: datetime
    frozen: bool
    ended: bool


def position_at(
    *,
    started_at: datetime,
    last_seen_at: datetime,
    last_position: int,
    is_slot: bool,
    duration: int,
    now: datetime,
) -> Position:
    """The position of a viewer who shows a sign of life now. A slot's session never freezes."""
    frozen = not is_slot and is_silent(last_seen_at, now)
    if frozen:
        started_at = now - timedelta(seconds=min(last_position, duration))
    seconds = second_of(started_at, now, duration)
    return Position(seconds, started_at, frozen, seconds >= duration)


def is_silent(last_seen_at: datetime, now: datetime) -> bool:
    """Whether the silence is more than a stall; counted in whole seconds."""
    return int((now - last_seen_at).total_seconds()) > STALL_SECONDS


def second_of(started_at: datetime, now: datetime, duration: int) -> int:
    """Whole seconds since the start, within the recording."""
    return max(0, min(int((now - started_at).total_seconds()), duration))


def exact_second_of(started_at: datetime, now: datetime) -> float:
    """The same to a thousandth, for the page to keep its picture in step by. It runs on after the
    end."""
    return round(max(0.0, (now - started_at).total_seconds()), 3)
