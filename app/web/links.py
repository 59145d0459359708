"""Whole addresses that a person takes along: the personal link and the bot's deep links."""

from urllib.parse import urlencode

from flask import current_app

from app import core
from app.core import RegistrationRecord
from app.web import pages, viewer


def room_link(registration: RegistrationRecord) -> str:
    """The registration's personal link, which opens its room from any device."""
    return pages.public_address(viewer.personal_path(registration))


def telegram_link(registration: RegistrationRecord) -> str | None:
    """The deep link by which a chat receives this registration's messages; None without a bot,
    and once the link was used."""
    token = core.tokens.unspent_for_registration(registration.registration_id)
    return telegram_address(token) if token else None


def telegram_address(token: str) -> str | None:
    """Where the bot is started with a token; the demo's own telephone stands in for Telegram."""
    settings = current_app.config["SETTINGS"]
    bot = settings.telegram_bot_username.lstrip("@")
    if not bot:
        return None
    if settings.efir_demo_telegram:
        query = urlencode({"bot": bot, "start": token})
        return f"{settings.efir_demo_telegram_url.rstrip('/')}/start?{query}"
    return f"https://t.me/{bot}?{urlencode({'start': token})}"
