"""A recording's seconds against the broadcast's moments, with pauses in it and without."""

import pytest

from app.live import RecordingClock
from tests.live.conftest import AT, at

PAUSE = (at(10), at(20))


@pytest.mark.parametrize(
    ("start", "moment", "second"),
    [(0, 0, 0), (0, 12.9, 12), (5, 4.9, -1), (5, 5, 0), (-3, -3, 0), (-3, 7, 10)],
)
def test_trimmed_or_begun_before_the_start(start: int, moment: float, second: int) -> None:
    assert RecordingClock(AT, start, 60).second(at(moment)) == second


@pytest.mark.parametrize(
    ("moment", "kept", "cut"), [(9, 9, 9), (10, 10, 10), (15, 15, 10), (20, 20, 10), (27, 27, 17)]
)
def test_recording_runs_on_in_a_pause_unless_it_was_cut(moment: int, kept: int, cut: int) -> None:
    assert RecordingClock(AT, 0, 60).second(at(moment)) == kept
    assert RecordingClock(AT, 0, 60, (PAUSE,)).second(at(moment)) == cut


@pytest.mark.parametrize("start", [-4, 0, 6, 10, 14])
@pytest.mark.parametrize("left_out", [(), (PAUSE,), (PAUSE, (at(30), at(31)))])
def test_stretch_of_moments_is_what_has_a_second(start: int, left_out: tuple) -> None:  # type: ignore[type-arg]
    """The bounds that the database is asked with are those of the seconds."""
    clock = RecordingClock(AT, start, 12, left_out)
    for tenths in range(-100, 600):
        moment = at(tenths / 10)
        assert (clock.begins_at <= moment < clock.ends_at) == clock.has(moment), tenths
