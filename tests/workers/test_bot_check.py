"""A bot whose token was revoked: it waits, loses nothing, and comes back by itself or by a wish."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from app import core, messages
from app.core.errors import Forbidden
from app.extensions import db
from app.messages import channel
from tests.fixtures.application import Make
from tests.fixtures.parallel import at_once
from tests.workers.conftest import TEAM, bot_settings
from workers import bot_check, queues, sender, ticker
from workers.telegram.sandbox import SandboxServer

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def settings_overrides(bot_api: SandboxServer) -> dict[str, Any]:
    return bot_settings(bot_api)


def check() -> int:
    db.session.remove()
    done = bot_check.drain_here()
    db.session.remove()
    return done


@pytest.fixture
def stopped(app: Flask, bot: SandboxServer) -> int:
    """A message that met a revoked token; its id."""
    values = {"name": "Анна", "lead_id": 1}
    wanted = {"kind": "welcome", "recipient": "team", "dedupe": "x", "chat": TEAM}
    message_id = messages.plan(messages.Plan(**wanted, values=values))
    assert message_id is not None
    bot.fail("401", method="")
    sender.drain_here()
    db.session.remove()
    assert messages.channel_alarm() == "bot_revoked"
    return message_id


@pytest.mark.both_databases
def test_wish_is_carried_out_by_a_worker_and_the_messages_go(
    stopped: int, make: Make, bot: SandboxServer
) -> None:
    admin = make.user("admin")
    assert check() == 0
    channel.ask_for_check(admin)
    assert channel.state().checking
    assert check() == 1
    state = channel.state()
    assert (state.alarm, state.checked, state.checking) == ("bot_revoked", "refused", False)
    bot.clear()
    channel.ask_for_check(admin)
    assert check() == 1
    assert messages.channel_alarm() is None
    sender.drain_here()
    db.session.remove()
    assert messages.get(stopped).state == "sent"
    assert check() == 0


def test_bot_is_asked_about_now_and_then(app: Flask, bot: SandboxServer) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        channel.raise_alarm("bot_revoked")
        assert channel.next_check_at() == NOON + channel.CHECK_EVERY
        clock.shift(channel.CHECK_EVERY)
        assert (check(), messages.channel_alarm()) == (1, None)


def test_alarm_raised_again_is_the_same_alarm(app: Flask) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        channel.raise_alarm("bot_revoked")
        clock.shift(60)
        channel.raise_alarm("bot_revoked")
        assert channel.state().alarm_at == NOON
        assert channel.next_check_at() == NOON + channel.CHECK_EVERY


@pytest.mark.both_databases
def test_other_token_is_tried_at_once_and_no_token_is_kept(
    stopped: int, app: Flask, bot: SandboxServer
) -> None:
    table = db.metadata.tables["channel_state"]
    row = db.session.execute(table.select()).mappings().one()
    assert bot.token not in str(dict(row))
    bot.clear()
    assert check() == 0
    app.config["SETTINGS"].telegram_bot_token = "1000:another"
    assert check() == 1
    assert channel.state().checked == "refused"  # the sandbox does not know that one
    assert check() == 0
    app.config["SETTINGS"].telegram_bot_token = bot.token
    assert check() == 1
    assert messages.channel_alarm() is None


def test_token_that_was_taken_away_holds_nothing_back(
    stopped: int, app: Flask, bot: SandboxServer
) -> None:
    app.config["SETTINGS"].telegram_bot_token = ""
    assert (check(), messages.channel_alarm()) == (1, None)
    assert messages.claim_due(5) == []
    assert (messages.get(stopped).state, messages.get(stopped).reason) == ("skipped", "no_bot")


@pytest.mark.parametrize("mode", ["500", "502", "close", "accept_garbage", "429"])
def test_silence_proves_nothing_and_is_asked_again_soon(
    stopped: int, bot: SandboxServer, mode: Any
) -> None:
    bot.clear()
    bot.fail(mode, method="getMe")
    with time_machine.travel(datetime.now(UTC) + channel.CHECK_EVERY, tick=False):
        now = core.bus.clock.now()
        assert check() == 1
        state = channel.state()
        assert (state.alarm, state.checked) == ("bot_revoked", "no_answer")
        assert channel.next_check_at() == now + channel.CHECK_AGAIN


@pytest.mark.both_databases
def test_check_that_is_due_is_made_once(app: Flask, make: Make) -> None:
    channel.raise_alarm("bot_revoked")
    channel.ask_for_check(make.user("admin"))
    assert sorted(at_once(app, [channel.take_check] * 4)) == [False] * 3 + [True]


@pytest.mark.parametrize("role", ["candidate", "partner", "leader", "speaker"])
def test_wish_is_for_who_may(app: Flask, make: Make, role: str) -> None:
    channel.raise_alarm("bot_revoked")
    with pytest.raises(Forbidden):
        channel.ask_for_check(make.user(role))
    assert not channel.state().checking


def test_wish_about_a_bot_that_works_is_nothing(app: Flask, make: Make) -> None:
    channel.ask_for_check(make.user("admin"))
    assert channel.next_check_at() is None


def test_ticker_rings_for_the_check(app: Flask, make: Make, redis_url: str) -> None:
    channel.raise_alarm("bot_revoked")
    core.bus.take_down_doorbells()
    channel.ask_for_check(make.user("admin"))
    ticker.tick([])
    jobs = queues.queue(redis_url, "sends").get_jobs()
    assert [job.func_name for job in jobs] == ["workers.bot_check.drain"]


def test_check_is_made_by_the_ticker_where_nobody_answers(stopped: int, bot: SandboxServer) -> None:
    bot.clear()
    later = datetime.now(UTC) + channel.CHECK_EVERY + ticker.UNANSWERED_AFTER
    with time_machine.travel(later + timedelta(seconds=1), tick=False):
        ticker.tick([])
    db.session.remove()
    assert messages.channel_alarm() is None
