"""Make something of what came in: link chats, stop messages, pass replies on.

Each update is handled in one transaction with the mark that it is done, so that a crash handles
it again and a repetition not at all.
"""

import logging

from flask import current_app

from app import core, messages
from app.extensions import db
from app.messages.inbox import Incoming
from workers import queues
from workers.process import application
from workers.telegram import updates

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
        waiting = messages.inbox.due()
        for incoming in waiting:
            _handle(incoming)
        db.session.remove()
        total += len(waiting)
        if not waiting:
            break
    return total


def _handle(incoming: Incoming) -> None:
    try:
        with core.transaction():
            if messages.inbox.take(incoming):
                updates.handle(incoming.raw, f"{incoming.bot_id}:{incoming.update_id}")
    except Exception as error:
        log.exception("update %s was not understood", incoming.update_id)
        messages.inbox.failed(incoming, f"{type(error).__name__}: {error}")
