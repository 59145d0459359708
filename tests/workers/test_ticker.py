"""The ticker rings for what is due, heals what was forgotten, and drains where nobody answers."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from app import client_webinar_tracker as tracker
from app import clock, core, messages
from app.extensions import db
from tests.fixtures.application import Make
from tests.fixtures.parallel import at_once
from workers import commands, queues, ticker

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
QUIET = [ticker.Chore("never", 1e9, lambda: None, next_at=float("inf"))]


def tick() -> None:
    """One pass of the bells alone."""
    ticker.tick(QUIET)


def waiting() -> int:
    db.session.remove()
    return core.backlog().waiting


@pytest.fixture
def nobody_rang(app: Flask) -> None:
    """The process died between its commit and the doorbell."""
    core.bus.take_down_doorbells()


class TestWithoutRedis:
    @pytest.fixture
    def redis_url(self) -> str:
        return ""

    @pytest.mark.both_databases
    def test_fact_whose_bell_was_never_rung_is_delivered(
        self, make: Make, nobody_rang: None
    ) -> None:
        make.lead()
        assert waiting() == 1
        tick()
        tick()  # what the first one's decisions told of
        assert waiting() == 0
        assert len(messages.page()) == 4


def test_due_fact_is_rung_for_and_left_to_the_worker(
    make: Make, nobody_rang: None, redis_url: str
) -> None:
    make.lead()
    tick()
    assert [job.func_name for job in queues.queue(redis_url, "facts").get_jobs()] == [
        "workers.relay.drain"
    ]
    assert waiting() == 1


def test_bell_that_goes_unanswered_is_not_waited_for(make: Make, nobody_rang: None) -> None:
    """Redis answers and no worker does: the ticker delivers by itself."""
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        make.lead()
        clock.shift(ticker.UNANSWERED_AFTER)
        tick()
        assert waiting() == 1
        clock.shift(1)
        tick()
        assert waiting() == 0


def test_nothing_due_rings_nothing(app: Flask, redis_url: str) -> None:
    tick()
    for name in ("facts", "sends"):
        assert queues.queue(redis_url, name).get_jobs() == []


def test_message_is_rung_for_when_it_is_due_and_not_before(app: Flask, redis_url: str) -> None:
    def rung() -> int:
        return len(queues.queue(redis_url, "sends").get_jobs())

    with time_machine.travel(NOON, tick=False) as clock:
        plan = messages.Plan(
            kind="welcome",
            recipient=messages.TEAM,
            dedupe="x",
            due_at=NOON + timedelta(seconds=600),
            values={"lead_id": 1},
        )
        messages.plan(plan)
        clock.shift(599)
        tick()
        assert rung() == 0
        clock.shift(1)
        tick()
        assert rung() == 1


def test_paused_channel_is_not_rung_for(app: Flask, redis_url: str) -> None:
    messages.plan(
        messages.Plan(kind="welcome", recipient="team", dedupe="x", values={"lead_id": 1})
    )
    queues.connection(redis_url).flushall()
    messages.pause_channel(60)
    tick()
    assert queues.queue(redis_url, "sends").get_jobs() == []


def test_chores_are_done_in_their_time_and_one_that_fails_stops_none(app: Flask) -> None:
    done: list[str] = []

    def fail() -> None:
        done.append("failing")
        raise ZeroDivisionError

    todo = [
        ticker.Chore("failing", 0, fail),
        ticker.Chore("often", 0, lambda: done.append("often")),
        ticker.Chore("seldom", 3600, lambda: done.append("seldom")),
    ]
    ticker.tick(todo)
    ticker.tick(todo)
    assert done == ["failing", "often", "seldom", "failing", "often"]


def test_chores_of_the_product(app: Flask) -> None:
    assert {chore.name for chore in ticker.chores()} >= {
        "heal messages",
        "heartbeat",
        "classify attendance",
        "write positions back",
        "see who left",
    }
    assert max(chore.every for chore in ticker.chores() if chore.name == "heal messages") <= 1


def test_ticker_beats_heals_and_classifies(app: Flask) -> None:
    app.config["SETTINGS"].telegram_bot_token = "1:TEST"
    app.config["SETTINGS"].telegram_chat_id = -1000
    context = {"lead_id": 1, "webinar_id": "wb_1", "session_id": "s1"}
    with time_machine.travel(NOON, tick=False) as clock:
        tracker.client_webinar_enter(context)
        while core.deliver_due():
            pass
        messages.plan(
            messages.Plan(kind="welcome", recipient="team", dedupe="x", values={"lead_id": 1})
        )
        assert len(messages.claim_due(1)) == 1
        clock.shift(timedelta(hours=24))
        messages.pause_channel(60)
        ticker.tick(ticker.chores())
        db.session.remove()
        (message,) = messages.page()
        assert (message.state, message.unknown_count) == ("planned", 1)
        assert messages.heartbeat.last_beat("ticker") == NOON + timedelta(hours=24)
    names = [each.name for each in core.timeline.everything()]
    assert "client_webinar_attendance_classified" in names


def test_ticker_sleeps_until_the_next_thing_is_due_and_a_second_at_most(app: Flask) -> None:
    def plan_at(seconds: float) -> None:
        plan = messages.Plan(
            kind="welcome",
            recipient="team",
            dedupe=f"{seconds}",
            due_at=NOON + timedelta(seconds=seconds),
            values={"lead_id": 1},
        )
        messages.plan(plan)

    with time_machine.travel(NOON, tick=False):
        assert ticker._pause() == 1.0
        plan_at(600)
        while core.deliver_due():
            pass
        assert ticker._pause() == 1.0
        plan_at(0.3)
        while core.deliver_due():
            pass
        assert ticker._pause() == pytest.approx(0.3)


@pytest.mark.both_databases
def test_two_tickers_do_no_harm(app: Flask, make: Make, nobody_rang: None) -> None:
    for _ in range(4):
        make.lead()
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=6)):
        at_once(app, [tick, tick])
        tick()
    assert waiting() == 0
    assert len(messages.page()) == 16


def test_sweep_brings_everything_to_rest(app: Flask, make: Make, nobody_rang: None) -> None:
    commands.register(app)
    make.lead()
    answer: Any = app.test_cli_runner().invoke(args=["sweep"])
    assert answer.exit_code == 0, answer.output
    db.session.remove()
    states = {(each.kind, each.recipient): (each.state, each.reason) for each in messages.page()}
    assert waiting() == 0
    assert states == {
        ("welcome", "team"): ("skipped", "no_bot"),
        ("welcome", "lead"): ("waiting", "no_chat"),
        ("followup", "team"): ("planned", None),
        ("followup", "lead"): ("waiting", "no_chat"),
    }


def test_long_work_is_left_to_its_worker_however_long_it_takes(
    app: Flask, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that has waited for a minute while the worker is at another."""
    begun = threading.Event()
    waited = clock.now() - timedelta(minutes=1)
    monkeypatch.setitem(ticker.DUE, "media", (lambda: waited, lambda: begun.set() or 1))
    tick()
    assert not begun.wait(0.2)
    assert queues.queue(redis_url, "media").count == 1


class TestLongWorkWithoutRedis:
    @pytest.fixture
    def redis_url(self) -> str:
        return ""

    def test_holds_up_nothing_else(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        begun, go_on = threading.Event(), threading.Event()
        times: list[int] = []

        def long_work() -> int:
            times.append(1)
            begun.set()
            return go_on.wait(30) and 1

        monkeypatch.setitem(ticker.DUE, "media", (clock.now, long_work))
        with time_machine.travel(NOON, tick=False):
            tick()
            assert begun.wait(30)
            tick()  # it would stand here
        go_on.set()
        assert times == [1]
