"""The position by the server's clock: one pure function, so one table."""

from datetime import timedelta

import pytest

from app.autowebinar import Position, position_at
from tests.autowebinar.recording import DURATION, START, after

# started, last seen, last position, slot, now -> seconds, started, frozen, ended
CASES = {
    "begins": (0, 0, 0, False, 0, (0, 0, False, False)),
    "runs with the clock": (0, 10, 10, False, 20, (20, 0, False, False)),
    "counts whole seconds": (0, 10, 10, False, 20.999, (20, 0, False, False)),
    "stalls for sixty seconds": (0, 20, 20, False, 80, (80, 0, False, False)),
    "stalls for sixty seconds and a bit": (0, 20, 20, False, 80.9, (80, 0, False, False)),
    "freezes beyond": (0, 20, 20, False, 81, (20, 61, True, False)),
    "freezes for a month": (0, 20, 20, False, 2_592_000, (20, 2_591_980, True, False)),
    "goes on from what was acknowledged": (0, 30, 12, False, 300, (12, 288, True, False)),
    "goes on after it moved": (61, 81, 20, False, 91, (30, 61, False, False)),
    "ends": (0, 95, 95, False, 100, (100, 0, False, True)),
    "stays at the end": (0, 95, 95, False, 150, (100, 0, False, True)),
    "is still ended when back": (0, 100, 100, False, 5000, (100, 4900, True, True)),
    "is frozen though time would have run out": (0, 70, 70, False, 5000, (70, 4930, True, False)),
    "slot lands a late viewer at its second": (0, 42, 0, True, 42, (42, 0, False, False)),
    "slot never freezes": (0, 10, 10, True, 90, (90, 0, False, False)),
    "slot ends for all": (0, 10, 10, True, 5000, (100, 0, False, True)),
    "slot has not begun": (30, 0, 0, True, 0, (0, 30, False, False)),
    "clock was set back": (10, 10, 0, False, 3, (0, 10, False, False)),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_position_at(case: tuple) -> None:
    started, seen, position, is_slot, now, (seconds, moved, frozen, ended) = case
    found = position_at(
        started_at=after(started),
        last_seen_at=after(seen),
        last_position=position,
        is_slot=is_slot,
        duration=DURATION,
        now=after(now),
    )
    assert found == Position(seconds, after(moved), frozen, ended)


def test_frozen_session_goes_on_second_by_second() -> None:
    """What the function answers, given back to it, holds still."""
    back = position_at(
        started_at=START,
        last_seen_at=after(20),
        last_position=20,
        is_slot=False,
        duration=DURATION,
        now=after(500),
    )
    later = position_at(
        started_at=back.started_at,
        last_seen_at=after(500),
        last_position=back.seconds,
        is_slot=False,
        duration=DURATION,
        now=after(500) + timedelta(seconds=7),
    )
    assert (back.seconds, later.seconds, later.frozen) == (20, 27, False)
