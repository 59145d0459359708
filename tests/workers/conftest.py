"""A sandbox Bot API that stands for Telegram, and settings that lead to it."""

from collections.abc import Iterator
from typing import Any

import pytest

from workers import sender
from workers.telegram import polling
from workers.telegram.sandbox import SandboxServer
from workers.telegram.transport import TelegramTransport, Timeouts

ANNA, BORIS, TEAM = 42, 43, -1000


@pytest.fixture(scope="module")
def bot_api() -> Iterator[SandboxServer]:
    with SandboxServer() as server:
        yield server
        sender._transport(server.token, server.url, Timeouts()).close()
        sender._transport.cache_clear()


@pytest.fixture
def bot(bot_api: SandboxServer) -> SandboxServer:
    """The sandbox with nothing sent, no fault and no update waiting; two people know the bot."""
    well = {"started": True, "blocked": False, "deactivated": False, "migrated_to": None}
    for chat_id in (ANNA, BORIS, TEAM):
        bot_api.add_chat(chat_id, f"Гость {chat_id}", **well)
    bot_api.reset()
    sender._limiters.clear()  # what this process sent in another test
    return bot_api


def bot_settings(server: SandboxServer) -> dict[str, Any]:
    """Settings of an application whose Telegram is the sandbox, at no rate that tests notice."""
    return {
        "telegram_bot_token": server.token,
        "telegram_api_url": server.url,
        "telegram_chat_id": TEAM,
        "telegram_messages_per_second": 10_000,
        "telegram_chat_messages_per_second": 10_000,
        "telegram_group_messages_per_minute": 10_000,
        "public_url": "https://efir.example",
    }


def poll(server: SandboxServer) -> None:
    """Fetch what people wrote to the bot, as the poller does, and store it."""
    transport = TelegramTransport(server.token, server.url)
    try:
        assert polling._turn(transport, server.token, "test") == 0.0
    finally:
        transport.close()
