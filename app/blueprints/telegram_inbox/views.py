"""The webhook. Anything without Telegram's secret is 403 and changes nothing."""

import hmac
import json
from typing import Any

from flask import abort, current_app, request

from app import messages
from app.blueprints.telegram_inbox import blueprint
from app.extensions import csrf, limiter

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
LARGEST_UPDATE = 1_048_576


@blueprint.post("/telegram/webhook/")
@csrf.exempt
@limiter.exempt
def webhook() -> tuple[str, int]:
    settings = current_app.config["SETTINGS"]
    secret = settings.telegram_webhook_secret
    given = request.headers.get(SECRET_HEADER, "")
    if not secret or not hmac.compare_digest(given.encode(), secret.encode()):
        abort(403)
    if (request.content_length or 0) > LARGEST_UPDATE:
        abort(413)
    _store(settings.telegram_bot_token.partition(":")[0], request.get_data(as_text=True))
    return "", 200


def _store(bot_id: str, body: str) -> None:
    """A body that is no update is answered 200 too: Telegram would repeat it for a day."""
    raw = _parsed(body)
    update_id = raw.get("update_id") if isinstance(raw, dict) else None
    if isinstance(update_id, int) and not isinstance(update_id, bool):
        messages.inbox.store(bot_id, update_id, raw)
    else:
        messages.inbox.store_poison(bot_id, body)


def _parsed(body: str) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
