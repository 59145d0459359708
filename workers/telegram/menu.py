"""The bot's menu of commands: what a person finds behind «/», in each language that we speak."""

import logging

from flask_babel import force_locale, gettext

from app.web.localisation import LANGUAGES
from workers.telegram.errors import CallFailed
from workers.telegram.transport import TelegramTransport

log = logging.getLogger(__name__)


def show(transport: TelegramTransport, default: str) -> bool:
    """Tell Telegram of it; who speaks no language of ours sees it in the `default` one. False
    where Telegram did not take it: the bot works all the same, and another time will do."""
    try:
        for language in LANGUAGES:
            transport.set_commands(_commands(language), "" if language == default else language)
    except CallFailed as failure:
        log.warning("the bot's menu was not set: %s", failure)
        return False
    return True


def _commands(language: str) -> dict[str, str]:
    with force_locale(language):
        return {
            "start": gettext("Включить сообщения"),
            "stop": gettext("Остановить сообщения"),
        }
