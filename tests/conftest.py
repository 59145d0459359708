"""Real parts for every test: a fresh database, a Redis of its own, an application over them."""

import os

os.environ["EFIR_ENV"] = "development"
for name in ("DATABASE_URL", "REDIS_URL", "TELEGRAM_BOT_TOKEN", "TELEGRAM_CHAT_ID", "PUBLIC_URL"):
    os.environ.pop(name, None)

pytest_plugins = [
    "tests.fixtures.stores",
    "tests.fixtures.application",
    "tests.fixtures.stack",
]
