"""A broadcast that is moved or cancelled: reminders follow, and each place is told once."""

from collections.abc import Callable
from typing import Any

import pytest

from app import core, messages
from app.client_webinar_tracker import client_webinar_register
from app.core import RegistrationRecord, WebinarRecord
from app.messages import changes
from tests.fixtures.application import Make
from tests.live.conftest import AT, at
from workers.executors import live_changes_telegram

pytestmark = pytest.mark.both_databases
Deliver = Callable[[], int]
A_WEEK = 7 * 86_400


@pytest.fixture
def place(make: Make, webinar: WebinarRecord, moment: Any, deliver: Deliver) -> RegistrationRecord:
    """Taken a week before, with its reminders planned."""
    moment.move_to(at(-A_WEEK))
    made = make.registration(webinar)
    core.registrations.move(
        made.registration_id, slot_id=None, starts_at=webinar.scheduled_at, moved_by="test"
    )
    client_webinar_register(
        {
            "lead_id": made.lead_id,
            "webinar_id": webinar.webinar_id,
            "webinar_type": "live",
            "source": "signup",
        },
        session_id=made.session_id,
    )
    deliver()
    return core.registrations.get(made.registration_id)


def told(kind: str) -> list[messages.MessageRecord]:
    return [each for each in reversed(messages.page(limit=200)) if each.kind == kind]


def reminders(state: str) -> list[tuple[str, Any]]:
    found = [each for each in messages.page(limit=200) if each.kind.startswith("reminder_")]
    return sorted((each.kind, each.due_at) for each in found if each.state == state)


def test_moved_broadcast_moves_what_was_planned_and_tells_once(
    place: RegistrationRecord, webinar: WebinarRecord, deliver: Deliver
) -> None:
    before = reminders("waiting")
    assert len(before) == 3
    core.webinar_states.reschedule(webinar.webinar_id, at(86_400), actor_id=None)
    for _ in range(2):
        deliver()
        live_changes_telegram.tell()
    assert [kind for kind, _ in reminders("cancelled")] == [kind for kind, _ in before]
    moved = dict(reminders("waiting"))
    assert moved["reminder_minutes"] == at(86_400 - 600)
    (message,) = told("live_moved")
    assert message.registration_id == place.registration_id
    assert message.about_webinar
    assert f"/r/{place.token}/" in message.text


def test_cancelled_broadcast_cancels_what_was_planned_and_tells_once(
    place: RegistrationRecord, webinar: WebinarRecord, deliver: Deliver
) -> None:
    core.webinar_states.cancel(webinar.webinar_id, actor_id=None)
    for _ in range(2):
        deliver()
        live_changes_telegram.tell()
    assert reminders("waiting") == []
    reasons = {each.reason for each in messages.page(limit=200) if each.state == "cancelled"}
    assert reasons == {"webinar_cancelled"}
    (message,) = told("live_cancelled")
    assert message.registration_id == place.registration_id


@pytest.mark.parametrize("linked", [True, False])
def test_person_who_holds_two_places_is_told_once_by_the_newer_link(
    place: RegistrationRecord, webinar: WebinarRecord, make: Make, deliver: Deliver, linked: bool
) -> None:
    email = core.leads.get(place.lead_id).email
    again, typed = (
        make.registration(webinar, email),
        make.registration(webinar, email, proven=False),
    )
    if linked:
        core.contacts.link_telegram(place.lead_id, 7, "Анна", registration_id=None, proven=True)
    core.webinar_states.reschedule(webinar.webinar_id, at(86_400), actor_id=None)
    deliver()
    live_changes_telegram.tell()
    expected = {typed.registration_id} if linked else {again.registration_id, typed.registration_id}
    assert {each.registration_id for each in told("live_moved")} == expected


def test_of_two_changes_in_a_row_the_later_one_is_told(
    place: RegistrationRecord, webinar: WebinarRecord, deliver: Deliver
) -> None:
    for hours in (24, 48):
        core.webinar_states.reschedule(webinar.webinar_id, at(hours * 3600), actor_id=None)
    deliver()
    live_changes_telegram.tell()
    (message,) = told("live_moved")
    assert message.not_after == at(48 * 3600)


def test_many_places_are_told_in_pages_and_a_crash_goes_on_where_it_was(
    make: Make, webinar: WebinarRecord, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_changes_telegram, "PAGE", 2)
    places = [make.registration(webinar) for _ in range(5)]
    core.webinar_states.reschedule(webinar.webinar_id, at(3600), actor_id=None)
    deliver()
    assert live_changes_telegram.tell() == 2
    (change,) = changes.due(("moved",))
    assert change.cursor == places[1].registration_id
    stale = change
    assert [live_changes_telegram.tell() for _ in range(3)] == [2, 1, 0]
    with core.transaction():
        assert not changes.take(stale)
    assert [each.registration_id for each in told("live_moved")] == [
        each.registration_id for each in places
    ]


def test_other_changes_of_state_are_nobody_s_news(webinar: WebinarRecord, deliver: Deliver) -> None:
    context = {"actor_id": None, "timestamp": int(AT.timestamp()), "source": "rule"}
    for status in ("start", "stop"):
        payload = {"webinar_id": webinar.webinar_id, "status": status, "context": context}
        core.request(core.events.core_webinar_set_status, payload, raiser="rules")
    deliver()
    assert changes.due(("moved", "cancelled", "recorded")) == []


def test_place_taken_before_a_cancelling_and_heard_of_after_it_is_not_reminded(
    make: Make, webinar: WebinarRecord, moment: Any, deliver: Deliver
) -> None:
    moment.move_to(at(-A_WEEK))
    made = make.registration(webinar)
    core.registrations.move(
        made.registration_id, slot_id=None, starts_at=webinar.scheduled_at, moved_by="test"
    )
    core.webinar_states.cancel(webinar.webinar_id, actor_id=None)
    client_webinar_register(
        {
            "lead_id": made.lead_id,
            "webinar_id": webinar.webinar_id,
            "webinar_type": "live",
            "source": "signup",
        },
        session_id=made.session_id,
    )
    deliver()
    live_changes_telegram.tell()
    deliver()
    assert reminders("planned") == reminders("waiting") == []


def test_late_word_of_a_move_tells_that_it_was_cancelled_since(
    place: RegistrationRecord, webinar: WebinarRecord, deliver: Deliver
) -> None:
    core.webinar_states.cancel(webinar.webinar_id, actor_id=None)
    deliver()
    changes.note("a-late-fact", webinar.webinar_id, "moved")
    live_changes_telegram.tell()
    assert told("live_moved") == []
    assert len(told("live_cancelled")) == 1
    assert reminders("waiting") == []
