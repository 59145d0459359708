"""The bot that stopped: what the banner tells, and the wish to have it checked."""

from flask import Response, flash
from flask_babel import gettext

from app import messages
from app.blueprints.dashboard import blueprint
from app.core import access
from app.extensions import htmx
from app.web import accounts, pages


@blueprint.get("/bot/")
@accounts.requires(access.MESSAGES_MANAGE)
def bot() -> Response:
    """The banner alone: it asks for itself while a check is under way."""
    return pages.page("components/stopped_bot.html", bot_works=messages.channel_alarm() is None)


@blueprint.post("/bot/check/")
@accounts.requires(access.MESSAGES_MANAGE)
def check_bot() -> Response:
    """A worker asks Telegram; here the wish is written down and nothing is waited for."""
    messages.channel.ask_for_check(accounts.viewer())
    if htmx:
        return bot()
    flash(gettext("Спрашиваем Telegram. Обновите страницу через несколько секунд."), "info")
    return pages.go("/dashboard/messages/")
