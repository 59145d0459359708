"""Another time, chosen in Telegram: from the button under a reminder to the place that was moved."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask

from app import core, messages
from app.core import RegistrationRecord
from app.messages import MessageRecord, reasons
from tests.fixtures.application import Make
from tests.fixtures.schedules import EVENING, EVENINGS, NOW, TOMORROW, scheduled, slot_at
from workers.telegram import updates

CHAT, STRANGER = 700, 800
keys = iter(range(1000, 10**6))


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def place(make: Make) -> RegistrationRecord:
    webinar = scheduled(make.webinar(), recurring=[EVENINGS])
    slot = slot_at(webinar, TOMORROW)
    return linked(make.registration(webinar, slot_id=slot.slot_id, starts_at=slot.starts_at), CHAT)


def linked(registration: RegistrationRecord, chat: int) -> RegistrationRecord:
    core.contacts.link_telegram(
        registration.lead_id, chat, "@x", registration_id=registration.registration_id, proven=False
    )
    return registration


def press(data: str, chat: int = CHAT) -> None:
    updates.handle(
        {"callback_query": {"id": "1", "from": {"id": chat}, "data": data}}, f"1:{next(keys)}"
    )


def newest() -> MessageRecord:
    return messages.page()[0]


def now_at(registration: RegistrationRecord) -> Any:
    return core.registrations.get(registration.registration_id).starts_at


def button_of(message: MessageRecord, text: str) -> str:
    found = [button for row in message.buttons for button in row if text in button["text"]]
    assert len(found) == 1, message.buttons
    return found[0]["data"]


@pytest.mark.both_databases
def test_from_the_reminder_to_another_time(
    app: Flask, make: Make, place: RegistrationRecord, deliver: Callable[[], int]
) -> None:
    messages.reminders.plan(place, rule="reminders_slot")
    reminder = next(each for each in messages.page() if each.kind == "reminder_hour")
    press(button_of(reminder, "Перенести"))
    times = newest()
    assert (times.kind, times.lead_id) == ("move_times", place.lead_id)
    assert "24 ноября в 19:00 (Москва)" in times.text
    press(button_of(times, "Сегодня, 19:00"))
    assert now_at(place) == EVENING
    assert newest().kind == "move_done"
    assert "23 ноября в 19:00" in newest().text
    (move,) = core.registrations.moves(place.registration_id)
    assert (move.moved_by, move.moved_at) == ("telegram", NOW)
    open_rows = [each for each in messages.page(limit=50) if each.state == "planned"]
    starts = {each.not_after for each in open_rows if each.kind == "reminder_minutes"}
    assert starts == {EVENING}
    assert reminder.message_id in [
        each.message_id for each in messages.page(limit=50) if each.reason == reasons.MOVED
    ]


def test_every_button_fits_into_telegrams_64_bytes(app: Flask, place: RegistrationRecord) -> None:
    press(f"move:{place.registration_id}")
    data = [button["data"] for row in newest().buttons for button in row]
    assert len(data) >= 5
    assert max(len(each.encode()) for each in data) <= 64
    longest = f"slot:{2**31 - 1}:{slot_at(core.registrations.webinar_of(place), EVENING).slot_id}"
    assert len(longest.encode()) <= 64


def test_present_time_is_not_offered_again(app: Flask, place: RegistrationRecord) -> None:
    press(f"move:{place.registration_id}")
    assert not [row for row in newest().buttons if "Завтра, 19:00" in row[0]["text"]]


def test_old_button_brings_the_times_that_there_are(
    app: Flask, place: RegistrationRecord, at_noon: Any
) -> None:
    press(f"move:{place.registration_id}")
    old = button_of(newest(), "Сегодня, 19:00")
    at_noon.move_to(TOMORROW)
    press(old)
    assert newest().kind == "move_gone"
    assert newest().buttons
    assert now_at(place) == TOMORROW


@pytest.mark.parametrize("data", ["move:{}", "slot:{}:{slot}"])
def test_button_of_somebody_elses_place_does_nothing(
    app: Flask, make: Make, place: RegistrationRecord, data: str
) -> None:
    linked(make.registration(make.webinar()), STRANGER)
    slot = slot_at(core.registrations.webinar_of(place), EVENING).slot_id
    before = len(messages.page())
    press(data.format(place.registration_id, slot=slot), chat=STRANGER)
    press(data.format(place.registration_id, slot=slot), chat=12345)
    assert len(messages.page()) == before
    assert now_at(place) == TOMORROW


@pytest.mark.parametrize(
    "data", ["move:", "move:x", "move:-1", "move:999999", "slot:1", "", "nothing"]
)
def test_nonsense_does_nothing(app: Flask, place: RegistrationRecord, data: str) -> None:
    press(data)
    assert messages.page() == []
    assert now_at(place) == TOMORROW


def test_pressed_twice_moves_once(app: Flask, place: RegistrationRecord) -> None:
    press(f"move:{place.registration_id}")
    button = button_of(newest(), "Сегодня, 19:00")
    for _ in range(2):
        press(button)
    assert core.registrations.moves_count(place.registration_id) == 1
    assert newest().kind == "move_done"


def test_nowhere_to_move_is_said(app: Flask, make: Make, place: RegistrationRecord) -> None:
    webinar = core.registrations.webinar_of(place)
    scheduled(webinar, fixed=[{"at": "2026-11-01T19:00", "zone": "Europe/Moscow"}])
    press(f"move:{place.registration_id}")
    assert newest().kind == "move_nothing"


def test_now_can_be_chosen_where_it_is_offered(app: Flask, place: RegistrationRecord) -> None:
    scheduled(core.registrations.webinar_of(place), at_once=True, recurring=[EVENINGS])
    press(f"move:{place.registration_id}")
    press(button_of(newest(), "Сейчас"))
    assert now_at(place) is None
    assert newest().kind == "move_now"


def test_times_are_in_the_zone_of_the_place(app: Flask, make: Make) -> None:
    webinar = scheduled(make.webinar(), recurring=[EVENINGS])
    slot = slot_at(webinar, TOMORROW)
    fields = {"slot_id": slot.slot_id, "starts_at": slot.starts_at, "zone": "Asia/Omsk"}
    place = linked(make.registration(webinar, **fields), CHAT)
    press(f"move:{place.registration_id}")
    assert button_of(newest(), "Сегодня, 22:00")
