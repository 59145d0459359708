"""Long polling, where no webhook is set: under a lease, so that two machines do not poll at once."""

import json
import logging
import math
import os
import socket
import time

from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from app import messages
from app.extensions import db
from app.settings import Settings
from workers.process import application
from workers.stop_signal import StopSignal
from workers.telegram import menu
from workers.telegram.errors import CallFailed
from workers.telegram.transport import TelegramTransport, Timeouts

log = logging.getLogger(__name__)
WAIT_SECONDS = 3
REST_SECONDS = 5.0
REST_WITH_WEBHOOK = 60.0
REST_AFTER_CONFLICT = 15.0
REST_REVOKED = 10.0
REST_WITHOUT_MENU = 60.0


def bot_id(token: str) -> str:
    """The public half of a bot's token."""
    return token.partition(":")[0]


def run() -> None:
    """Until told to stop. Without a bot there is nothing to do but wait."""
    holder = f"{socket.gethostname()}:{os.getpid()}"
    with application().app_context(), StopSignal() as stop:
        settings = current_app.config["SETTINGS"]
        token = settings.telegram_bot_token
        transport = _transport(settings) if token else None
        menu_at = 0.0
        while not stop.asked:
            if transport is not None and time.monotonic() >= menu_at:
                shown = menu.show(transport, settings.default_locale)
                menu_at = math.inf if shown else time.monotonic() + REST_WITHOUT_MENU
            stop.wait(_turn(transport, token, holder))
        if transport is not None:
            _let_go(token, holder)


def _transport(settings: Settings) -> TelegramTransport:
    token, api_url = settings.telegram_bot_token, settings.telegram_api_url
    return TelegramTransport(token, api_url, timeouts=Timeouts.of(settings))


def _let_go(token: str, holder: str) -> None:
    """Another machine need not wait for the lease of one that was told to stop."""
    try:
        messages.inbox.release_poll(bot_id(token), holder)
    except SQLAlchemyError:
        log.warning("polling: the lease could not be given back, it will run out")


def _turn(transport: TelegramTransport | None, token: str, holder: str) -> float:
    """One look for updates; answers how many seconds to rest before the next."""
    if transport is None:
        return REST_WITH_WEBHOOK
    try:
        lease = current_app.config["SETTINGS"].poll_lease_seconds
        offset = messages.inbox.hold_poll(bot_id(token), holder, lease)
        if offset is None:
            return REST_SECONDS
        if transport.webhook_info().get("url"):
            return REST_WITH_WEBHOOK
        return 0.0 if _poll(transport, token, holder, offset) else 0.05
    except CallFailed as error:
        return _after_failure(error)
    except Exception:
        db.session.rollback()
        log.exception("polling failed")
        return REST_SECONDS
    finally:
        db.session.remove()


def _after_failure(error: CallFailed) -> float:
    """A token that is not known stops the bot; whoever else polls (409) is left alone a while."""
    log.warning("polling: %s", error)
    if error.outcome.kind == "bot_revoked":
        messages.channel.raise_alarm(messages.reasons.BOT_REVOKED)
        return REST_REVOKED
    return REST_AFTER_CONFLICT if error.outcome.cause == "conflict" else REST_SECONDS


def _poll(transport: TelegramTransport, token: str, holder: str, offset: int) -> int:
    """Store what came before asking for more: Telegram forgets what an offset has passed."""
    received = transport.get_updates(offset or None, WAIT_SECONDS)
    for raw in received:
        messages.inbox.receive(bot_id(token), raw, json.dumps(raw))
    numbers = [raw["update_id"] for raw in received if type(raw.get("update_id")) is int]
    if numbers:
        messages.inbox.polled(bot_id(token), holder, max(numbers) + 1)
    return len(received)
