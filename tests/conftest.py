"""Real parts for every test: a fresh database, a Redis of its own, an application over them."""

import os
from pathlib import Path

import pytest

os.environ["EFIR_ENV"] = "development"
for name in ("DATABASE_URL", "REDIS_URL", "TELEGRAM_BOT_TOKEN", "TELEGRAM_CHAT_ID", "PUBLIC_URL"):
    os.environ.pop(name, None)

pytest_plugins = [
    "tests.fixtures.stores",
    "tests.fixtures.application",
    "tests.fixtures.listening",
    "tests.fixtures.stack",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with browsers last: Playwright keeps an event loop running in the process that began
    it, and code that runs a loop of its own could not do so after that. Those that start a running
    product come first among them, since they take longest."""
    turns: dict[Path, int] = {}
    for item in items:
        turns[item.path] = max(turns.get(item.path, 0), _turn(item))
    items.sort(key=lambda item: turns[item.path])


def _turn(item: pytest.Item) -> int:
    used = getattr(item, "fixturenames", ())
    if "redis_stack" in used:
        return 1
    return 2 if "chromium" in used else 0
