"""Telegram's door: an update is stored unread and answered 200; a worker makes something of it."""

from flask import Blueprint

blueprint = Blueprint("telegram_inbox", __name__)

from app.blueprints.telegram_inbox import views  # noqa: F401
