"""Claim, lease, fence, settle, heal: one sender at a time, and every answer is written down."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from app import core, messages
from app.core import RegistrationRecord
from app.messages import Answer, Claim
from tests.fixtures.application import Make
from tests.fixtures.parallel import at_once
from tests.messages.conftest import CHAT, TEAM_CHAT, Ledger, link, told

pytestmark = pytest.mark.both_databases

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LEASE = timedelta(seconds=60)
MOMENT = timedelta(seconds=1)


def claim_one() -> Claim:
    (claim,) = messages.claim_due(10)
    return claim


def attempts(message_id: int) -> list[tuple[int, str | None, str | None]]:
    return [(each.number, each.outcome, each.cause) for each in messages.attempts(message_id)]


def test_claim_takes_what_is_due_in_its_order(ledger: Ledger) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        late = ledger.plan(due_at=NOON + timedelta(seconds=30))
        early = ledger.plan(due_at=NOON + timedelta(seconds=20))
        clock.move_to(NOON + timedelta(seconds=20) - timedelta(microseconds=1))
        assert messages.claim_due(10) == []
        clock.move_to(NOON + timedelta(seconds=30))
        assert [claim.message_id for claim in messages.claim_due(1)] == [early.message_id]
        assert [claim.message_id for claim in messages.claim_due(10)] == [late.message_id]


def test_claim_is_an_attempt_before_the_try(ledger: Ledger) -> None:
    message = ledger.plan()
    with time_machine.travel(NOON, tick=False):
        due = messages.next_due_at()
    claim = claim_one()
    kept = messages.get(message.message_id)
    assert due is not None
    assert (kept.state, kept.attempts, claim.text) == ("sending", 1, message.text)
    assert attempts(message.message_id) == [(1, None, None)]


def test_claimed_message_is_not_claimed_again(ledger: Ledger) -> None:
    ledger.plan()
    claim_one()
    assert messages.claim_due(10) == []


def test_claims_at_once_share_what_is_due(app: Flask, ledger: Ledger) -> None:
    planned = sorted(ledger.plan().message_id for _ in range(12))
    claims = at_once(app, [lambda: messages.claim_due(4)] * 4)
    taken = [claim.message_id for each in claims for claim in each]
    taken += [claim.message_id for claim in messages.claim_due(20)]
    assert sorted(taken) == planned


def test_sent_message_says_so(ledger: Ledger, registration: RegistrationRecord) -> None:
    with time_machine.travel(NOON, tick=False):
        message = ledger.plan(lead_id=registration.lead_id)
        assert messages.settle(claim_one(), Answer("sent", external_id="99", cause="accepted"))
    kept = messages.get(message.message_id)
    assert (kept.state, kept.reason, kept.sent_at, kept.external_id) == ("sent", None, NOON, "99")
    assert kept.chat == TEAM_CHAT
    assert attempts(message.message_id) == [(1, "sent", "accepted")]
    assert told("message_sent") == [(message.message_id, None)]


def test_flood_control_waits_as_long_as_it_was_told(ledger: Ledger) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        message = ledger.plan()
        messages.settle(claim_one(), Answer("retry_later", retry_after=7.5))
        assert ledger.state(message) == ("planned", "rate")
        clock.shift(7)
        assert messages.claim_due(10) == []
        clock.shift(0.5)
        assert claim_one().message_id == message.message_id


def test_outage_is_retried_later_and_later(ledger: Ledger) -> None:
    waits = []
    with time_machine.travel(NOON, tick=False) as clock:
        message = ledger.plan()
        for _ in range(11):
            messages.settle(claim_one(), Answer("retry_later", cause="connect_error"))
            due = messages.get(message.message_id).due_at
            waits.append((due - core.bus.clock.now()).total_seconds())
            clock.move_to(due)
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]
    assert ledger.state(message) == ("planned", "retry")
    assert told("message_not_sent") == [(message.message_id, "retry")]


def test_refused_message_is_final(ledger: Ledger) -> None:
    message = ledger.plan()
    messages.settle(claim_one(), Answer("refused", cause="text_empty"))
    assert ledger.state(message) == ("failed", "refused")
    assert told("message_not_sent") == [(message.message_id, "refused")]


def test_block_is_final_and_marks_the_contact(
    ledger: Ledger, registration: RegistrationRecord
) -> None:
    link(registration)
    message, next_one = ledger.to_lead(registration), ledger.to_lead(registration)
    first, _ = messages.claim_due(10)
    messages.settle(first, Answer("blocked", cause="bot_blocked"))
    assert ledger.state(message) == ("failed", "blocked")
    chat = core.contacts.by_value("telegram", str(CHAT))
    assert chat is not None
    assert chat.blocked
    later = ledger.to_lead(registration)
    assert messages.claim_due(10) == []
    assert ledger.state(later) == ("failed", "blocked")
    assert ledger.state(next_one)[0] == "sending"


def test_block_by_the_team_marks_no_contact(
    ledger: Ledger, registration: RegistrationRecord
) -> None:
    link(registration, TEAM_CHAT)
    ledger.plan()
    messages.settle(claim_one(), Answer("blocked"))
    chat = core.contacts.by_value("telegram", str(TEAM_CHAT))
    assert chat is not None
    assert not chat.blocked


def test_chat_that_moved_is_followed_at_once(
    ledger: Ledger, registration: RegistrationRecord
) -> None:
    link(registration)
    message = ledger.to_lead(registration)
    messages.settle(claim_one(), Answer("migrated", new_chat=-1005))
    claim = claim_one()
    assert (claim.message_id, claim.chat) == (message.message_id, -1005)
    assert core.contacts.by_value("telegram", str(CHAT)) is None


def test_revoked_bot_keeps_its_messages_until_somebody_acts(ledger: Ledger) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        message = ledger.plan()
        messages.settle(claim_one(), Answer("bot_revoked", cause="unauthorized"))
        assert ledger.state(message) == ("planned", "bot_revoked")
        assert messages.channel_alarm() == "bot_revoked"
        clock.shift(timedelta(days=30))
        assert (messages.paused(), messages.claim_due(10)) == (True, [])
        messages.resume_channel()
        assert messages.channel_alarm() is None
        assert claim_one().message_id == message.message_id


def test_paused_channel_sends_nothing_until_then(ledger: Ledger) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        ledger.plan()
        messages.pause_channel(30)
        clock.shift(29)
        assert (messages.paused(), messages.claim_due(10)) == (True, [])
        clock.shift(1)
        assert not messages.paused()
        claim_one()


def test_pause_does_not_silence_the_alarm(ledger: Ledger) -> None:
    """A flood answer that was on its way must not hide that the token is gone."""
    ledger.plan()
    messages.settle(claim_one(), Answer("bot_revoked"))
    messages.pause_channel(1)
    assert messages.channel_alarm() == "bot_revoked"


def test_answer_that_never_came_is_sent_again_and_flagged(ledger: Ledger) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        message = ledger.plan()
        messages.settle(claim_one(), Answer("unknown", cause="read_timeout"))
        kept = messages.get(message.message_id)
        assert (kept.state, kept.reason, kept.unknown_count) == ("planned", "no_answer_again", 1)
        clock.move_to(kept.due_at)
        messages.settle(claim_one(), Answer("sent", external_id="1"))
    assert messages.get(message.message_id).state == "sent"
    assert messages.counts().doubled == 1
    assert told("message_not_sent") == [(message.message_id, "no_answer_again")]


def test_each_sort_of_failure_is_told_once(ledger: Ledger) -> None:
    """An outage of an hour does not fill the timeline; what is new is told."""
    sorts = ["retry_later"] * 3 + ["unknown"] * 2 + ["retry_later"]
    with time_machine.travel(NOON, tick=False) as clock:
        message = ledger.plan()
        for kind in sorts:
            messages.settle(claim_one(), Answer(kind, cause="read_timeout"))
            clock.move_to(messages.get(message.message_id).due_at)
    assert [reason for _, reason in told("message_not_sent")] == ["retry", "no_answer_again"]


def test_answer_that_never_came_ends_an_offer(ledger: Ledger) -> None:
    message = ledger.plan(policy=messages.AT_MOST_ONCE)
    messages.settle(claim_one(), Answer("unknown", cause="read_timeout"))
    kept = messages.get(message.message_id)
    assert (kept.state, kept.reason, kept.unknown_count) == ("unknown", "no_answer", 1)
    assert told("message_not_sent") == [(message.message_id, "no_answer")]
    with time_machine.travel(datetime.now(UTC) + timedelta(days=1)):
        assert messages.claim_due(10) == []
        assert messages.heal() == 0


@pytest.mark.parametrize(
    ("policy", "state"),
    [
        (messages.AT_LEAST_ONCE, ("planned", "no_answer_again")),
        (messages.AT_MOST_ONCE, ("unknown", "no_answer")),
    ],
)
def test_abandoned_claim_is_healed_by_its_policy(
    ledger: Ledger, policy: str, state: tuple[str, str]
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        message = ledger.plan(policy=policy)
        claim_one()
        clock.shift(LEASE)
        assert messages.heal() == 0
        clock.shift(MOMENT)
        assert (messages.heal(), messages.heal()) == (1, 0)
    kept = messages.get(message.message_id)
    assert (kept.state, kept.reason) == state
    assert kept.unknown_count == 1


def test_healed_attempt_says_that_no_answer_came(ledger: Ledger) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        message = ledger.plan()
        claim_one()
        clock.shift(LEASE + MOMENT)
        messages.heal()
        (attempt,) = messages.attempts(message.message_id)
        assert (attempt.outcome, attempt.cause, attempt.ended_at) == (
            "unknown",
            "lease_expired",
            NOON + LEASE + MOMENT,
        )


def healed_claim(ledger: Ledger, clock: Any, **fields: Any) -> Claim:
    """A claim whose lease ended before its holder came back."""
    ledger.plan(**fields)
    claim = claim_one()
    clock.shift(LEASE + MOMENT)
    messages.heal()
    return claim


@pytest.mark.parametrize("policy", [messages.AT_LEAST_ONCE, messages.AT_MOST_ONCE])
def test_late_answer_proves_that_it_was_sent(ledger: Ledger, policy: str) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        claim = healed_claim(ledger, clock, policy=policy)
        assert messages.settle(claim, Answer("sent", external_id="7")) is False
        kept = messages.get(claim.message_id)
        assert (kept.state, kept.reason, kept.external_id) == ("sent", "late_answer", "7")
        assert told("message_sent") == [(claim.message_id, "late_answer")]
        clock.shift(timedelta(days=1))
        assert messages.claim_due(10) == []
    assert attempts(claim.message_id)[0][:2] == (1, "sent")


@pytest.mark.parametrize("kind", ["retry_later", "refused", "blocked", "unknown", "bot_revoked"])
def test_late_answer_that_proves_nothing_changes_nothing(ledger: Ledger, kind: str) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        claim = healed_claim(ledger, clock, policy=messages.AT_MOST_ONCE)
        before = messages.get(claim.message_id)
        assert messages.settle(claim, Answer(kind)) is False
        assert messages.get(claim.message_id) == before
        assert messages.channel_alarm() is None


def test_late_answer_does_not_settle_the_next_ones_claim(ledger: Ledger) -> None:
    """The fence: only the holder of the newest token settles."""
    with time_machine.travel(NOON, tick=False) as clock:
        first = healed_claim(ledger, clock)
        clock.shift(timedelta(seconds=5))
        second = claim_one()
        assert second.token != first.token
        assert messages.settle(first, Answer("refused")) is False
        assert messages.get(first.message_id).state == "sending"
        assert messages.settle(second, Answer("sent", external_id="8")) is True
    kept = messages.get(first.message_id)
    assert (kept.state, kept.external_id, kept.attempts) == ("sent", "8", 2)


def test_claim_that_was_not_tried_goes_back(ledger: Ledger) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        message = ledger.plan()
        messages.hand_back([claim_one()], 1.5)
        kept = messages.get(message.message_id)
        assert (kept.state, kept.attempts) == ("planned", 0)
        assert kept.due_at == NOON + timedelta(seconds=1.5)
        assert attempts(message.message_id) == []
        clock.shift(1.5)
        assert claim_one().message_id == message.message_id


def test_claim_that_was_lost_is_not_handed_back(ledger: Ledger) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        first = healed_claim(ledger, clock)
        clock.shift(timedelta(seconds=5))
        second = claim_one()
        messages.hand_back([first], 100)
        assert messages.get(first.message_id).state == "sending"
        assert messages.settle(second, Answer("sent")) is True


def test_message_past_its_use_is_skipped(ledger: Ledger) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        message = ledger.plan(not_after=NOON + timedelta(minutes=5))
        in_time = ledger.plan(not_after=NOON + timedelta(minutes=5) + MOMENT)
        clock.shift(timedelta(minutes=5) + MOMENT)
        assert claim_one().message_id == in_time.message_id
    assert ledger.state(message) == ("skipped", "too_late")
    assert told("message_not_sent") == [(message.message_id, "too_late")]


def test_reminder_past_its_webinars_start_says_so(
    ledger: Ledger, registration: RegistrationRecord
) -> None:
    link(registration)
    with time_machine.travel(NOON, tick=False) as clock:
        message = ledger.to_lead(registration, not_after=NOON, about_webinar=True)
        clock.shift(MOMENT)
        assert messages.claim_due(10) == []
    assert ledger.state(message) == ("skipped", "webinar_started")


@pytest.mark.parametrize("withdrawn", [False, True])
def test_log_in_link_goes_to_who_asked_whatever_else_they_refused(
    ledger: Ledger, registration: RegistrationRecord, withdrawn: bool
) -> None:
    """A person without a password would be locked out of the account."""
    link(registration, proven=True)
    core.contacts.unsubscribe("telegram", str(CHAT))
    if withdrawn:
        core.leads.withdraw_consent(registration.lead_id)
    asked = ledger.plan(messages.LEAD, kind="login_link", lead_id=registration.lead_id)
    other = ledger.plan(messages.LEAD, lead_id=registration.lead_id)
    assert [claim.message_id for claim in messages.claim_due(10)] == [asked.message_id]
    refused = ("cancelled", "consent_withdrawn") if withdrawn else ("skipped", "unsubscribed")
    assert ledger.state(other) == refused


@pytest.mark.parametrize("blocked", [False, True])
def test_log_in_link_goes_to_no_unproven_and_no_blocked_chat(
    ledger: Ledger, registration: RegistrationRecord, blocked: bool
) -> None:
    link(registration, proven=blocked)
    if blocked:
        core.contacts.mark_blocked("telegram", str(CHAT))
    asked = ledger.plan(messages.LEAD, kind="login_link", lead_id=registration.lead_id)
    assert messages.claim_due(10) == []
    assert ledger.state(asked) == (("failed", "blocked") if blocked else ("waiting", "no_chat"))


def test_unsubscribed_lead_gets_only_what_is_about_the_webinar(
    ledger: Ledger, registration: RegistrationRecord
) -> None:
    link(registration)
    core.contacts.unsubscribe("telegram", str(CHAT))
    offer = ledger.to_lead(registration)
    reminder = ledger.to_lead(registration, about_webinar=True)
    assert claim_one().message_id == reminder.message_id
    assert ledger.state(offer) == ("skipped", "unsubscribed")


def test_message_of_a_cancelled_registration_is_cancelled(
    make: Make, ledger: Ledger, registration: RegistrationRecord
) -> None:
    link(registration)
    message = ledger.to_lead(registration)
    core.users.close(registration.user_id)
    assert core.registrations.get(registration.registration_id).cancelled
    assert messages.claim_due(10) == []
    assert ledger.state(message) == ("cancelled", "registration_cancelled")


def test_chat_that_was_doubted_since_gets_nothing(
    ledger: Ledger, registration: RegistrationRecord
) -> None:
    link(registration, proven=True)
    message = ledger.to_lead(registration)
    core.users.signed_in(registration.user_id, proves_email=True)
    assert messages.claim_due(10) == []
    assert ledger.state(message) == ("waiting", "no_chat")


class TestWithoutABot:
    @pytest.fixture
    def settings_overrides(self) -> dict[str, Any]:
        return {}

    def test_due_message_is_skipped_and_sent_again_once_there_is_a_bot(
        self, app: Flask, make: Make, ledger: Ledger
    ) -> None:
        message = ledger.plan()
        assert messages.claim_due(10) == []
        assert ledger.state(message) == ("skipped", "no_bot")
        assert told("message_not_sent") == [(message.message_id, "no_bot")]
        app.config["SETTINGS"].telegram_bot_token = "1:TEST"
        app.config["SETTINGS"].telegram_chat_id = TEAM_CHAT
        messages.send_again(message.message_id, actor=make.user("admin"))
        assert claim_one().message_id == message.message_id

    def test_bot_without_a_team_chat_skips_the_teams_messages(
        self, app: Flask, ledger: Ledger
    ) -> None:
        app.config["SETTINGS"].telegram_bot_token = "1:TEST"
        message = ledger.plan()
        assert messages.claim_due(10) == []
        assert ledger.state(message) == ("skipped", "no_team_chat")
