"""Updates that came in and could not be handled: what is wrong, and another try."""

import json

from flask import Response, abort, flash, request
from flask_babel import gettext

from app import messages
from app.blueprints.dashboard import blueprint
from app.blueprints.dashboard.desk import show
from app.core import access
from app.web import accounts, pages

HERE = "/dashboard/messages/incoming/"
LONGEST_RAW = 4000


@blueprint.get("/messages/incoming/")
@accounts.requires(access.MESSAGES_MANAGE)
def incoming() -> Response:
    dead = messages.inbox.dead()
    return show("messages", "incoming.html", updates=dead, raw=_raw, total=_total(len(dead)))


def _total(shown: int) -> int:
    return messages.inbox.dead_count() if shown else 0


def _raw(update: messages.inbox.DeadUpdate) -> str:
    return json.dumps(update.raw, ensure_ascii=False, indent=1)[:LONGEST_RAW]


@blueprint.post("/messages/incoming/again/")
@accounts.requires(access.MESSAGES_MANAGE)
def try_update_again() -> Response:
    """Pressed twice, or by two people, it is one more try."""
    update_id = request.form.get("update_id", type=int)
    bot_id = request.form.get("bot_id", "")[:32]
    if update_id is None or not 0 <= update_id <= messages.inbox.LARGEST_NUMBER:
        abort(400)
    if messages.inbox.try_again(bot_id, update_id, actor=accounts.viewer()):
        flash(gettext("Попробуем ещё раз через несколько секунд."), "success")
    else:
        flash(gettext("Это уже сделано."), "warning")
    return pages.go(HERE)
