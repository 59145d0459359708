"""What waits for a chat goes when there is one, all of it, and says so when it is too late."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from app import core, messages
from app.core import RegistrationRecord, events
from app.messages import listening
from tests.fixtures.application import Make
from tests.messages.conftest import Ledger, link, told

pytestmark = pytest.mark.both_databases

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def hear_of_it(lead_id: int) -> None:
    (envelope, *_) = [
        each for each in core.timeline.of_lead(lead_id) if each.name == "core_contact_linked"
    ]
    with core.transaction():
        listening.release(envelope)


def states(lead_id: int) -> dict[str, int]:
    found = [each.state for each in messages.page(lead_id=lead_id, limit=1000)]
    return {state: found.count(state) for state in set(found)}


def test_all_that_waited_is_released_however_much(
    ledger: Ledger, registration: RegistrationRecord
) -> None:
    for _ in range(230):
        ledger.to_lead(registration)
    link(registration)
    hear_of_it(registration.lead_id)
    assert states(registration.lead_id) == {"planned": 230}


def test_chat_of_one_registration_releases_nothing_of_another(
    make: Make, ledger: Ledger, registration: RegistrationRecord
) -> None:
    other = make.registration(make.webinar(), "anna@example.org", proven=False)
    mine, foreign = ledger.to_lead(registration), ledger.to_lead(other)
    general = ledger.plan(messages.LEAD, lead_id=registration.lead_id)
    link(registration)
    hear_of_it(registration.lead_id)
    assert ledger.state(mine) == ("planned", None)
    assert ledger.state(foreign) == ledger.state(general) == ("waiting", "no_chat")


def test_message_that_missed_its_link_is_found(
    ledger: Ledger, registration: RegistrationRecord
) -> None:
    """Planned as the chat was being linked: the link's release came before the row was there."""
    missed = ledger.to_lead(registration)
    link(registration)
    assert ledger.state(missed)[0] == "waiting"
    assert messages.release_linked() == 1
    assert ledger.state(missed) == ("planned", None)
    assert messages.release_linked() == 0


def test_link_of_long_ago_is_not_gone_through_again(
    ledger: Ledger, registration: RegistrationRecord
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        link(registration)
        clock.shift(listening.LINKED_WITHIN + timedelta(seconds=1))
        since = NOON + timedelta(seconds=1)
        assert core.timeline.leads_of(events.core_contact_linked.name, since=since) == []
        assert core.timeline.leads_of(events.core_contact_linked.name, since=NOON) == [
            registration.lead_id
        ]


def test_what_waited_too_long_says_so(ledger: Ledger, registration: RegistrationRecord) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        message = ledger.to_lead(registration, not_after=NOON, about_webinar=True)
        other = ledger.to_lead(registration)
        assert messages.close_expired() == 0
        clock.shift(timedelta(seconds=1))
        assert (messages.close_expired(), messages.close_expired()) == (1, 0)
    assert ledger.state(message) == ("skipped", "webinar_started")
    assert ledger.state(other) == ("waiting", "no_chat")
    assert told("message_not_sent") == [(message.message_id, "webinar_started")]
