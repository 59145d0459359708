"""The broadcast's own seconds."""

from datetime import timedelta

from app.live.air import Air
from tests.live.conftest import AT, at


def test_nothing_passes_before_the_start() -> None:
    assert Air().second(AT) == 0
    assert Air(on_air_at=at(10)).second(at(5)) == 0


def test_seconds_count_from_the_start() -> None:
    assert Air(on_air_at=AT).second(at(61.9)) == 61


def test_a_pause_stands_still_and_is_left_out() -> None:
    assert Air(AT, paused_at=at(100)).second(at(500)) == 100
    assert Air(AT, paused_seconds=400).second(at(520)) == 120


def test_nothing_passes_after_the_stop() -> None:
    over = Air(AT, off_air_at=at(300), paused_seconds=50)
    assert over.second(at(10_000)) == over.length == 250
    assert Air(AT).length == 0


def test_stop_during_a_pause_ends_where_the_pause_began() -> None:
    assert Air(AT, off_air_at=at(300), paused_at=at(100)).second(at(400)) == 100
    assert Air(AT, off_air_at=AT - timedelta(seconds=5)).length == 0
