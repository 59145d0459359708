"""The webhook. Anything without Telegram's secret is 403 and changes nothing."""

import hmac
import json
import math
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
    request.max_content_length = LARGEST_UPDATE
    read = request.get_data()
    if len(read) >= LARGEST_UPDATE:  # a body of no told length ends at the limit, silently
        abort(413)
    body = read.decode("utf-8", "replace")
    # What is no update is answered 200 too: Telegram would repeat it for a day.
    messages.inbox.receive(settings.telegram_bot_token.partition(":")[0], _parsed(body), body)
    return "", 200


def _parsed(body: str) -> Any:
    """The JSON, or None for what no database would take: NaN, infinities, bottomless nesting."""
    try:
        return json.loads(body, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError):
        return None


def _refuse(name: str) -> Any:
    raise ValueError(name)


def _finite(digits: str) -> float:
    number = float(digits)
    return number if math.isfinite(number) else _refuse(digits)
