"""Ask Telegram whether it knows the bot: after a revoked token, when a person wants to know, and
now and then. The site never asks; it leaves a wish in the database."""

import logging

from flask import current_app

from app import messages
from app.extensions import db
from workers import queues
from workers.process import application
from workers.telegram.errors import CallFailed
from workers.telegram.transport import TelegramTransport, Timeouts

log = logging.getLogger(__name__)
PATIENCE = Timeouts(connect=3.0, pool=1.0, write=3.0, read=6.0, ceiling=8.0)


def drain() -> int:
    """The job of the bell `bot`; answers how many checks were made."""
    with application().app_context():
        queues.answered(current_app.config["SETTINGS"].redis_url, "bot")
        return drain_here()


def drain_here() -> int:
    if not messages.channel.take_check():
        return 0
    db.session.remove()
    settings = current_app.config["SETTINGS"]
    outcome = _ask(settings.telegram_bot_token, settings.telegram_api_url)
    log.info("the bot was checked: %s", outcome)
    messages.channel.checked(outcome)
    db.session.remove()
    return 1


def _ask(token: str, api_url: str) -> str:
    """A word of `messages.channel`. Without a token nothing is held back: it is skipped."""
    if not token:
        return messages.channel.WORKS
    transport = TelegramTransport(token, api_url, concurrency=1, timeouts=PATIENCE)
    try:
        transport.get_me()
    except CallFailed as failure:
        revoked = failure.outcome.kind == "bot_revoked"
        return messages.channel.REFUSED if revoked else messages.channel.NO_ANSWER
    finally:
        transport.close()
    return messages.channel.WORKS
