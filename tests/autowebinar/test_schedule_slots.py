"""Slots: their names, who may book them, and who may still come in."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from app import autowebinar
from app.autowebinar import schedule, schedule_slots
from app.autowebinar.schedule_rules import AT_ONCE, checked
from tests.fixtures.application import Make

MOSCOW, OMSK = ZoneInfo("Europe/Moscow"), ZoneInfo("Asia/Omsk")
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
EVENING = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
RULES = checked(
    {
        "just_in_time": {"minutes": 15},
        "recurring": [
            {"weekdays": [0, 1, 2, 3, 4, 5, 6], "times": ["19:00"], "zone": "Europe/Moscow"}
        ],
    }
)


def bookable(slot_id: str, now: datetime = NOW, rules: autowebinar.Rules = RULES) -> bool:
    return schedule_slots.bookable("wb_1", rules, MOSCOW, now, slot_id) is not None


def test_viewers_of_one_start_share_a_slot() -> None:
    in_moscow = schedule_slots.offered("wb_1", RULES, MOSCOW, NOW, 5)
    in_omsk = schedule_slots.offered("wb_1", RULES, OMSK, NOW, 5)
    assert in_moscow == in_omsk
    assert len({slot.slot_id for slot in in_moscow}) == 5


def test_slot_of_another_webinar_is_another() -> None:
    one, other = (schedule_slots.slot_of(name, EVENING) for name in ("wb_1", "wb_2"))
    assert one.slot_id != other.slot_id
    assert schedule_slots.read("wb_2", one.slot_id) is None


def test_slot_is_short_and_says_nothing_of_the_webinar() -> None:
    slot_id = schedule_slots.slot_of("wb_secret", EVENING).slot_id
    assert len(slot_id) <= 64
    assert "secret" not in slot_id


def test_what_is_offered_can_be_booked() -> None:
    for slot in schedule_slots.offered("wb_1", RULES, MOSCOW, NOW, 10):
        assert schedule_slots.bookable("wb_1", RULES, MOSCOW, NOW, slot.slot_id) == slot


@pytest.mark.parametrize(
    "slot_id",
    [
        "",
        "now",
        "sl_1",
        "sl_ffffffffff_000000000000",
        "sl_69231a00_0123456789ab",
        "' OR 1=1",
        schedule_slots.slot_of("wb_1", EVENING + timedelta(minutes=1)).slot_id,
        schedule_slots.slot_of("wb_1", NOW - timedelta(days=1)).slot_id,
        schedule_slots.slot_of("wb_1", NOW + timedelta(hours=1)).slot_id,
    ],
)
def test_what_the_rules_do_not_make_cannot(slot_id: str) -> None:
    assert not bookable(slot_id)


def test_who_filled_the_form_in_meanwhile_has_not_missed_it() -> None:
    slot_id = schedule_slots.slot_of("wb_1", EVENING).slot_id
    assert bookable(slot_id, EVENING + timedelta(minutes=10))
    assert not bookable(slot_id, EVENING + timedelta(minutes=11))


def test_late_rule_holds_at_sign_up_too() -> None:
    strict = checked(RULES.model_dump(mode="json") | {"late_minutes": 2})
    slot_id = schedule_slots.slot_of("wb_1", EVENING).slot_id
    assert bookable(slot_id, EVENING + timedelta(minutes=2), strict)
    assert not bookable(slot_id, EVENING + timedelta(minutes=3), strict)


@pytest.mark.parametrize(
    ("late_minutes", "minutes", "allowed"),
    [(None, 89, True), (None, 90, False), (5, 5, True), (5, 6, False), (0, 0, True), (0, 1, False)],
)
def test_late_entry(late_minutes: int | None, minutes: int, allowed: bool) -> None:
    rules = checked(RULES.model_dump(mode="json") | {"late_minutes": late_minutes})
    now = EVENING + timedelta(minutes=minutes)
    assert schedule_slots.may_still_enter(rules, EVENING, 90 * 60, now) is allowed


@pytest.mark.both_databases
def test_schedule_is_kept_as_it_was_given(app: Flask, make: Make) -> None:
    one, other = make.webinar(), make.webinar()
    user = make.user("speaker")
    for rules in (AT_ONCE, RULES):
        schedule.save(one.webinar_id, rules, actor_id=user.user_id)
    assert schedule.load_many([one.webinar_id, other.webinar_id]) == {
        one.webinar_id: RULES,
        other.webinar_id: AT_ONCE,
    }
