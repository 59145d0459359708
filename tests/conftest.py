"""Real parts for every test: a fresh database, a Redis of its own, an application over them."""

import os

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
    """Browsers last: Playwright keeps an event loop running in the process that began it, and
    code that runs a loop of its own could not do so after that. The longest of them first."""
    items.sort(key=_turn)
    for item in items:
        if "stack" in _fixtures(item):
            item.add_marker(pytest.mark.xdist_group("the one running product"))


def _turn(item: pytest.Item) -> int:
    if "chromium" not in _fixtures(item):
        return 0
    return 1 if "redis_stack" in _fixtures(item) else 2


def _fixtures(item: pytest.Item) -> list[str]:
    return getattr(item, "fixturenames", [])
