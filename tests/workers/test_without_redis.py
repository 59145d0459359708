"""Redis goes while the product runs: people still sign up, and messages still go out."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app import redis_store
from app.extensions import db
from tests.fixtures import servers
from tests.fixtures.application import Make
from tests.fixtures.visitor import Visitor
from tests.requirements import need
from tests.workers.conftest import TEAM, bot_settings
from tests.workers.telegram.conftest import RedisProcess
from workers import queues, ticker
from workers.telegram.sandbox import SandboxServer

QUIET = [ticker.Chore("never", 1e9, lambda: None, next_at=float("inf"))]


@pytest.fixture
def redis_process() -> Iterator[RedisProcess]:
    program = servers.redis_binary()
    need(program is not None, "redis-server")
    with tempfile.TemporaryDirectory(prefix="efir-") as folder:
        process = RedisProcess(str(program), Path(folder))
        process.start()
        yield process
        process.stop()
    redis_store._resting_until = queues._resting_until = 0.0


@pytest.fixture
def redis_url(redis_process: RedisProcess) -> str:
    return redis_process.url


@pytest.fixture
def settings_overrides(bot: SandboxServer) -> dict[str, Any]:
    return bot_settings(bot) | {"ratelimit_enabled": True}


@pytest.mark.both_databases
def test_people_sign_up_and_are_written_of(
    app: Flask, make: Make, bot: SandboxServer, redis_process: RedisProcess
) -> None:
    webinar = make.webinar()
    Visitor(app).sign_up("before@example.org", webinar.slug)
    redis_process.stop()
    began = time.monotonic()
    answer = Visitor(app).sign_up("after@example.org", webinar.slug)
    assert (answer.status_code, time.monotonic() - began < 5) == (303, True)
    for _ in range(5):
        ticker.tick(QUIET)
        db.session.remove()
    told = [message.text for message in bot.messages if message.chat_id == TEAM]
    assert len(told) == 2
    assert {"before@example.org", "after@example.org"} == {text.split("\n")[2] for text in told}
