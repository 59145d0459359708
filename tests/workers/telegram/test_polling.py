"""Long polling: one machine at a time, never beside a webhook, and quiet when told off."""

import json
from typing import Any

import pytest
from flask import Flask

from app import messages
from app.extensions import db
from tests.workers.conftest import bot_settings
from workers.telegram import menu, polling
from workers.telegram.sandbox import SandboxServer
from workers.telegram.transport import TelegramTransport

ANNA = 42


@pytest.fixture
def settings_overrides(telegram: SandboxServer) -> dict[str, Any]:
    return bot_settings(telegram)


def turn(telegram: SandboxServer, transport: TelegramTransport, holder: str = "one") -> float:
    return polling._turn(transport, telegram.token, holder)


def kept() -> list[tuple[int, str]]:
    db.session.remove()
    rows = db.session.execute(db.metadata.tables["inbox_update"].select()).mappings()
    return sorted((row["update_id"], row["state"]) for row in rows)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "WAIT_SECONDS", 0)


@pytest.mark.both_databases
def test_other_machine_does_not_poll(
    app: Flask, telegram: SandboxServer, transport: TelegramTransport
) -> None:
    turn(telegram, transport)
    before = telegram.calls["getUpdates"]
    assert turn(telegram, transport, "two") == polling.REST_SECONDS
    assert telegram.calls["getUpdates"] == before


@pytest.mark.both_databases
def test_machine_that_stops_lets_another_begin_at_once(
    app: Flask, telegram: SandboxServer, transport: TelegramTransport
) -> None:
    telegram.send_text(ANNA, "раз")
    turn(telegram, transport)
    messages.inbox.release_poll(polling.bot_id(telegram.token), "two")
    assert turn(telegram, transport, "two") == polling.REST_SECONDS
    messages.inbox.release_poll(polling.bot_id(telegram.token), "one")
    telegram.send_text(ANNA, "два")
    assert turn(telegram, transport, "two") == 0.0
    assert len(kept()) == 2


def test_webhook_lets_polling_rest(
    app: Flask, telegram: SandboxServer, transport: TelegramTransport
) -> None:
    transport.set_webhook("https://efir.example/telegram/webhook/", "secret")
    assert turn(telegram, transport) == polling.REST_WITH_WEBHOOK
    assert telegram.calls["getUpdates"] == 0


def test_conflict_leaves_the_other_poller_alone(
    app: Flask,
    telegram: SandboxServer,
    transport: TelegramTransport,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The webhook was set between the question and the poll: Telegram says 409."""
    transport.set_webhook("https://efir.example/telegram/webhook/", "secret")
    monkeypatch.setattr(transport, "webhook_info", lambda: {"url": ""})
    assert turn(telegram, transport) == polling.REST_AFTER_CONFLICT
    assert messages.channel_alarm() is None


def test_token_that_is_not_known_raises_the_alarm(
    app: Flask, telegram: SandboxServer, transport: TelegramTransport
) -> None:
    telegram.fail("401", method="")
    assert turn(telegram, transport) == polling.REST_REVOKED
    assert messages.channel_alarm() == "bot_revoked"


@pytest.mark.parametrize("mode", ["500", "502", "accept_garbage", "close"])
def test_bad_weather_is_waited_out(
    app: Flask, telegram: SandboxServer, transport: TelegramTransport, mode: Any
) -> None:
    telegram.send_text(ANNA, "раз")
    telegram.fail(mode, 1, method="getUpdates")
    assert turn(telegram, transport) == polling.REST_SECONDS
    assert turn(telegram, transport) == 0.0
    assert len(kept()) == 1


def test_menu_is_shown_in_the_languages_of_the_bot(
    app: Flask, telegram: SandboxServer, transport: TelegramTransport
) -> None:
    assert menu.show(transport, "ru")
    assert telegram.menu() == {"start": "Включить сообщения", "stop": "Остановить сообщения"}
    assert telegram.menu("fr") == telegram.menu("ru") == telegram.menu()
    assert telegram.menu("en") == {"start": "Turn messages on", "stop": "Stop messages"}


def test_menu_that_telegram_does_not_take_is_shown_another_time(
    app: Flask, telegram: SandboxServer, transport: TelegramTransport
) -> None:
    telegram.fail("500", 1, method="setMyCommands")
    assert not menu.show(transport, "ru")
    assert menu.show(transport, "ru")


def test_update_of_no_shape_is_put_aside_and_the_rest_comes(
    app: Flask, telegram: SandboxServer, transport: TelegramTransport, monkeypatch: Any
) -> None:
    strange = [{"update_id": "x"}, {"update_id": 5, "message": {}}, {}]
    monkeypatch.setattr(transport, "get_updates", lambda *given: json.loads(json.dumps(strange)))
    assert turn(telegram, transport) == 0.0
    assert [state for _, state in kept()] == ["dead", "dead", "new"]
    assert messages.inbox.hold_poll(polling.bot_id(telegram.token), "one", 1) == 6
