"""An event about a lead is held against the rules; a match starts a scenario, once."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app import client_webinar_tracker as tracker
from app import core, messages, scenario_engine
from app.core import Envelope, RegistrationRecord, events
from app.core.errors import Forbidden, NotFound
from app.extensions import db
from app.scenario_engine.engine import hear
from app.scenario_engine.models import ScenarioRule
from tests.fixtures.application import Make
from tests.fixtures.parallel import at_once

pytestmark = pytest.mark.both_databases

Deliver = Callable[[], int]


def starts() -> list[dict[str, Any]]:
    return [each.payload for each in core.timeline.everything() if each.name == "scenario_start"]


def runs() -> int:
    count: int = db.session.execute(text("SELECT count(*) FROM scenario_run")).scalar_one()
    return count


def rule(**fields: Any) -> int:
    """A rule as a later migration, or an operator, would add it."""
    given = {
        "name": f"test_{fields.get('event', 'rule')}",
        "title": "Правило",
        "event": "core_lead_created",
        "conditions": [],
        "scenario": "offer",
        "once_per": "event",
    }
    with core.transaction() as session:
        row = ScenarioRule(**(given | fields))
        session.add(row)
        session.flush()
        return row.id


def register(registration: RegistrationRecord) -> None:
    tracker.client_webinar_register(
        {
            "lead_id": registration.lead_id,
            "webinar_id": registration.webinar_id,
            "webinar_type": "auto",
            "source": "signup",
        },
        session_id=registration.session_id,
    )


def newest(name: str) -> Envelope:
    return next(each for each in reversed(list(core.timeline.everything())) if each.name == name)


def test_web_form_starts_welcome(make: Make, deliver: Deliver) -> None:
    lead = make.lead(source="web_form", webinar_id="wb_1")
    created = newest("core_lead_created")
    deliver()
    (start,) = starts()
    assert start["scenario"] == "welcome"
    run_id = start["context"].pop("run_id")
    assert isinstance(run_id, int)
    assert start["context"] == {
        "lead_id": lead.lead_id,
        "payload": created.payload["payload"],
        "webinar_id": "wb_1",
        "session_id": None,
        "rule": "welcome_web_form",
        "event_id": created.event_id,
    }


@pytest.mark.parametrize("source", ["signup", "api", "import", "WEB_FORM", ""])
def test_other_sources_start_nothing(make: Make, deliver: Deliver, source: str) -> None:
    make.lead(source=source)
    deliver()
    assert starts() == []


def test_second_submission_starts_nothing(make: Make, deliver: Deliver) -> None:
    make.ingest("anna@example.org")
    make.ingest("anna@example.org", phone="89991234567")
    deliver()
    assert len(starts()) == 1


def test_registration_starts_welcome_with_its_session(make: Make, deliver: Deliver) -> None:
    registration = make.registration(make.webinar())
    register(registration)
    deliver()
    (start,) = starts()
    context = start["context"]
    assert (context["rule"], context["webinar_id"], context["session_id"]) == (
        "welcome_registered",
        registration.webinar_id,
        registration.session_id,
    )
    assert context["payload"]["registered_at"] > 0


def test_registration_of_a_known_lead_without_a_welcome_starts_it(
    make: Make, deliver: Deliver
) -> None:
    lead = make.lead("anna@example.org", source="import")
    deliver()
    assert starts() == []
    registration = make.registration(make.webinar(), "anna@example.org")
    register(registration)
    deliver()
    assert [start["context"]["lead_id"] for start in starts()] == [lead.lead_id]


def test_lead_is_welcomed_once_by_whatever_rule(make: Make, deliver: Deliver) -> None:
    make.ingest("anna@example.org", source="web_form")
    for _ in range(2):
        register(make.registration(make.webinar(), "anna@example.org"))
    deliver()
    assert [start["context"]["rule"] for start in starts()] == ["welcome_web_form"]
    assert runs() == 1


def test_event_delivered_again_starts_nothing(make: Make, deliver: Deliver) -> None:
    rule(once_per="event")
    make.lead(source="web_form")
    envelope = newest("core_lead_created")
    for _ in range(3):
        with core.transaction():
            hear(envelope)
    deliver()
    assert sorted(start["scenario"] for start in starts()) == ["offer", "welcome"]
    assert runs() == 2


def test_event_delivered_by_several_at_once_starts_once(app: Flask, make: Make) -> None:
    rule(once_per="event")
    make.lead(source="web_form")
    envelope = newest("core_lead_created")

    def work() -> None:
        with core.transaction():
            hear(envelope)

    at_once(app, [work] * 4)
    assert sorted(start["scenario"] for start in starts()) == ["offer", "welcome"]


def test_run_and_its_start_are_one_transaction(make: Make) -> None:
    make.lead(source="web_form")
    envelope = newest("core_lead_created")
    with pytest.raises(ZeroDivisionError), core.transaction():
        hear(envelope)
        raise ZeroDivisionError
    assert (runs(), starts()) == (0, [])


def test_rule_per_event_starts_for_every_event(make: Make, deliver: Deliver) -> None:
    rule(event="client_webinar_entered", once_per="event")
    lead = make.lead(source="import")
    for session_id in ("s1", "s2"):
        context = {"lead_id": lead.lead_id, "webinar_id": "wb_1", "session_id": session_id}
        tracker.client_webinar_enter(context)
    deliver()
    assert [start["scenario"] for start in starts()] == ["offer", "offer"]


def test_rule_that_is_switched_off_starts_nothing_until_it_is_on(
    make: Make, deliver: Deliver
) -> None:
    admin = make.user("admin")
    first = scenario_engine.all_rules()[0]
    off = scenario_engine.switch(first.rule_id, enabled=False, actor=admin)
    assert not off.enabled
    make.lead(source="web_form")
    deliver()
    assert starts() == []
    scenario_engine.switch(first.rule_id, enabled=True, actor=admin)
    make.lead(source="web_form")
    deliver()
    assert len(starts()) == 1


def test_switch_does_not_drop_what_was_started(make: Make, deliver: Deliver) -> None:
    make.lead(source="web_form")
    deliver()
    planned = len(messages.page())
    first = scenario_engine.all_rules()[0]
    scenario_engine.switch(first.rule_id, enabled=False, actor=make.user("admin"))
    deliver()
    assert len(messages.page()) == planned == 4


@pytest.mark.parametrize("role", ["speaker", "leader", "partner", "candidate"])
def test_switch_needs_its_capability(make: Make, role: str) -> None:
    first = scenario_engine.all_rules()[0]
    with pytest.raises(Forbidden):
        scenario_engine.switch(first.rule_id, enabled=False, actor=make.user(role))
    assert scenario_engine.all_rules()[0] == first


def test_unknown_rule_is_refused_by_name(make: Make) -> None:
    with pytest.raises(NotFound):
        scenario_engine.switch(404, enabled=False, actor=make.user("admin"))


@pytest.mark.parametrize(
    ("conditions", "starts_it"),
    [
        ([], True),
        ([{"field": "payload.source", "is": "import"}], True),
        ([{"field": "payload.source", "is": ["api", "import"]}], True),
        ([{"field": "payload.source", "is": ["api"]}], False),
        ([{"field": "payload.utm_source", "is": "mail"}], True),
        ([{"field": "payload.utm_source", "is": None}], False),
        ([{"field": "payload.utm_medium", "is": None}], True),
        ([{"field": "payload.nothing.deeper", "is": "x"}], False),
        ([{"field": "lead_id.deeper", "is": "x"}], False),
        (
            [
                {"field": "payload.source", "is": "import"},
                {"field": "payload.utm_source", "is": "post"},
            ],
            False,
        ),
    ],
)
def test_rule_starts_where_every_condition_holds(
    make: Make, deliver: Deliver, conditions: list[dict[str, Any]], starts_it: bool
) -> None:
    rule(conditions=conditions)
    make.lead(source="import", utm_source="mail")
    deliver()
    assert bool(starts()) is starts_it


def test_scenario_nobody_executes_plans_nothing(make: Make, deliver: Deliver) -> None:
    rule()
    make.lead(source="import")
    deliver()
    assert [start["scenario"] for start in starts()] == ["offer"]
    assert messages.page() == []


def test_event_of_nobody_starts_nothing(app: Flask, deliver: Deliver) -> None:
    rule(event="client_webinar_entered")
    tracker.client_webinar_enter({"webinar_id": "wb_1"})
    deliver()
    assert (starts(), core.backlog().waiting) == ([], 0)


def test_rule_hears_an_erasure(make: Make, deliver: Deliver) -> None:
    rule(event="core_lead_deleted")
    lead = make.lead(source="import")
    core.leads.erase(lead.lead_id)
    deliver()
    assert [start["context"]["lead_id"] for start in starts()] == [lead.lead_id]


def test_engine_raises_nothing_but_scenario_start() -> None:
    raised = [
        name for name, event in events.CATALOGUE.items() if "scenario_engine" in event.raisers
    ]
    assert raised == ["scenario_start"]
