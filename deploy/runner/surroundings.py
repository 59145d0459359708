"""The environment of the product's processes: what the operator left to the runner."""

import os
import secrets
from pathlib import Path

from deploy.runner.given import given, in_production, is_on
from deploy.runner.preflight import HOST

SHORTEST_SECRET = 32
DEMO_TOKEN = "1000:demo"
DEMO_BOT = "efir_demo_bot"
DEMO_TEAM_CHAT = "-1000"


def surroundings(*, port: int, data: Path, redis_url: str, sandbox_url: str) -> dict[str, str]:
    """The whole environment; what was given is left as it was given."""
    left_to_us = {
        "PORT": str(port),
        "EFIR_DATA_DIR": str(data),
        "REDIS_URL": redis_url,
        "PUBLIC_URL": given("PUBLIC_URL", f"http://{HOST}:{port}"),
        "PYTHONUNBUFFERED": "1",
    }
    if not given("SECRET_KEY") and not in_production():
        left_to_us["SECRET_KEY"] = kept_secret(data / "secret_key")
    if sandbox_url:
        left_to_us |= _telegram_at(sandbox_url)
    return os.environ | left_to_us


def demo_telegram_wanted() -> bool:
    """The sandbox stands in for Telegram wherever no bot is configured; never in production."""
    default = not given("TELEGRAM_BOT_TOKEN")
    return is_on("EFIR_DEMO_TELEGRAM", default=default) and not in_production()


def demo_token() -> str:
    return given("TELEGRAM_BOT_TOKEN", DEMO_TOKEN)


def _telegram_at(sandbox_url: str) -> dict[str, str]:
    return {
        "EFIR_DEMO_TELEGRAM": "1",
        "EFIR_DEMO_TELEGRAM_URL": sandbox_url,
        "TELEGRAM_API_URL": sandbox_url,
        "TELEGRAM_BOT_TOKEN": demo_token(),
        "TELEGRAM_BOT_USERNAME": given("TELEGRAM_BOT_USERNAME", DEMO_BOT),
        "TELEGRAM_CHAT_ID": given("TELEGRAM_CHAT_ID", DEMO_TEAM_CHAT),
    }


def kept_secret(file: Path) -> str:
    """The secret of this data directory, made at the first start, readable by its owner alone."""
    secret = file.read_text().strip() if file.exists() else ""
    if len(secret) < SHORTEST_SECRET:
        secret = secrets.token_urlsafe(48)
        file.unlink(missing_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as writer:
            writer.write(secret)
    return secret
