"""The database goes away under the sender: what it took, and what it was answered, are not lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from app import messages
from app.extensions import db
from tests.fixtures.parallel import at_once
from tests.fixtures.servers import wait_until
from tests.workers.conftest import bot_settings
from workers import sender
from workers.telegram.sandbox import SandboxServer

GONE = OperationalError("", {}, Exception("server closed the connection unexpectedly"))


@pytest.fixture
def settings_overrides(bot: SandboxServer) -> dict[str, Any]:
    return bot_settings(bot)


def offer() -> int:
    planned = messages.plan(
        messages.Plan(
            kind="welcome",
            recipient=messages.TEAM,
            dedupe="x",
            values={"lead_id": 1},
            policy=messages.AT_MOST_ONCE,
        )
    )
    assert planned is not None
    return planned


def send() -> int:
    db.session.remove()
    return sender.drain()


def outcomes(message_id: int) -> tuple[str, list[str | None]]:
    db.session.remove()
    tried = [each.outcome for each in messages.attempts(message_id)]
    return messages.get(message_id).state, tried


@contextmanager
def commit_without_answer() -> Iterator[None]:
    """The next commit happens, and whoever asked for it is told that the connection is gone."""
    left = [GONE]

    def lose(connection: Any) -> None:
        if left:
            connection.connection.dbapi_connection.commit()
            raise left.pop()

    event.listen(db.engine, "commit", lose)
    try:
        yield
        assert not left
    finally:
        event.remove(db.engine, "commit", lose)


@contextmanager
def claims_failing() -> Iterator[list[str]]:
    """While `failed` is not closed by a word, claims find no database; says how many did not."""
    failed: list[str] = []
    wanted = "FROM message \nWHERE message.state = "

    def refuse(*arguments: Any) -> None:
        statement: str = arguments[2]
        if wanted in statement and "LIMIT" in statement and "over" not in failed and "on" in failed:
            failed.append(statement)
            raise GONE

    event.listen(db.engine, "before_cursor_execute", refuse)
    try:
        yield failed
    finally:
        event.remove(db.engine, "before_cursor_execute", refuse)


@pytest.mark.both_databases
def test_claim_whose_commit_had_no_answer_is_given_back_and_goes_once(
    app: Flask, bot: SandboxServer
) -> None:
    message_id = offer()
    with commit_without_answer(), pytest.raises(OperationalError):
        send()
    assert outcomes(message_id) == ("sending", [None])
    assert send() == 1
    assert outcomes(message_id) == ("sent", ["sent"])
    assert len(bot.messages) == 1
    assert not sender._unconfirmed


@pytest.mark.both_databases
def test_answer_whose_commit_had_no_answer_is_no_doubt(app: Flask, bot: SandboxServer) -> None:
    message_id = offer()

    def lose() -> None:
        wait_until(lambda: bot.calls["sendMessage"] == 1)
        with commit_without_answer():
            wait_until(lambda: len(bot.messages) == 1 and outcomes(message_id)[0] == "sent")

    bot.set_latency(300)
    at_once(app, [lose, sender.drain_here])
    assert outcomes(message_id) == ("sent", ["sent"])
    assert len(bot.messages) == 1


@pytest.mark.both_databases
def test_database_that_is_gone_while_a_message_flies_gets_its_answer_later(
    app: Flask, bot: SandboxServer
) -> None:
    message_id = offer()
    bot.set_latency(300)

    def go_and_come_back(failed: list[str]) -> None:
        wait_until(lambda: bot.calls["sendMessage"] == 1)
        failed.append("on")
        wait_until(lambda: len(failed) > 2 and len(bot.messages) == 1)
        failed.append("over")

    with claims_failing() as failed:
        at_once(app, [lambda: go_and_come_back(failed), sender.drain_here])
    assert outcomes(message_id) == ("sent", ["sent"])
    assert len(bot.messages) == 1
