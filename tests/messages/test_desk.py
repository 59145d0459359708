"""The ledger as a person sees it: pages, figures, and the two decisions that are a person's."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from app import core, messages
from app.core import RegistrationRecord, UserRecord
from app.core.errors import Forbidden, NotFound
from app.messages import Answer, MessageRecord, MessageRefused
from tests.fixtures.application import Make
from tests.messages.conftest import Ledger, link, told

pytestmark = pytest.mark.both_databases

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def admin(make: Make) -> UserRecord:
    return make.user("admin")


def settled(ledger: Ledger, kind: str, **fields: str) -> MessageRecord:
    """A message that ended so."""
    message = ledger.plan(**fields)
    (claim,) = messages.claim_due(10)
    messages.settle(claim, Answer(kind))
    return messages.get(message.message_id)


@pytest.mark.parametrize(
    ("kind", "policy", "state"),
    [
        ("refused", messages.AT_LEAST_ONCE, "failed"),
        ("blocked", messages.AT_LEAST_ONCE, "failed"),
        ("unknown", messages.AT_MOST_ONCE, "unknown"),
    ],
)
def test_message_that_did_not_go_is_sent_again_by_a_person(
    ledger: Ledger, admin: UserRecord, kind: str, policy: str, state: str
) -> None:
    message = settled(ledger, kind, policy=policy)
    assert message.state == state
    again = messages.send_again(message.message_id, actor=admin)
    assert (again.state, again.reason) == ("planned", "operator")
    (claim,) = messages.claim_due(10)
    assert claim.message_id == message.message_id
    assert told("message_planned")[-1] == (message.message_id, "operator")


def test_message_past_its_use_goes_if_a_person_says_so(ledger: Ledger, admin: UserRecord) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        message = ledger.plan(not_after=NOON)
        clock.shift(60)
        assert messages.claim_due(10) == []
        messages.send_again(message.message_id, actor=admin)
        assert len(messages.claim_due(10)) == 1


def test_message_on_its_way_is_not_sent_again(ledger: Ledger, admin: UserRecord) -> None:
    planned = ledger.plan()
    with pytest.raises(MessageRefused) as refusal:
        messages.send_again(planned.message_id, actor=admin)
    assert refusal.value.name == "message_action_refused"
    (claim,) = messages.claim_due(10)
    for _ in range(2):
        with pytest.raises(MessageRefused):
            messages.send_again(planned.message_id, actor=admin)
        messages.settle(claim, Answer("sent"))


def test_second_press_of_the_button_is_refused(ledger: Ledger, admin: UserRecord) -> None:
    message = settled(ledger, "refused")
    messages.send_again(message.message_id, actor=admin)
    with pytest.raises(MessageRefused):
        messages.send_again(message.message_id, actor=admin)


def test_message_without_words_is_not_sent_again(
    ledger: Ledger, admin: UserRecord, registration: RegistrationRecord
) -> None:
    message = settled(ledger, "refused", lead_id=registration.lead_id)
    core.leads.erase(registration.lead_id)
    while core.deliver_due():
        pass
    with pytest.raises(MessageRefused):
        messages.send_again(message.message_id, actor=admin)


def test_unknown_is_counted_as_sent_by_a_person(ledger: Ledger, admin: UserRecord) -> None:
    message = settled(ledger, "unknown", policy=messages.AT_MOST_ONCE)
    with time_machine.travel(NOON, tick=False):
        sent = messages.count_as_sent(message.message_id, actor=admin)
    assert (sent.state, sent.reason, sent.sent_at) == ("sent", "operator", NOON)
    assert told("message_sent") == [(message.message_id, "operator")]
    with pytest.raises(MessageRefused):
        messages.count_as_sent(message.message_id, actor=admin)


@pytest.mark.parametrize("role", ["speaker", "leader", "partner", "candidate"])
def test_decisions_need_their_capability(make: Make, ledger: Ledger, role: str) -> None:
    message, actor = settled(ledger, "refused"), make.user(role)
    with pytest.raises(Forbidden):
        messages.send_again(message.message_id, actor=actor)
    with pytest.raises(Forbidden):
        messages.count_as_sent(message.message_id, actor=actor)
    assert messages.get(message.message_id) == message


def test_unknown_message_is_refused_by_name(admin: UserRecord) -> None:
    with pytest.raises(NotFound):
        messages.send_again(404, actor=admin)
    with pytest.raises(NotFound):
        messages.get(404)


def test_pages_are_filtered_and_go_on_where_the_last_ended(
    make: Make, ledger: Ledger, registration: RegistrationRecord
) -> None:
    waiting = [ledger.to_lead(registration) for _ in range(3)]
    team = ledger.plan(kind="followup")
    newest = [message.message_id for message in [*waiting, team]][::-1]

    def ids(**filters: object) -> list[int]:
        return [message.message_id for message in messages.page(**filters)]

    assert ids() == newest
    assert ids(limit=2) + ids(before=newest[1], limit=2) == newest
    assert ids(state="waiting") == newest[1:]
    assert ids(kind="followup") == [team.message_id]
    assert ids(lead_id=registration.lead_id) == newest[1:]
    assert ids(since=datetime.now(UTC) + timedelta(hours=1)) == []
    assert ids(until=datetime.now(UTC) + timedelta(hours=1)) == newest
    assert [message.message_id for message in messages.everything(chunk=3)] == newest[::-1]


def test_figures_count_what_is_open(ledger: Ledger, registration: RegistrationRecord) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        settled(ledger, "refused")
        settled(ledger, "unknown", policy=messages.AT_MOST_ONCE)
        ledger.to_lead(registration)
        overdue = ledger.plan()
        ledger.plan(due_at=NOON + timedelta(hours=1))
        clock.shift(timedelta(minutes=2))
        assert messages.counts() == messages.Counts(
            planned=2,
            waiting=1,
            failed=1,
            unknown=1,
            doubled=0,
            stuck=0,
            oldest_due=overdue.due_at,
        )
        clock.shift(1)
        assert messages.counts().stuck == 1


def test_abandoned_claim_counts_as_stuck(ledger: Ledger) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        ledger.plan()
        messages.claim_due(10)
        clock.shift(timedelta(minutes=3, seconds=1))
        assert messages.counts().stuck == 1


def test_every_reason_and_state_has_words(ledger: Ledger) -> None:
    words = {
        value
        for name, value in vars(messages.reasons).items()
        if name.isupper() and isinstance(value, str)
    }
    assert words == set(messages.reasons.SENTENCES)
    for reason in words:
        assert messages.reasons.in_words(reason) != reason
    assert messages.reasons.in_words(None) == ""
    assert messages.reasons.in_words("later_word") == "later_word"


def test_heartbeat_is_the_newest_of_its_kind(ledger: Ledger) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        assert messages.heartbeat.last_beat("worker.") is None
        messages.heartbeat.beat("worker.facts")
        clock.shift(5)
        messages.heartbeat.beat("worker.sends")
        messages.heartbeat.beat("ticker")
        clock.shift(5)
        messages.heartbeat.beat("worker.facts")
    assert messages.heartbeat.last_beat("worker.") == NOON + timedelta(seconds=10)
    assert messages.heartbeat.last_beat("ticker") == NOON + timedelta(seconds=5)


def test_linking_does_not_release_what_was_decided(
    ledger: Ledger, registration: RegistrationRecord
) -> None:
    message = settled(ledger, "refused", lead_id=registration.lead_id)
    link(registration)
    while core.deliver_due():
        pass
    assert messages.get(message.message_id) == message
