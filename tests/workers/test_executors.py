"""The two executors of `welcome`: what each plans, for whom, and for when."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from app import client_webinar_tracker as tracker
from app import core, messages
from app.core import Envelope, RegistrationRecord
from app.messages import MessageRecord
from tests.fixtures.application import Make
from workers.executors import scenario_followup_telegram, scenario_welcome_telegram

pytestmark = pytest.mark.both_databases

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
EXECUTORS = (scenario_welcome_telegram, scenario_followup_telegram)
Deliver = Callable[[], int]


def planned() -> dict[tuple[str, str], MessageRecord]:
    found = messages.page()
    by_kind = {(message.kind, message.recipient): message for message in found}
    assert len(by_kind) == len(found)
    return by_kind


def register(registration: RegistrationRecord) -> None:
    context = {"lead_id": registration.lead_id, "webinar_id": registration.webinar_id}
    tracker.client_webinar_register(context, session_id=registration.session_id)


def newest_start() -> Envelope:
    return [each for each in core.timeline.everything() if each.name == "scenario_start"][-1]


def test_welcome_is_four_messages_of_their_own(make: Make, deliver: Deliver) -> None:
    lead = make.lead()
    deliver()
    assert set(planned()) == {
        ("welcome", "team"),
        ("welcome", "lead"),
        ("followup", "team"),
        ("followup", "lead"),
    }
    for message in planned().values():
        assert (message.lead_id, message.rule) == (lead.lead_id, "welcome_web_form")
        assert message.policy == messages.AT_LEAST_ONCE


def test_welcome_is_due_at_once_and_the_followup_after_its_delay(
    make: Make, deliver: Deliver
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        make.lead()
        clock.shift(3)
        deliver()
    due = {key: message.due_at for key, message in planned().items()}
    started = newest_start().occurred_at
    assert started == NOON + timedelta(seconds=3)
    assert due[("welcome", "team")] == due[("welcome", "lead")] == started
    later = started + timedelta(seconds=600)
    assert due[("followup", "team")] == due[("followup", "lead")] == later


class TestWithAnotherDelay:
    @pytest.fixture
    def settings_overrides(self) -> dict[str, Any]:
        return {"followup_delay_seconds": 90}

    def test_delay_is_the_settings(self, make: Make, deliver: Deliver) -> None:
        make.lead()
        deliver()
        wait = planned()[("followup", "team")].due_at - planned()[("welcome", "team")].due_at
        assert wait == timedelta(seconds=90)

    def test_delay_counts_from_the_start_however_late_the_relay_is(
        self, make: Make, deliver: Deliver
    ) -> None:
        make.lead()
        core.deliver_due()
        with time_machine.travel(datetime.now(UTC) + timedelta(hours=1)):
            deliver()
        due = planned()[("followup", "team")].due_at
        assert due == newest_start().occurred_at + timedelta(seconds=90)


def test_team_reads_who_it_is(make: Make, deliver: Deliver) -> None:
    partner = make.user("partner", name="Пётр")
    lead = make.lead("anna@example.org", name="Анна <i>", ref=partner.ref_code)
    deliver()
    facts = f"лид № {lead.lead_id}\nАнна &lt;i&gt;\nanna@example.org\nПригласил: Пётр"
    welcome, followup = (planned()[(kind, "team")].text for kind in ("welcome", "followup"))
    assert welcome == f"<b>Новый лид</b> № {lead.lead_id}\n" + facts.partition("\n")[2]
    assert followup == f"<b>Напоминание</b>: {facts}"


def test_lead_of_a_registration_gets_its_room_link(make: Make, deliver: Deliver) -> None:
    webinar = make.webinar(title="Как начать")
    registration = make.registration(webinar, "anna@example.org")
    register(registration)
    deliver()
    message = planned()[("welcome", "lead")]
    assert "«Как начать»" in message.text
    assert f"/r/{registration.token}/" in message.text
    join, stop = message.buttons
    assert join[0]["url"].endswith(f"/r/{registration.token}/")
    assert stop[0]["data"] == "stop"
    assert message.registration_id == registration.registration_id
    assert message.webinar_id == webinar.webinar_id
    assert message.about_webinar


def test_lead_of_a_form_has_a_way_out_and_no_room(make: Make, deliver: Deliver) -> None:
    make.lead()
    deliver()
    message = planned()[("welcome", "lead")]
    assert [[button["data"] for button in row] for row in message.buttons] == [["stop"]]
    assert (message.registration_id, message.about_webinar) == (None, False)
    assert "/r/" not in message.text


def test_room_link_of_one_registration_is_in_no_message_to_the_team(
    make: Make, deliver: Deliver
) -> None:
    registration = make.registration(make.webinar())
    register(registration)
    deliver()
    for kind in ("welcome", "followup"):
        message = planned()[(kind, "team")]
        assert registration.token not in message.text
        assert message.buttons == []


def test_message_of_a_registration_shows_the_name_typed_for_it(
    make: Make, deliver: Deliver
) -> None:
    """Whoever types Anna's address learns nothing about her; the team sees the lead."""
    make.ingest("anna@example.org", name="Анна Настоящая", source="import")
    webinar = make.webinar()
    first = make.registration(webinar, "anna@example.org")
    typed, _ = core.registrations.register(
        first.lead_id, first.user_id, webinar.webinar_id, proven=False, name="Злодей"
    )
    register(typed)
    deliver()
    to_lead, to_team = planned()[("welcome", "lead")], planned()[("welcome", "team")]
    assert to_lead.text.startswith("Здравствуйте, Злодей.")
    assert "Настоящая" not in to_lead.text
    assert "Анна Настоящая" in to_team.text


def test_lead_is_written_to_in_its_language(make: Make, deliver: Deliver) -> None:
    core.request(
        core.events.core_ingest_event,
        {"source": "web_form", "name": "Ann", "email": "ann@example.org", "consent": "v1"},
        raiser="integration_web_form",
        locale="en",
    )
    deliver()
    assert planned()[("welcome", "lead")].text.startswith("Hello, Ann.")
    assert planned()[("welcome", "lead")].buttons == [[{"text": "Stop messages", "data": "stop"}]]
    assert planned()[("welcome", "team")].text.startswith("<b>Новый лид</b>")


def test_start_delivered_again_plans_nothing_again(make: Make, deliver: Deliver) -> None:
    make.lead()
    deliver()
    before = messages.page()
    for executor in EXECUTORS:
        with core.transaction():
            executor.hear(newest_start())
    assert messages.page() == before


def test_other_scenario_is_left_to_others(app: Flask, make: Make, deliver: Deliver) -> None:
    make.lead(source="import")
    context = {
        "lead_id": 1,
        "payload": {},
        "webinar_id": None,
        "session_id": None,
        "run_id": 1,
        "rule": "r",
        "event_id": "e",
    }
    core.emitter("scenario_engine")(
        core.events.scenario_start, {"scenario": "offer", "context": context}
    )
    deliver()
    assert messages.page() == []


def test_timeline_tells_the_whole_way(make: Make, deliver: Deliver) -> None:
    lead = make.lead()
    deliver()
    names = [each.name for each in reversed(core.timeline.of_lead(lead.lead_id))]
    assert names == [
        "core_ingest_event",
        "core_lead_created",
        "scenario_start",
        *["message_planned"] * 4,
    ]
