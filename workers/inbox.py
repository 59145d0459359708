"""Make something of what came in: link chats, stop messages, pass replies on.

Each update is handled in one transaction with the mark that it is done, so that a crash handles
it again and a repetition not at all.
"""

import logging
from typing import Any

from flask import current_app

from app import core, messages
from app.extensions import db
from app.messages.inbox import Incoming
from workers import queues
from workers.process import application
from workers.telegram import buttons, updates

log = logging.getLogger(__name__)
LONGEST_DRAIN = 50


def drain() -> int:
    """The job of the bell `updates`; answers how many updates were taken up."""
    with application().app_context():
        queues.answered(current_app.config["SETTINGS"].redis_url, "updates")
        return drain_here()


def drain_here() -> int:
    total = 0
    for _ in range(LONGEST_DRAIN):
        due = messages.inbox.due()
        ends = [(incoming.raw, _handle(incoming)) for incoming in due]
        db.session.remove()
        taken = [(raw, end) for raw, end in ends if end is not None]
        _settle_buttons(taken)
        total += len(taken)
        if not taken:
            break
    return total


def _handle(incoming: Incoming) -> bool | None:
    """Whether it was obeyed; None where another has it, or an earlier one of the same chat is not
    done yet."""
    try:
        with core.transaction():
            if not messages.inbox.take(incoming):
                return None
            updates.handle(incoming.raw, f"{incoming.bot_id}:{incoming.update_id}")
    except Exception as error:
        log.exception("update %s was not understood", incoming.update_id)
        messages.inbox.failed(incoming, f"{type(error).__name__}: {error}")
        return False
    return True


def _settle_buttons(taken: list[tuple[Any, bool]]) -> None:
    """A pressed button shows a clock until it is answered: of use at once or not at all."""
    presses = [buttons.press_of(raw, obeyed=obeyed) for raw, obeyed in taken]
    pressed = [press for press in presses if press is not None]
    settings = current_app.config["SETTINGS"]
    if pressed and settings.telegram_bot_token and not messages.paused():
        db.session.remove()
        buttons.settle(settings.telegram_bot_token, settings.telegram_api_url, pressed)
