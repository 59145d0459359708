"""Reminders of a start: which are planned, for when, which are not and why, and what moves."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from app import client_webinar_tracker as tracker
from app import clock, core, messages, scenario_engine
from app.core import RegistrationRecord
from app.messages import MessageRecord, reasons, reminders
from app.messages.models import Message
from app.messages.quiet import QuietHours
from app.web import moving
from app.web.slots import Pick
from tests.fixtures.application import Make
from tests.fixtures.schedules import NOW, slot_at

pytestmark = pytest.mark.both_databases
Deliver = Callable[[], int]
MOSCOW = "Europe/Moscow"
CHAT = 700


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[Any]:
    """Monday, 15:00 in Moscow."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """An hour of Moscow in November 2026."""
    return datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo(MOSCOW)).astimezone(UTC)


def place(
    make: Make, starts_at: datetime, zone: str = MOSCOW, kind: str = "auto"
) -> RegistrationRecord:
    webinar = make.webinar(kind)
    slot_id = slot_at(webinar, starts_at).slot_id if kind == "auto" else None
    registration = make.registration(webinar, slot_id=slot_id, starts_at=starts_at, zone=zone)
    core.contacts.link_telegram(
        registration.lead_id,
        CHAT,
        "@guest",
        registration_id=registration.registration_id,
        proven=False,
    )
    context = {
        "lead_id": registration.lead_id,
        "webinar_id": webinar.webinar_id,
        "webinar_type": kind,
        "slot_id": slot_id,
    }
    tracker.client_webinar_register(context, session_id=registration.session_id)
    return registration


def found() -> dict[str, MessageRecord]:
    """The newest of each kind."""
    rows = [each for each in reversed(messages.page(limit=100)) if each.kind in reminders.KINDS]
    return {each.kind.removeprefix("reminder_"): each for each in rows}


def told() -> dict[str, tuple[str, str | None]]:
    return {kind: (each.state, each.reason) for kind, each in found().items()}


def due() -> dict[str, datetime]:
    return {kind: each.due_at for kind, each in found().items() if each.state == "planned"}


def test_a_day_an_hour_ten_minutes_before(make: Make, deliver: Deliver) -> None:
    place(make, at(26, 19))
    deliver()
    assert due() == {"day": at(25, 19), "hour": at(26, 18), "minutes": at(26, 18, 50)}
    for each in found().values():
        assert each.about_webinar
        assert each.rule == "reminders_slot"
        assert each.recipient == "lead"
    assert found()["minutes"].not_after == at(26, 19)


def test_registered_three_hours_before_has_no_reminder_of_the_day(
    make: Make, deliver: Deliver
) -> None:
    place(make, at(23, 18))
    deliver()
    assert told() == {
        "day": ("skipped", reasons.TAKEN_LATER),
        "hour": ("planned", None),
        "minutes": ("planned", None),
    }
    assert reasons.in_words(reasons.TAKEN_LATER) != reasons.TAKEN_LATER


def test_what_is_skipped_is_told_on_the_timeline(make: Make, deliver: Deliver) -> None:
    registration = place(make, at(23, 18))
    deliver()
    facts = [
        (each.name, each.payload["kind"], each.payload["reason"])
        for each in core.timeline.of_lead(registration.lead_id)
        if each.name.startswith("message_") and each.payload["kind"] == "reminder_day"
    ]
    assert facts == [("message_not_sent", "reminder_day", reasons.TAKEN_LATER)]


def test_no_start_no_reminders(make: Make, deliver: Deliver) -> None:
    registration = make.registration(make.webinar())
    context = {
        "lead_id": registration.lead_id,
        "webinar_id": registration.webinar_id,
        "webinar_type": "auto",
    }
    tracker.client_webinar_register(context, session_id=registration.session_id)
    deliver()
    assert found() == {}
    assert "reminders" not in [
        each.payload["scenario"]
        for each in core.timeline.everything()
        if each.name == "scenario_start"
    ]


def test_a_broadcast_is_reminded_of_too_and_has_nowhere_to_move(
    make: Make, deliver: Deliver
) -> None:
    place(make, at(26, 19), kind="live")
    deliver()
    assert set(due()) == {"day", "hour", "minutes"}
    assert found()["day"].rule == "reminders_live"
    assert [len(row) for row in found()["day"].buttons] == [1]


def test_quiet_hours_move_a_reminder_to_their_end(make: Make, deliver: Deliver) -> None:
    """The hour before 09:45 is 08:45; at nine it still helps."""
    place(make, at(26, 9, 45))
    deliver()
    assert due()["hour"] == at(26, 9)
    assert due()["minutes"] == at(26, 9, 35)


def test_quiet_hours_skip_what_would_come_too_late(make: Make, deliver: Deliver) -> None:
    """For 22:30 the ten minutes are 22:20; the morning after does not help."""
    place(make, at(26, 22, 30))
    deliver()
    assert told() == {
        "day": ("planned", None),
        "hour": ("planned", None),
        "minutes": ("skipped", reasons.QUIET_HOURS),
    }
    assert due()["day"] == at(26, 9)
    assert str(reasons.SENTENCES[reasons.QUIET_HOURS]) == "тихие часы"


def test_quiet_hours_are_those_of_the_viewer(make: Make, deliver: Deliver) -> None:
    """19:00 of Moscow is 22:00 in Omsk: the hour before is fine, ten minutes too; in Kamchatka
    it is four in the morning."""
    place(make, at(26, 19), "Asia/Kamchatka")
    deliver()
    assert told()["hour"] == told()["minutes"] == ("skipped", reasons.QUIET_HOURS)


@pytest.mark.parametrize("settings_overrides", [{"quiet_hours": "off"}])
def test_no_quiet_hours(make: Make, deliver: Deliver, settings_overrides: dict[str, Any]) -> None:
    place(make, at(26, 23, 30))
    deliver()
    assert due() == {"day": at(25, 23, 30), "hour": at(26, 22, 30), "minutes": at(26, 23, 20)}


def test_what_was_held_up_until_the_night_waits_for_the_morning(
    make: Make, deliver: Deliver, at_noon: Any
) -> None:
    place(make, at(25, 21, 50))
    deliver()
    at_noon.move_to(at(24, 23))
    claimed = [claim.message_id for claim in messages.claim_due(50)]
    assert found()["day"].message_id not in claimed
    assert (found()["day"].state, found()["day"].due_at) == ("planned", at(25, 9))
    at_noon.move_to(at(25, 9))
    claimed = [claim.message_id for claim in messages.claim_due(50)]
    assert found()["day"].message_id in claimed


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    return {"telegram_bot_token": "1:test", "telegram_chat_id": -1}


def test_broadcast_that_ended_before_its_hour_is_not_reminded_of(
    make: Make, deliver: Deliver, at_noon: Any
) -> None:
    registration = place(make, at(26, 19), kind="live")
    core.webinar_states.schedule(registration.webinar_id, at(26, 19), actor_id=None)
    deliver()
    for status in ("start", "stop"):
        context = {"actor_id": None, "timestamp": 1, "source": "rule"}
        payload = {"webinar_id": registration.webinar_id, "status": status, "context": context}
        core.request(core.events.core_webinar_set_status, payload, raiser="rules")
    at_noon.move_to(at(26, 18, 1))
    messages.claim_due(50)
    assert told()["hour"] == ("skipped", reasons.TOO_LATE)


def again(make: Make, first: RegistrationRecord, chat: int) -> RegistrationRecord:
    """The same person's second place on the same broadcast."""
    webinar = core.registrations.webinar_of(first)
    email = core.leads.get(first.lead_id).email
    other = make.registration(webinar, email, starts_at=first.starts_at, zone=MOSCOW)
    core.contacts.link_telegram(
        other.lead_id, chat, "@guest", registration_id=other.registration_id, proven=False
    )
    context = {
        "lead_id": other.lead_id,
        "webinar_id": webinar.webinar_id,
        "webinar_type": "live",
        "slot_id": None,
    }
    tracker.client_webinar_register(context, session_id=other.session_id)
    return other


def days_of(place: RegistrationRecord) -> tuple[str, str | None]:
    rows = [each for each in messages.page(limit=100) if each.kind == "reminder_day"]
    (row,) = [each for each in rows if each.registration_id == place.registration_id]
    return row.state, row.reason


@pytest.mark.parametrize("order", ["older first", "newer first"])
def test_two_places_of_a_person_in_one_chat_are_reminded_of_once_by_the_newer(
    make: Make, deliver: Deliver, at_noon: Any, order: str
) -> None:
    first = place(make, at(26, 19), kind="live")
    second = again(make, first, CHAT)
    deliver()
    at_noon.move_to(at(25, 19))
    if order == "newer first":
        its = Message.registration_id == first.registration_id, Message.kind == "reminder_day"
        with core.transaction() as session:
            late = at(25, 19) + timedelta(seconds=1)
            session.execute(update(Message).where(*its).values(due_at=late))
        messages.claim_due(50)
        at_noon.move_to(at(25, 19) + timedelta(seconds=2))
    messages.claim_due(50)
    assert days_of(first) == ("skipped", reasons.NEWER_PLACE)
    assert days_of(second) == ("sending", None)


@pytest.mark.parametrize("why", ["other chat", "newer is cancelled", "newer came too late for it"])
def test_older_place_is_reminded_of_where_no_other_message_tells_that_chat(
    make: Make, deliver: Deliver, at_noon: Any, why: str
) -> None:
    first = place(make, at(26, 19), kind="live")
    deliver()
    if why == "newer came too late for it":
        at_noon.move_to(at(25, 19, 1))
    second = again(make, first, CHAT + 1 if why == "other chat" else CHAT)
    deliver()
    if why == "newer is cancelled":
        reminders.cancel(second, reasons.REGISTRATION_CANCELLED)
    at_noon.move_to(at(25, 19, 2))
    messages.claim_due(50)
    assert days_of(first) == ("sending", None)


def test_after_the_window_nothing_is_sent(make: Make, deliver: Deliver, at_noon: Any) -> None:
    place(make, at(26, 19))
    deliver()
    at_noon.move_to(at(26, 19, 1))
    messages.claim_due(50)
    assert {state for state, _ in told().values()} == {"skipped"}
    assert {reason for _, reason in told().values()} == {reasons.TOO_LATE}


def test_delivered_again_plans_nothing_again(make: Make, deliver: Deliver) -> None:
    registration = place(make, at(26, 19))
    deliver()
    before = len(messages.page(limit=100))
    reminders.plan(registration, rule="reminders_slot")
    assert len(messages.page(limit=100)) == before


def test_text_is_in_the_leads_language_and_the_registrations_zone(
    make: Make, deliver: Deliver
) -> None:
    place(make, at(26, 12), "Asia/Omsk")
    deliver()
    text = found()["day"].text
    assert "26 ноября в 15:00 (Омск)" in text
    english = reminders.start_in_words(core.registrations.of_lead(found()["day"].lead_id)[0], "en")
    assert english == "26 November at 15:00 (Omsk)"


def moved(registration: RegistrationRecord, starts_at: datetime | None) -> RegistrationRecord:
    pick = Pick()
    if starts_at is not None:
        slot_id = f"sl_{clock.unix(starts_at):x}_000000000000"
        pick = Pick(slot_id, starts_at)
    return moving.move(registration, pick, moved_by=moving.BY_VIEWER)


def test_what_was_planned_moves_too(make: Make, deliver: Deliver) -> None:
    registration = place(make, at(26, 19))
    deliver()
    moved(registration, at(27, 12))
    assert due() == {"day": at(26, 12), "hour": at(27, 11), "minutes": at(27, 11, 50)}
    old = [each for each in messages.page(limit=100) if each.reason == reasons.MOVED]
    assert {each.state for each in old} == {"cancelled"}
    assert {each.kind for each in old} == set(reminders.KINDS)


def test_moved_away_and_back_is_planned_again(make: Make, deliver: Deliver) -> None:
    registration = place(make, at(26, 19))
    deliver()
    moved(moved(registration, at(27, 12)), at(26, 19))
    open_rows = [each for each in messages.page(limit=100) if each.state == "planned"]
    mine = {each.due_at for each in open_rows if each.kind in reminders.KINDS}
    assert mine == {at(25, 19), at(26, 18), at(26, 18, 50)}


def test_moved_before_the_worker_came_is_reminded_of_the_new_start_once(
    make: Make, deliver: Deliver
) -> None:
    registration = place(make, at(26, 19))
    moved(registration, at(27, 12))
    deliver()
    rows = [each for each in messages.page(limit=100) if each.kind in reminders.KINDS]
    assert {each.due_at for each in rows} == {at(26, 12), at(27, 11), at(27, 11, 50)}


def test_moved_to_at_once_is_reminded_of_nothing(make: Make, deliver: Deliver) -> None:
    registration = place(make, at(26, 19))
    deliver()
    moved(registration, None)
    assert due() == {}


def test_moved_nearer_has_no_reminder_of_the_day(make: Make, deliver: Deliver) -> None:
    registration = place(make, at(26, 19))
    deliver()
    moved(registration, at(23, 19))
    assert told()["day"] == ("skipped", reasons.TAKEN_LATER)
    assert due() == {"hour": at(23, 18), "minutes": at(23, 18, 50)}


def test_rule_that_is_off_plans_nothing_for_who_moves_in(make: Make) -> None:
    admin = make.user("admin")
    for rule in scenario_engine.all_rules():
        scenario_engine.switch(rule.rule_id, enabled=False, actor=admin)
    moved(make.registration(make.webinar()), at(26, 19))
    assert found() == {}


def test_move_that_fails_changes_nothing_planned(make: Make, deliver: Deliver) -> None:
    registration = place(make, at(26, 19))
    deliver()
    before = messages.page(limit=100)
    with pytest.raises(RuntimeError), core.transaction():
        moved(registration, at(27, 12))
        raise RuntimeError
    assert messages.page(limit=100) == before
    assert core.registrations.get(registration.registration_id).starts_at == at(26, 19)


def test_cancel_leaves_nothing_open(make: Make, deliver: Deliver) -> None:
    registration = place(make, at(26, 19))
    deliver()
    reminders.cancel(registration, reasons.REGISTRATION_CANCELLED)
    assert set(told().values()) == {("cancelled", reasons.REGISTRATION_CANCELLED)}


@pytest.mark.parametrize(
    ("moment", "over"),
    [
        (at(25, 21, 59), at(25, 21, 59)),
        (at(25, 22), at(26, 9)),
        (at(26, 0), at(26, 9)),
        (at(26, 8, 59), at(26, 9)),
        (at(26, 9), at(26, 9)),
    ],
)
def test_quiet_hours_over_midnight(app: Flask, moment: datetime, over: datetime) -> None:
    assert QuietHours(time(22), time(9)).over_at(moment, ZoneInfo(MOSCOW)) == over


def test_quiet_hours_end_by_the_clock_when_clocks_change(app: Flask) -> None:
    """The night of 25 October in Berlin is an hour longer."""
    quiet = QuietHours(time(22), time(9))
    evening = datetime(2026, 10, 24, 22, tzinfo=ZoneInfo("Europe/Berlin"))
    assert quiet.over_at(evening.astimezone(UTC), ZoneInfo("Europe/Berlin")) - evening.astimezone(
        UTC
    ) == timedelta(hours=12)
