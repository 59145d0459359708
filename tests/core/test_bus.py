"""A fact is recorded with its change and delivered after the commit, to each subscriber alone."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import text

from app import attendance, core, messages, scenario_engine
from app.core import Envelope, events
from app.extensions import db
from tests.fixtures.application import Make
from tests.fixtures.listening import Listen
from tests.fixtures.parallel import at_once
from workers import executors

pytestmark = pytest.mark.both_databases

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
DELIVERY_LEASE = timedelta(seconds=30)
EVENT = events.client_webinar_entered
Deliver = Callable[[], int]

emit = core.emitter("client_webinar_tracker")


def enter(session_id: str = "s1") -> str | None:
    payload = {"webinar_id": "wb_1", "session_id": session_id, "timestamp": 5}
    return emit(EVENT, payload, once=session_id)


def sessions(heard: list[Envelope]) -> list[str]:
    return [envelope.payload["session_id"] for envelope in heard]


def seen_by_others(table: str) -> int:
    """How many rows a connection of its own sees: what is committed."""
    with db.engine.connect() as connection:
        return connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()


class Trouble(Exception):
    """What a subscriber raises in these tests."""


def fails(times: int) -> Callable[[Envelope], None]:
    left = [times]

    def fail(_envelope: Envelope) -> None:
        left[0] -= 1
        if left[0] >= 0:
            raise Trouble

    return fail


class Bells:
    """A doorbell that remembers, and what was committed when it rang."""

    def __init__(self) -> None:
        self.rung: list[str] = []
        self.committed: list[int] = []

    def ring(self, bell: str) -> None:
        self.rung.append(bell)
        self.committed.append(seen_by_others("event"))


@pytest.fixture
def bells(app: Flask) -> Bells:
    bells = Bells()
    core.bus.take_down_doorbells()
    core.hang_doorbell(bells.ring)
    return bells


def test_fact_is_delivered_once_and_then_forgotten(
    app: Flask, listen: Listen, deliver: Deliver
) -> None:
    heard = listen(EVENT, "test.one")
    event_id = enter()
    assert heard == []
    assert (deliver(), deliver()) == (1, 0)
    assert [(each.event_id, each.name, each.once) for each in heard] == [
        (event_id, EVENT.name, "s1")
    ]
    assert core.backlog() == core.Backlog(0, 0, None)
    assert seen_by_others("event_ack") == 0


def test_fact_that_nobody_hears_leaves_no_backlog(app: Flask, deliver: Deliver) -> None:
    core.emitter("messages")(
        events.message_sent,
        {
            "message_id": 1,
            "lead_id": None,
            "kind": "welcome",
            "recipient": "team",
            "reason": None,
            "timestamp": 5,
        },
    )
    deliver()
    assert core.backlog().waiting == 0


def test_nothing_is_seen_before_the_commit(app: Flask, listen: Listen, deliver: Deliver) -> None:
    heard = listen(EVENT, "test.one")
    with core.transaction():
        enter()
        assert (seen_by_others("event"), seen_by_others("event_outbox")) == (0, 0)
    assert (seen_by_others("event"), seen_by_others("event_outbox")) == (1, 1)
    deliver()
    assert len(heard) == 1


def test_rollback_leaves_nothing(
    app: Flask, listen: Listen, deliver: Deliver, bells: Bells
) -> None:
    heard = listen(EVENT, "test.one")
    with pytest.raises(Trouble), core.transaction():
        enter()
        raise Trouble
    assert (seen_by_others("event"), deliver(), heard, bells.rung) == (0, 0, [], [])
    assert enter() is not None


def test_failing_subscriber_does_not_stop_the_others(
    app: Flask, listen: Listen, deliver: Deliver
) -> None:
    before = listen(EVENT, "test.before")
    failing = listen(EVENT, "test.failing", fails(1))
    after = listen(EVENT, "test.after")
    enter()
    deliver()
    assert (len(before), len(failing), len(after)) == (1, 1, 1)


def test_failing_subscriber_is_called_again_later_and_alone(
    app: Flask, listen: Listen, deliver: Deliver
) -> None:
    failing = listen(EVENT, "test.failing", fails(1))
    fine = listen(EVENT, "test.fine")
    with time_machine.travel(NOON, tick=False) as clock:
        enter()
        deliver()
        backlog = core.backlog()
        assert (backlog.waiting, backlog.failing, backlog.oldest) == (1, 1, NOON)
        assert core.next_delivery_at() == NOON + timedelta(seconds=2)
        clock.shift(1)
        assert deliver() == 0
        clock.shift(1)
        assert deliver() == 1
    assert (len(failing), len(fine)) == (2, 1)
    assert core.backlog().waiting == 0


def test_subscriber_that_goes_on_failing_is_tried_later_and_later_and_never_given_up(
    app: Flask, listen: Listen, deliver: Deliver
) -> None:
    failing = listen(EVENT, "test.failing", fails(1000))
    pauses = []
    with time_machine.travel(NOON, tick=False) as clock:
        enter()
        for _ in range(12):
            deliver()
            due = core.next_delivery_at()
            assert due is not None
            pauses.append((due - core.bus.clock.now()).total_seconds())
            clock.move_to(due)
    assert pauses == [2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600, 600]
    assert len(failing) == 12


def test_work_of_a_subscriber_that_fails_is_undone(
    app: Flask, make: Make, listen: Listen, deliver: Deliver
) -> None:
    def work_then_fail(_envelope: Envelope) -> None:
        make.lead("half@example.org")
        raise Trouble

    listen(EVENT, "test.failing", work_then_fail)
    enter()
    deliver()
    assert list(core.leads.everything()) == []
    assert seen_by_others("event") == 1


def test_each_subscriber_gets_a_copy_of_its_own(
    app: Flask, listen: Listen, deliver: Deliver
) -> None:
    def spoil(envelope: Envelope) -> None:
        envelope.payload.clear()

    listen(EVENT, "test.a", spoil)
    seen: list[dict[str, Any]] = []
    listen(EVENT, "test.b", lambda envelope: seen.append(dict(envelope.payload)))
    listen(EVENT, "test.c", spoil)
    enter()
    deliver()
    (kept,) = core.timeline.everything()
    assert seen == [kept.payload]
    assert kept.payload["session_id"] == "s1"


def test_facts_raised_by_a_subscriber_are_delivered_too(
    app: Flask, listen: Listen, deliver: Deliver
) -> None:
    completed = {"webinar_id": "wb_1", "completed_at": 9}
    listen(EVENT, "test.a", lambda _: emit(events.client_webinar_completed, completed))
    heard = listen(events.client_webinar_completed, "test.b")
    enter()
    deliver()
    assert len(heard) == 1


def test_backlog_of_many_is_drained(app: Flask, listen: Listen, deliver: Deliver) -> None:
    heard = listen(EVENT, "test.one")
    with core.transaction():
        for number in range(60):
            enter(f"s{number}")
    assert deliver() == 60
    assert sessions(heard) == [f"s{number}" for number in range(60)]


def test_relay_that_died_at_work_is_taken_over_when_its_lease_ends(
    app: Flask, listen: Listen, deliver: Deliver
) -> None:
    """SystemExit stands for a kill: nothing after it runs."""

    def die_once(_envelope: Envelope) -> None:
        if len(dying) == 1:
            raise SystemExit

    fine = listen(EVENT, "test.fine")
    dying = listen(EVENT, "test.dying", die_once)
    with time_machine.travel(NOON, tick=False) as clock:
        enter()
        with pytest.raises(SystemExit):
            deliver()
        clock.shift(DELIVERY_LEASE - timedelta(seconds=1))
        assert deliver() == 0
        clock.shift(1)
        assert deliver() == 1
    assert len(dying) == 2
    assert len(fine) == 1


def test_relays_at_once_deliver_each_fact_once(
    app: Flask, listen: Listen, deliver: Deliver
) -> None:
    one, two = listen(EVENT, "test.one"), listen(EVENT, "test.two")
    expected = [f"s{number}" for number in range(30)]
    for session_id in expected:
        enter(session_id)
    at_once(app, [deliver] * 3)
    deliver()
    assert sorted(sessions(one)) == sorted(sessions(two)) == sorted(expected)
    assert core.backlog().waiting == 0


def test_relay_whose_lease_ended_does_no_second_work(
    app: Flask, make: Make, deliver: Deliver
) -> None:
    """The slow one wakes up when another has delivered all; what it repeats is done already."""
    lead = make.lead()
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        slow = core.bus._claim(10)
        assert [envelope.name for envelope in slow] == ["core_lead_created"]
        clock.shift(DELIVERY_LEASE)
        deliver()
        before = [each.event_id for each in core.timeline.of_lead(lead.lead_id)]
        assert core.bus._deliver(slow[0])
        deliver()
        assert [each.event_id for each in core.timeline.of_lead(lead.lead_id)] == before


def test_doorbell_rings_once_a_transaction_when_it_is_durable(app: Flask, bells: Bells) -> None:
    with core.transaction():
        for number in range(3):
            enter(f"s{number}")
        assert bells.rung == []
    assert (bells.rung, bells.committed) == (["events"], [3])


def test_doorbell_does_not_ring_for_what_was_recorded_before(app: Flask, bells: Bells) -> None:
    enter()
    enter()
    assert bells.rung == ["events"]


def test_same_doorbell_hung_twice_rings_once(app: Flask, bells: Bells) -> None:
    core.hang_doorbell(bells.ring)
    enter()
    assert bells.rung == ["events"]


def test_doorbell_that_fails_harms_nothing(
    app: Flask, listen: Listen, deliver: Deliver, bells: Bells
) -> None:
    heard = listen(EVENT, "test.one")
    core.bus.take_down_doorbells()

    def broken(_bell: str) -> None:
        raise Trouble

    core.hang_doorbell(broken)
    core.hang_doorbell(bells.ring)
    assert enter() is not None
    assert bells.rung == ["events"]
    deliver()
    assert len(heard) == 1


def all_subscribers() -> dict[str, dict[str, core.bus.Handler]]:
    facts = [event for event in events.CATALOGUE.values() if event.kind == "fact"]
    return {event.name: core.subscribers(event) for event in facts}


def test_connecting_the_rooms_again_changes_nothing(app: Flask) -> None:
    before = all_subscribers()
    for room in (attendance, messages, scenario_engine, executors):
        room.connect()
    assert all_subscribers() == before


def test_subscribers_have_names_of_their_own(app: Flask) -> None:
    """An acknowledgement is by name: two of one name would hear for each other."""
    for name, heard_by in all_subscribers().items():
        assert len(heard_by) == len(events.named(name).receivers)


def test_rooms_hear_what_the_contract_says(app: Flask) -> None:
    """Written by hand. The timelines of the desk are read from the log, and so are not here."""
    engine = {
        "core_lead_created",
        "core_lead_updated",
        "core_lead_deleted",
        "core_lead_merged",
        "core_webinar_status_changed",
        "core_webinar_cta_visibility_changed",
        "client_webinar_registered",
        "client_webinar_entered",
        "client_webinar_form_submitted",
        "webinar_completed",
    }
    attending = {"client_webinar_entered", "client_webinar_left", "client_webinar_completed"}
    hearing: dict[str, set[str]] = {}
    for name, heard_by in all_subscribers().items():
        for subscriber in heard_by:
            hearing.setdefault(subscriber.partition(".")[0], set()).add(name)
    assert hearing["scenario_engine"] >= engine
    assert hearing["attendance"] == attending
    assert hearing["messages"] >= {"core_contact_linked"}
    assert hearing["scenario_welcome_telegram"] == {"scenario_start"}
    assert hearing["scenario_followup_telegram"] == {"scenario_start"}
