"""Before the room: early, late, moved, and the file for the calendar."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from icalendar import Calendar

from app import autowebinar, core
from app.core import RegistrationRecord
from tests.autowebinar.recording import CONTENT, DURATION
from tests.fixtures.application import Make
from tests.fixtures.schedules import EVENING, EVENINGS, NOW, TOMORROW, scheduled, slot_at
from tests.fixtures.visitor import Visitor


@pytest.fixture(autouse=True)
def travel() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


class Guest(Visitor):
    """Somebody with a place in this evening's session."""

    def __init__(self, app: Flask, place: RegistrationRecord) -> None:
        super().__init__(app)
        self.place = place
        self.slug = core.registrations.webinar_of(place).slug
        self.open(f"/r/{place.token}/")

    def room(self) -> str:
        return self.open(f"/autowebinar/{self.slug}/").text

    def fresh(self) -> RegistrationRecord:
        return core.registrations.get(self.place.registration_id)

    def facts(self) -> list[str]:
        found = core.timeline.of_lead(self.place.lead_id)
        wanted = ("autowebinar_", "client_webinar_entered")
        return [each.name for each in found if each.name.startswith(wanted)]

    def meta(self) -> dict[str, Any]:
        return dict(core.user_meta.read(self.place.user_id, str(self.place.registration_id)))


def guest(app: Flask, make: Make, *, zone: str = "Europe/Moscow", **rules: Any) -> Guest:
    webinar = scheduled(make.webinar(), **rules)
    version = autowebinar.create_version(webinar.webinar_id, CONTENT)
    autowebinar.publish(webinar.webinar_id, version.version_id)
    slot = slot_at(webinar, EVENING)
    place = make.registration(webinar, slot_id=slot.slot_id, starts_at=slot.starts_at, zone=zone)
    return Guest(app, place)


def is_room(page: str) -> bool:
    return 'id="room"' in page


@pytest.mark.both_databases
def test_early_viewer_waits_and_begins_nothing(app: Flask, make: Make) -> None:
    early = guest(app, make)
    page = early.room()
    assert not is_room(page)
    assert f'data-left="{4 * 3600}"' in page
    assert "Сегодня, 19:00" in page
    assert early.facts() == []
    assert early.meta() == {}


def test_waiting_page_has_what_one_needs(app: Flask, make: Make) -> None:
    early = guest(app, make)
    page = early.room()
    assert f"/r/{early.place.token}/calendar.ics" in page
    assert "data-room-link" in page
    assert 'http-equiv="refresh"' in page
    assert "check/check.mp4" in page
    assert 'id="badge"' in page


def test_waiting_page_says_the_start_in_the_zone_of_the_person(app: Flask, make: Make) -> None:
    page = guest(app, make, zone="Asia/Omsk").room()
    assert "Сегодня, 22:00" in page
    assert "23 ноября, 22:00 (Омск)" in page


@pytest.mark.parametrize("settings_overrides", [{"telegram_bot_username": "efir_bot"}])
def test_waiting_page_links_telegram(app: Flask, make: Make, settings_overrides: Any) -> None:
    assert "data-telegram-link" in guest(app, make).room()


def test_seconds_left_are_the_servers(app: Flask, make: Make, travel: Any) -> None:
    early = guest(app, make)
    for moment, left in ((0, 10), (0.5, 10), (9.9, 1), (10, 0), (11, 0)):
        travel.move_to(EVENING + timedelta(seconds=moment - 10))
        answer = early.open(f"/autowebinar/{early.slug}/left/")
        assert answer.json == {"left": left, "starts": "2026-11-23T16:00:00+00:00"}
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.both_databases
def test_at_the_start_the_room_opens_and_the_session_is_the_slots(
    app: Flask, make: Make, travel: Any
) -> None:
    viewer = guest(app, make)
    travel.move_to(EVENING)
    page = viewer.room()
    assert is_room(page)
    assert 'data-position="0"' in page
    assert viewer.meta()["autowebinar_started_at"] == EVENING
    assert "client_webinar_entered" in viewer.facts()


def test_late_viewer_lands_at_the_current_second(app: Flask, make: Make, travel: Any) -> None:
    viewer = guest(app, make)
    travel.move_to(EVENING + timedelta(seconds=37))
    assert 'data-position="37"' in viewer.room()
    assert viewer.meta()["autowebinar_started_at"] == EVENING


def test_slot_never_freezes(app: Flask, make: Make, travel: Any) -> None:
    viewer = guest(app, make)
    travel.move_to(EVENING + timedelta(seconds=5))
    viewer.room()
    travel.move_to(EVENING + timedelta(seconds=90))
    assert 'data-position="90"' in viewer.room()


def test_too_late_is_offered_the_next_one_in_one_step(app: Flask, make: Make, travel: Any) -> None:
    viewer = guest(app, make, recurring=[EVENINGS], late_minutes=1)
    travel.move_to(EVENING + timedelta(seconds=61))
    page = viewer.room()
    assert not is_room(page)
    assert "Этот сеанс уже идёт без вас" in page
    next_one = slot_at(core.registrations.webinar_of(viewer.place), TOMORROW).slot_id
    assert f'value="{next_one}" checked' in page
    assert viewer.facts() == []
    answer = viewer.submit(
        f"/autowebinar/{viewer.slug}/", action=f"/autowebinar/{viewer.slug}/time/"
    )
    assert answer.status_code == 303
    assert viewer.fresh().starts_at == TOMORROW
    assert 'id="waiting"' in viewer.room()


def test_within_the_late_rule_one_comes_in(app: Flask, make: Make, travel: Any) -> None:
    viewer = guest(app, make, recurring=[EVENINGS], late_minutes=1)
    travel.move_to(EVENING + timedelta(seconds=60))
    assert is_room(viewer.room())


def test_who_was_there_comes_back_however_late(app: Flask, make: Make, travel: Any) -> None:
    viewer = guest(app, make, recurring=[EVENINGS], late_minutes=0)
    travel.move_to(EVENING)
    viewer.room()
    for seconds in (80, DURATION + 500):
        travel.move_to(EVENING + timedelta(seconds=seconds))
        assert is_room(viewer.room())


def test_who_never_came_is_told_that_it_is_over(app: Flask, make: Make, travel: Any) -> None:
    viewer = guest(app, make)
    travel.move_to(EVENING + timedelta(seconds=DURATION))
    page = viewer.room()
    assert "Этот сеанс закончился" in page
    assert viewer.facts() == []


def test_nothing_else_is_offered_is_said(app: Flask, make: Make, travel: Any) -> None:
    viewer = guest(app, make, fixed=[{"at": "2026-11-23T19:00", "zone": "Europe/Moscow"}])
    travel.move_to(EVENING + timedelta(seconds=DURATION))
    assert "Других сеансов сейчас нет" in viewer.room()


def test_no_times_are_offered_of_what_is_taken_off(app: Flask, make: Make) -> None:
    """Nor does the zone that the browser tells bring them back: none of them could be had."""
    viewer = guest(app, make)
    address = f"/autowebinar/{viewer.slug}/time/slots/?zone=Asia/Omsk"
    assert "sl_" in viewer.open(address).text
    core.webinar_states.unpublish(viewer.place.webinar_id, actor_id=None)
    assert "sl_" not in viewer.open(address).text


def test_move_keeps_the_personal_link(app: Flask, make: Make) -> None:
    viewer = guest(app, make)
    slot = slot_at(core.registrations.webinar_of(viewer.place), TOMORROW)
    address = f"/autowebinar/{viewer.slug}/time/"
    assert viewer.submit(address, slot=slot.slot_id).status_code == 303
    assert viewer.fresh().starts_at == TOMORROW
    assert "Завтра, 19:00" in Guest(app, viewer.place).room()
    (move,) = core.registrations.moves(viewer.place.registration_id)
    assert (move.from_starts_at, move.moved_by) == (EVENING, "viewer")


@pytest.mark.parametrize("slot", ["", "now", "recording", "sl_0_0", "sl_69231a00_0123456789ab"])
def test_move_to_what_is_not_offered_is_422_and_moves_nothing(
    app: Flask, make: Make, slot: str
) -> None:
    viewer = guest(app, make)
    answer = viewer.submit(f"/autowebinar/{viewer.slug}/time/", slot=slot)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert viewer.fresh().starts_at == EVENING


def test_move_without_a_token_is_refused(app: Flask, make: Make) -> None:
    viewer = guest(app, make)
    slot = slot_at(core.registrations.webinar_of(viewer.place), TOMORROW).slot_id
    answer = viewer.send(f"/autowebinar/{viewer.slug}/time/", {"slot": slot})
    assert answer.status_code == 400
    assert viewer.fresh().starts_at == EVENING


def test_moved_viewer_who_saw_some_has_a_new_start_and_keeps_progress(
    app: Flask, make: Make, travel: Any
) -> None:
    viewer = guest(app, make)
    version = autowebinar.published(viewer.place.webinar_id)
    assert version is not None
    for seconds in range(0, 31, 10):
        moment = EVENING + timedelta(seconds=seconds)
        travel.move_to(moment)
        autowebinar.sessions.keep(
            autowebinar.sessions.acknowledge(viewer.place, version, str(seconds), moment)
        )
    slot = slot_at(core.registrations.webinar_of(viewer.place), TOMORROW)
    viewer.submit(f"/autowebinar/{viewer.slug}/time/", slot=slot.slot_id)
    assert 'id="waiting"' in viewer.room()
    travel.move_to(TOMORROW + timedelta(seconds=7))
    assert 'data-position="7"' in viewer.room()
    assert viewer.meta()["autowebinar_started_at"] == TOMORROW
    assert viewer.meta()["autowebinar_progress_percent"] == 25


def test_open_page_of_a_place_that_was_moved_is_led_away(
    app: Flask, make: Make, travel: Any
) -> None:
    viewer = guest(app, make)
    travel.move_to(EVENING)
    fields = viewer.form(f"/autowebinar/{viewer.slug}/", f"/autowebinar/{viewer.slug}/beat/")
    address = f"/autowebinar/{viewer.slug}/beat/"
    assert "HX-Redirect" not in viewer.send(address, fields).headers
    slot = slot_at(core.registrations.webinar_of(viewer.place), TOMORROW)
    core.registrations.move(
        viewer.place.registration_id,
        slot_id=slot.slot_id,
        starts_at=slot.starts_at,
        moved_by="telegram",
    )
    answer = viewer.send(address, fields)
    assert answer.headers["HX-Redirect"] == f"/autowebinar/{viewer.slug}/"
    assert viewer.meta()["autowebinar_started_at"] == EVENING


def test_viewers_of_one_slot_count_together(app: Flask, make: Make, travel: Any) -> None:
    one = guest(app, make)
    webinar = core.registrations.webinar_of(one.place)
    slot, other_slot = slot_at(webinar, EVENING), slot_at(webinar, EVENING - timedelta(seconds=40))
    travel.move_to(EVENING)
    counts = []
    for each in (slot, slot, other_slot):
        place = make.registration(webinar, slot_id=each.slot_id, starts_at=each.starts_at)
        page = Guest(app, place).room()
        counts.append(page.partition('id="viewers">')[2].partition("<")[0])
    assert counts == ["1", "2", "1"]


def test_calendar_file(app: Flask, make: Make) -> None:
    viewer = guest(app, make)
    answer = viewer.open(f"/r/{viewer.place.token}/calendar.ics")
    assert answer.mimetype == "text/calendar"
    assert answer.headers["Cache-Control"] == "no-store"
    (event,) = Calendar.from_ical(answer.text).walk("VEVENT")
    assert event.decoded("dtstart") == EVENING
    assert event.decoded("dtend") == EVENING + timedelta(seconds=DURATION)
    assert event.decoded("sequence") == 0
    assert f"/r/{viewer.place.token}/" in str(event["url"])
    assert "VTIMEZONE" not in answer.text
    assert "DTSTART:20261123T160000Z" in answer.text


def test_calendar_file_after_a_move_replaces_the_earlier(app: Flask, make: Make) -> None:
    viewer = guest(app, make)
    address = f"/r/{viewer.place.token}/calendar.ics"
    (before,) = Calendar.from_ical(viewer.open(address).text).walk("VEVENT")
    slot = slot_at(core.registrations.webinar_of(viewer.place), TOMORROW)
    viewer.submit(f"/autowebinar/{viewer.slug}/time/", slot=slot.slot_id)
    (after,) = Calendar.from_ical(viewer.open(address).text).walk("VEVENT")
    assert after["uid"] == before["uid"]
    assert (after.decoded("sequence"), after.decoded("dtstart")) == (1, TOMORROW)


def test_no_calendar_file_without_a_start(app: Flask, make: Make) -> None:
    place = make.registration(make.webinar())
    visitor = Visitor(app)
    assert visitor.open(f"/r/{place.token}/calendar.ics").status_code == 404
    assert visitor.open(f"/r/{'x' * 32}/calendar.ics").status_code == 404


def test_recording_that_has_expired_offers_a_session(app: Flask, make: Make, travel: Any) -> None:
    viewer = guest(app, make, recurring=[EVENINGS], recording_days=3)
    core.registrations.move(
        viewer.place.registration_id,
        slot_id=None,
        starts_at=None,
        mode="recording",
        expires_at=NOW + timedelta(days=3),
        moved_by="viewer",
    )
    answer = viewer.open(f"/autowebinar/{viewer.slug}/")
    assert answer.headers["Location"] == f"/autowebinar/{viewer.slug}/recording/"
    travel.move_to(NOW + timedelta(days=3))
    page = viewer.room()
    assert "Срок записи вышел" in page
    assert "Прийти на этот сеанс" in page
