"""From `client_webinar_*`, in whatever order, to one verdict a session and the route after it."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import text

from app import attendance, core
from app import client_webinar_tracker as tracker
from app.core import Envelope
from app.extensions import db
from tests.fixtures.application import Make
from tests.fixtures.parallel import at_once

pytestmark = pytest.mark.both_databases

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
NOW = int(NOON.timestamp())
DAY = timedelta(hours=24)
CONTEXT: dict[str, Any] = {
    "lead_id": 7,
    "webinar_id": "wb_1",
    "webinar_type": "auto",
    "session_id": "s1",
}
Deliver = Callable[[], int]
OWN = ("webinar_completed", "client_webinar_attendance_classified", "post_webinar_route")
FACTS = {
    "entered": lambda: tracker.client_webinar_enter(CONTEXT),
    "left": lambda: tracker.client_webinar_leave(CONTEXT),
    "completed": lambda: tracker.client_webinar_complete(CONTEXT),
}


def raised() -> list[tuple[str, dict[str, Any]]]:
    """What attendance said, in its order."""
    return [(each.name, each.payload) for each in core.timeline.everything() if each.name in OWN]


def verdicts() -> list[tuple[str, Any]]:
    return [
        (name, payload.get("route", payload.get("attended")))
        for name, payload in raised()
        if name != "webinar_completed"
    ]


def row(session_id: str = "s1") -> Any:
    query = text("SELECT * FROM attendance WHERE session_id = :session_id")
    return db.session.execute(query, {"session_id": session_id}).mappings().one()


ATTENDED = [
    ("client_webinar_attendance_classified", True),
    ("post_webinar_route", "attended"),
]
NOT_ATTENDED = [
    ("client_webinar_attendance_classified", False),
    ("post_webinar_route", "not_attended"),
]


def test_completion_is_normalised_classified_and_routed(app: Flask, deliver: Deliver) -> None:
    with time_machine.travel(NOON, tick=False):
        tracker.client_webinar_complete(CONTEXT | {"completed_at": NOW - 5})
        deliver()
    verdict = {"lead_id": 7, "webinar_id": "wb_1", "attended": True, "timestamp": NOW}
    assert raised() == [
        ("webinar_completed", CONTEXT | {"completed_at": NOW - 5}),
        ("client_webinar_attendance_classified", verdict),
        ("post_webinar_route", verdict | {"route": "attended"}),
    ]


@pytest.mark.parametrize("order", list(permutations(FACTS)), ids="-".join)
def test_facts_in_any_order_end_in_the_same_verdict(
    app: Flask, deliver: Deliver, order: tuple[str, ...]
) -> None:
    for name in order:
        FACTS[name]()
        deliver()
    assert [name for name, _ in raised()] == list(OWN)
    assert verdicts() == ATTENDED
    kept = row()
    assert all(kept[f"{name}_at"] is not None for name in FACTS)


def test_entering_and_leaving_settle_nothing(app: Flask, deliver: Deliver) -> None:
    FACTS["entered"]()
    FACTS["left"]()
    deliver()
    assert raised() == []
    assert (row()["classified_at"], row()["attended"]) == (None, None)


def test_silence_of_a_day_is_not_attended(app: Flask, deliver: Deliver) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        FACTS["entered"]()
        deliver()
        clock.move_to(NOON + DAY - timedelta(seconds=1))
        assert attendance.classify_due() == 0
        clock.move_to(NOON + DAY)
        assert (attendance.classify_due(), attendance.classify_due()) == (1, 0)
    assert verdicts() == NOT_ATTENDED
    assert "webinar_completed" not in [name for name, _ in raised()]


def test_day_counts_from_when_the_session_began(app: Flask, deliver: Deliver) -> None:
    """The relay may be late; the session began when it began."""
    with time_machine.travel(NOON, tick=False) as clock:
        FACTS["entered"]()
        clock.shift(timedelta(hours=5))
        deliver()
        clock.move_to(NOON + DAY)
        assert attendance.classify_due() == 1


def test_completed_session_is_not_settled_again(app: Flask, deliver: Deliver) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        FACTS["entered"]()
        FACTS["completed"]()
        deliver()
        clock.shift(2 * DAY)
        assert attendance.classify_due() == 0
    assert verdicts() == ATTENDED


def test_verdict_once_given_stays(app: Flask, deliver: Deliver) -> None:
    """Completed after the day: the completion is told, the verdict is not taken back."""
    with time_machine.travel(NOON, tick=False) as clock:
        FACTS["entered"]()
        deliver()
        clock.shift(DAY)
        attendance.classify_due()
        FACTS["completed"]()
        deliver()
    assert verdicts() == NOT_ATTENDED
    assert [name for name, _ in raised()][-1] == "webinar_completed"
    assert not row()["attended"]


def test_facts_delivered_again_say_nothing_again(app: Flask, deliver: Deliver) -> None:
    for fact in FACTS.values():
        fact()
    deliver()
    before = raised()
    for envelope in list(core.timeline.everything()):
        for handler in core.subscribers(core.events.named(envelope.name)).values():
            if handler.__module__ == "app.attendance.listening":
                with core.transaction():
                    handler(envelope)
    assert raised() == before


def test_sessions_of_one_lead_are_settled_apart(app: Flask, deliver: Deliver) -> None:
    for session_id in ("s1", "s2"):
        tracker.client_webinar_complete(CONTEXT | {"session_id": session_id})
    deliver()
    assert verdicts() == ATTENDED * 2


def test_fact_by_hand_without_a_session_is_the_leads_on_that_webinar(
    app: Flask, deliver: Deliver
) -> None:
    for _ in range(2):
        tracker.client_webinar_complete({"lead_id": 7, "webinar_id": "wb_1"})
    deliver()
    assert verdicts() == ATTENDED
    assert row("wb_1:7")["lead_id"] == 7


def test_fact_of_nobody_settles_nothing(app: Flask, deliver: Deliver) -> None:
    tracker.client_webinar_complete({"webinar_id": "wb_1", "session_id": "s1"})
    deliver()
    assert raised() == []
    assert core.backlog().waiting == 0


def test_many_due_are_settled_in_batches(app: Flask, deliver: Deliver) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        with core.transaction():
            for number in range(5):
                tracker.client_webinar_enter(CONTEXT | {"session_id": f"s{number}"})
        deliver()
        clock.shift(DAY)
        assert [attendance.classify_due(2) for _ in range(4)] == [2, 2, 1, 0]
    assert verdicts() == NOT_ATTENDED * 5


def test_two_tickers_settle_each_session_once(app: Flask, deliver: Deliver) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for number in range(4):
            tracker.client_webinar_enter(CONTEXT | {"session_id": f"s{number}"})
        deliver()
        clock.shift(DAY)
        answers = at_once(app, [attendance.classify_due] * 3)
    assert sum(answers) == 4
    assert verdicts() == NOT_ATTENDED * 4


def test_completion_that_meets_the_day_s_verdict_does_not_contradict_it(
    app: Flask, deliver: Deliver
) -> None:
    """Both decide at once: the second waits for the first, and then sees its verdict."""
    with time_machine.travel(NOON, tick=True) as clock:
        FACTS["entered"]()
        deliver()
        clock.shift(DAY)
        FACTS["completed"]()
        with core.transaction():
            attendance.classify_due()
            late = threading.Thread(target=_in_context, args=(app, deliver))
            late.start()
            _until_somebody_waits()
        late.join(10)
    db.session.remove()
    assert verdicts() == NOT_ATTENDED
    assert not row()["attended"]


def _in_context(app: Flask, work: Callable[[], object]) -> None:
    with app.app_context():
        work()


def _until_somebody_waits() -> None:
    """SQLite has one writer at a time: the other waits before it has read anything."""
    if db.engine.dialect.name == "sqlite":
        return
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    for _ in range(500):
        with db.engine.connect() as connection:
            if connection.execute(waiting).scalar_one():
                return
        threading.Event().wait(0.01)
    raise TimeoutError("nobody waits for a lock")


def test_viewer_of_a_real_registration_is_on_the_leads_timeline(
    make: Make, deliver: Deliver
) -> None:
    registration = make.registration(make.webinar())
    context = {
        "lead_id": registration.lead_id,
        "webinar_id": registration.webinar_id,
        "session_id": registration.session_id,
    }
    tracker.client_webinar_enter(context)
    tracker.client_webinar_complete(context)
    deliver()
    timeline: list[Envelope] = core.timeline.of_lead(registration.lead_id)
    names = [each.name for each in reversed(timeline)]
    assert names[-7:] == [
        "client_webinar_entered",
        "client_webinar_completed",
        *OWN,
        "scenario_start",
        "message_planned",
    ]
