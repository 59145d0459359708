"""Two worker machines over one database: real `python -m workers`, told nothing of each other."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from rq import Worker
from sqlalchemy import text

from app import core, messages
from app.extensions import db
from tests.fixtures.application import Make
from tests.requirements import need
from tests.run.marked_process import MarkedProcess, eventually
from tests.workers.conftest import ANNA, bot_settings
from workers import queues
from workers.telegram.sandbox import SandboxServer

need(Path("/proc/self/environ").exists(), "processes are found by /proc, which is Linux's")

FIRST_CHAT = 10_000
POLLING = "workers\0polling"
LEASE_SECONDS = 40.0
DRAINED_WITHIN = 10.0


@pytest.fixture
def settings_overrides(bot: SandboxServer) -> dict[str, Any]:
    return bot_settings(bot)


class Machines:
    """Starts machines, each with a folder of its own and the settings of the application."""

    def __init__(self, app: Flask, folder: Path) -> None:
        self._folder = folder
        self._settings = app.config["SETTINGS"]
        self.started: list[MarkedProcess] = []

    def start(self) -> MarkedProcess:
        """One more machine, all of whose queues are answered."""
        before = self._answering()
        name = f"machine-{len(self.started)}"
        given = self._settings
        names = (
            "database_url",
            "redis_url",
            "secret_key",
            "public_url",
            "telegram_bot_token",
            "telegram_api_url",
            "telegram_chat_id",
            "telegram_messages_per_second",
            "telegram_chat_messages_per_second",
            "telegram_group_messages_per_minute",
        )
        settings = {each.upper(): str(getattr(given, each)) for each in names}
        settings |= {"EFIR_DATA_DIR": str(self._folder / name), "EFIR_ENV": "development"}
        argv = [sys.executable, "-m", "workers"]
        machine = MarkedProcess(argv, self._folder / f"{name}.txt", **settings)
        self.started.append(machine)
        queued = 4
        assert eventually(lambda: self._answering() == before + queued, 120), machine.output
        return machine

    def _answering(self) -> int:
        url = self._settings.redis_url
        return int(Worker.count(connection=queues.connection(url)))


@pytest.fixture
def machines(app: Flask, tmp_path: Path) -> Iterator[Machines]:
    found = Machines(app, tmp_path)
    yield found
    for machine in found.started:
        machine.kill_all()


def plan(bot: SandboxServer, count: int) -> list[int]:
    """Offers for so many people, all due at once; none may come twice."""
    chats = range(FIRST_CHAT, FIRST_CHAT + count)
    for chat in chats:
        bot.add_chat(chat, started=True)
    with core.transaction():
        return [
            messages.plan(
                messages.Plan(
                    kind="start_known",
                    recipient=messages.LEAD,
                    dedupe=f"offer:{chat}",
                    policy=messages.AT_MOST_ONCE,
                    chat=chat,
                )
            )
            or 0
            for chat in chats
        ]


def states(planned: list[int]) -> set[str]:
    db.session.remove()
    return {each.state for each in messages.by_ids(planned).values()}


def stop(machine: MarkedProcess) -> float:
    """Seconds from SIGTERM to its end."""
    began = time.monotonic()
    machine.signal(signal.SIGTERM)
    assert machine.ends(2 * DRAINED_WITHIN) == 0, machine.output
    return time.monotonic() - began


@pytest.mark.on_postgresql
def test_machines_share_the_work_and_one_that_stops_loses_nothing(
    make: Make, bot: SandboxServer, machines: Machines
) -> None:
    """One of them polls. It is stopped with messages under way: the other sends what is left, nothing
    comes twice, and polls from then on."""
    registration = make.registration(make.webinar(), "anna@example.org")
    core.contacts.link_telegram(registration.lead_id, ANNA, "@x", registration_id=None, proven=True)
    by_name = {_holder(machine): machine for machine in (machines.start(), machines.start())}
    assert eventually(lambda: bot.menu("en"), 30)
    bot.send_text(ANNA, "раз")
    assert eventually(lambda: _written(registration.lead_id) == ["раз"], 30)

    stopped, (left,) = by_name.pop(_polling()), by_name
    bot.set_latency(150)
    offers = plan(bot, 80)
    assert eventually(lambda: len(_arrived(bot)) >= 5, 30), stopped.output
    began = time.monotonic()
    assert stop(stopped) < DRAINED_WITHIN
    assert stopped.alive() == []
    bot.send_text(ANNA, "два")
    assert eventually(lambda: _written(registration.lead_id) == ["раз", "два"], DRAINED_WITHIN)
    assert time.monotonic() - began < LEASE_SECONDS / 2
    assert _polling() == left
    assert eventually(lambda: states(offers) == {"sent"}, 30), by_name[left].output
    assert sorted(_arrived(bot)) == list(range(FIRST_CHAT, FIRST_CHAT + 80))
    assert messages.counts().doubled == 0


def _arrived(bot: SandboxServer) -> list[int]:
    """The chats that offers came to, one for each."""
    return [each.chat_id for each in bot.messages if each.chat_id >= FIRST_CHAT]


def _holder(machine: MarkedProcess) -> str:
    """As the machine's poller names itself in the lease."""
    assert eventually(lambda: len(machine.alive(POLLING)) == 1)
    return f"{os.uname().nodename}:{machine.alive(POLLING)[0]}"


def _polling() -> str:
    """Who holds the lease, as soon as somebody does."""

    def held() -> str:
        db.session.remove()
        return db.session.execute(LEASE).scalar() or ""

    assert eventually(held, 30)
    return held()


LEASE = text("SELECT holder FROM inbox_poll_lease WHERE until > now()")


def _written(lead_id: int) -> list[str]:
    db.session.remove()
    found = reversed(core.timeline.of_lead(lead_id))
    return [e.payload["text"] for e in found if e.name == "core_contact_message_received"]
