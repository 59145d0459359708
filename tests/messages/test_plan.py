"""From a plan to a row: once a key, waiting for a chat where there is none, due when it is due."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from app import core, messages
from app.core import RegistrationRecord
from app.messages import LEAD, TEAM, Plan
from tests.fixtures.application import Make
from tests.fixtures.parallel import at_once
from tests.messages.conftest import CHAT, TEAM_CHAT, Ledger, link, told

pytestmark = pytest.mark.both_databases

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
Deliver = Callable[[], int]


def test_plan_is_a_row_and_a_fact(ledger: Ledger, registration: RegistrationRecord) -> None:
    with time_machine.travel(NOON, tick=False):
        message = ledger.plan(lead_id=registration.lead_id, rule="welcome_web_form")
    assert (message.kind, message.recipient, message.policy) == ("welcome", TEAM, "at_least_once")
    assert (message.state, message.reason, message.due_at) == ("planned", None, NOON)
    assert (message.lead_id, message.rule) == (registration.lead_id, "welcome_web_form")
    newest = core.timeline.of_lead(registration.lead_id)[0]
    assert newest.name == "message_planned"
    assert newest.payload == {
        "message_id": message.message_id,
        "lead_id": registration.lead_id,
        "kind": "welcome",
        "recipient": "team",
        "reason": None,
        "timestamp": int(NOON.timestamp()),
    }


def test_same_key_is_planned_once(app: Flask) -> None:
    plan = Plan(kind="welcome", recipient=TEAM, dedupe="run:1:welcome:team", values={"lead_id": 1})
    assert messages.plan(plan) is not None
    assert messages.plan(plan) is None
    assert len(messages.page()) == 1
    assert len(told("message_planned")) == 1


def test_same_key_at_once_is_planned_once(app: Flask) -> None:
    plan = Plan(kind="welcome", recipient=TEAM, dedupe="run:1:welcome:team", values={"lead_id": 1})
    answers = at_once(app, [lambda: messages.plan(plan)] * 4)
    assert sum(answer is not None for answer in answers) == 1


def test_plan_in_a_transaction_that_fails_is_no_plan(ledger: Ledger) -> None:
    with pytest.raises(ZeroDivisionError), core.transaction():
        ledger.plan()
        raise ZeroDivisionError
    assert messages.page() == []


def test_text_is_rendered_when_it_is_planned(
    make: Make, ledger: Ledger, registration: RegistrationRecord
) -> None:
    message = ledger.plan()
    body = "<b>Другое</b> {name}"
    messages.texts.save("welcome", TEAM, "ru", body, actor=make.user("admin"))
    assert messages.get(message.message_id).text == message.text
    assert ledger.plan().text == "<b>Другое</b> Анна"


def test_message_to_a_lead_without_a_chat_waits(
    ledger: Ledger, registration: RegistrationRecord
) -> None:
    message = ledger.to_lead(registration)
    assert (message.state, message.reason) == ("waiting", "no_chat")
    assert told("message_planned") == [(message.message_id, "no_chat")]
    assert messages.claim_due(10) == []
    assert ledger.state(message) == ("waiting", "no_chat")


def test_waiting_message_is_released_by_the_chat_it_is_meant_for(
    ledger: Ledger, registration: RegistrationRecord, deliver: Deliver
) -> None:
    message = ledger.to_lead(registration)
    link(registration)
    deliver()
    assert ledger.state(message) == ("planned", None)
    assert [(claim.message_id, claim.chat) for claim in messages.claim_due(10)] == [
        (message.message_id, CHAT)
    ]


def test_waiting_message_is_not_released_by_the_chat_of_another_registration(
    make: Make, ledger: Ledger, registration: RegistrationRecord, deliver: Deliver
) -> None:
    """Somebody typed Anna's address and linked a chat of his: her messages are not for it."""
    stranger = make.registration(make.webinar(), "anna@example.org", proven=False)
    hers, his = ledger.to_lead(registration), ledger.to_lead(stranger)
    of_none = ledger.plan(LEAD, lead_id=registration.lead_id)
    link(stranger)
    deliver()
    assert ledger.state(hers) == ledger.state(of_none) == ("waiting", "no_chat")
    assert ledger.state(his) == ("planned", None)
    assert [claim.message_id for claim in messages.claim_due(10)] == [his.message_id]


def test_proven_chat_releases_all_that_waits(
    make: Make, ledger: Ledger, registration: RegistrationRecord, deliver: Deliver
) -> None:
    other = make.registration(make.webinar(), "anna@example.org", proven=False)
    waiting = [
        ledger.to_lead(registration),
        ledger.to_lead(other),
        ledger.plan(LEAD, lead_id=registration.lead_id),
    ]
    link(registration, proven=True)
    deliver()
    assert [claim.message_id for claim in messages.claim_due(10)] == [
        message.message_id for message in waiting
    ]


def test_released_message_is_not_sent_before_its_time(
    ledger: Ledger, registration: RegistrationRecord, deliver: Deliver
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        message = ledger.to_lead(registration, due_at=NOON + timedelta(minutes=10))
        link(registration)
        deliver()
        assert messages.claim_due(10) == []
        clock.shift(timedelta(minutes=10))
        assert [claim.message_id for claim in messages.claim_due(10)] == [message.message_id]


def test_message_to_a_chat_itself_waits_for_nothing(ledger: Ledger) -> None:
    message = ledger.plan(LEAD, kind="start_unknown", chat=77)
    assert message.state == "planned"
    assert [claim.chat for claim in messages.claim_due(10)] == [77]


def test_message_to_the_team_goes_to_its_chat(ledger: Ledger) -> None:
    ledger.plan()
    assert [claim.chat for claim in messages.claim_due(10)] == [TEAM_CHAT]


def test_kind_without_a_text_is_refused_by_name(app: Flask) -> None:
    with pytest.raises(messages.texts.TextRefused) as refusal:
        messages.plan(Plan(kind="nonsense", recipient=TEAM, dedupe="x"))
    assert refusal.value.name == "message_text_invalid"
    assert messages.page() == []


def test_words_of_an_erased_lead_are_erased_and_nothing_of_it_is_sent(
    ledger: Ledger, registration: RegistrationRecord, deliver: Deliver
) -> None:
    waiting = ledger.to_lead(registration)
    about = ledger.plan(lead_id=registration.lead_id, due_at=datetime.now(UTC) + timedelta(days=1))
    sent = ledger.plan(lead_id=registration.lead_id)
    (claim,) = messages.claim_due(10)
    messages.settle(claim, messages.Answer("sent", external_id="5"))
    others = ledger.plan()
    core.leads.erase(registration.lead_id)
    deliver()
    assert ledger.state(waiting) == ledger.state(about) == ("cancelled", "lead_erased")
    assert ledger.state(sent) == ("sent", None)
    for message in (waiting, about, sent):
        kept = messages.get(message.message_id)
        assert (kept.text, kept.buttons, kept.chat) == ("", [], None)
    assert messages.get(others.message_id).text == others.text
    with time_machine.travel(datetime.now(UTC) + timedelta(days=2)):
        assert [claim.message_id for claim in messages.claim_due(10)] == [others.message_id]


def test_team_is_not_told_of_a_lead_erased_a_moment_ago(
    ledger: Ledger, registration: RegistrationRecord
) -> None:
    """The relay has not been there yet: the sender asks once more whether it is still wanted."""
    message = ledger.plan(lead_id=registration.lead_id)
    core.leads.erase(registration.lead_id)
    assert messages.claim_due(10) == []
    assert ledger.state(message) == ("cancelled", "lead_erased")
