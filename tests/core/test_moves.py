"""A place that is moved to another start."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from app import core
from app.core.errors import NotFound
from tests.fixtures.application import Make

ONE = datetime(2026, 11, 23, 16, tzinfo=UTC)
OTHER = datetime(2026, 11, 24, 16, tzinfo=UTC)


@pytest.mark.both_databases
def test_move_keeps_the_link_and_records_who_and_when(app: Flask, make: Make) -> None:
    place = make.registration(make.webinar())
    for slot_id, starts_at, by in (("sl_1", ONE, "viewer"), ("sl_2", OTHER, "telegram")):
        moved = core.registrations.move(
            place.registration_id, slot_id=slot_id, starts_at=starts_at, moved_by=by
        )
    assert (moved.token, moved.session_id) == (place.token, place.session_id)
    assert core.registrations.by_token(place.token) == moved
    assert (moved.slot_id, moved.starts_at) == ("sl_2", OTHER)
    found = core.registrations.moves(place.registration_id)
    assert [(each.from_starts_at, each.to_starts_at, each.moved_by) for each in found] == [
        (None, ONE, "viewer"),
        (ONE, OTHER, "telegram"),
    ]


def test_move_to_where_it_is_records_nothing(app: Flask, make: Make) -> None:
    place = make.registration(make.webinar())
    for _ in range(3):
        core.registrations.move(
            place.registration_id, slot_id="sl_1", starts_at=ONE, moved_by="viewer"
        )
    assert core.registrations.moves_count(place.registration_id) == 1


def test_move_raises_no_event_of_its_own(app: Flask, make: Make) -> None:
    place = make.registration(make.webinar())
    before = len(list(core.timeline.everything()))
    core.registrations.move(place.registration_id, slot_id="s", starts_at=ONE, moved_by="viewer")
    assert len(list(core.timeline.everything())) == before


def test_place_that_is_not_there_is_not_moved(app: Flask) -> None:
    with pytest.raises(NotFound):
        core.registrations.move(404, slot_id="s", starts_at=ONE, moved_by="viewer")
