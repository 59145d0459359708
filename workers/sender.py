"""Send what is due: claim, wait for the rate limit, call Telegram outside any transaction, settle."""

import logging
import time
from functools import lru_cache

from flask import current_app
from sqlalchemy.exc import DBAPIError

from app import messages
from app.extensions import db
from app.messages import Answer, Claim
from app.settings import Settings
from workers import queues
from workers.process import application
from workers.telegram.outcome import Outcome
from workers.telegram.rate import LocalLimiter, Rate, RateLimiter
from workers.telegram.transport import Request, TelegramTransport

log = logging.getLogger(__name__)
AT_ONCE = 4
LONGEST_WAIT = 1.2
DRAIN_SECONDS = 5.0
SETTLE_TRIES = 6


def drain() -> int:
    """The job of the bell `messages`; answers how many messages were tried."""
    with application().app_context():
        queues.answered(_settings().redis_url, "messages")
        return drain_here()


def drain_here() -> int:
    """The same inside an application context that the caller holds. Ends within some seconds,
    so that a worker told to stop does; the ticker rings again for what is left."""
    total, until = 0, time.monotonic() + DRAIN_SECONDS
    while time.monotonic() < until:
        claims = messages.claim_due(AT_ONCE)
        db.session.remove()
        if not claims:
            break
        total += len(claims)
        _send(claims)
    return total


def _send(claims: list[Claim]) -> None:
    admitted = [claim for claim in claims if _admitted(claim)]
    requests = [Request(claim.chat, claim.text, claim.buttons) for claim in admitted]
    outcomes = _transport(*_bot()).send_many(requests) if requests else []
    for claim, outcome in zip(admitted, outcomes, strict=True):
        _settle(claim, outcome)


def _admitted(claim: Claim) -> bool:
    """Take a token of the rate limit; a message that would wait long goes back to the ledger."""
    limiter = _limiter(_settings())
    until = time.monotonic() + LONGEST_WAIT
    while wait := limiter.acquire(claim.chat):
        if time.monotonic() + wait > until:
            messages.hand_back(claim, wait)
            return False
        time.sleep(wait)
    return True


def _settle(claim: Claim, outcome: Outcome) -> None:
    """Write the answer down, again and again while the database is away: it is the only proof."""
    answer = Answer(
        kind=outcome.kind,
        external_id=str(outcome.message_id) if outcome.message_id else None,
        retry_after=outcome.retry_after,
        new_chat=outcome.new_chat_id,
        cause=f"{outcome.cause} {outcome.detail}".strip(),
    )
    for attempt in range(SETTLE_TRIES):
        try:
            messages.settle(claim, answer)
            if outcome.kind == "retry_later" and outcome.retry_after:
                messages.pause_channel(outcome.retry_after)
            return
        except DBAPIError:
            db.session.rollback()
            db.session.remove()
            log.warning("message %s: the answer is not written yet", claim.message_id)
            time.sleep(min(0.2 * 2**attempt, 5))
    log.error("message %s: the answer could not be written down", claim.message_id)


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _bot() -> tuple[str, str]:
    return _settings().telegram_bot_token, _settings().telegram_api_url


@lru_cache(maxsize=2)
def _transport(token: str, api_url: str) -> TelegramTransport:
    return TelegramTransport(token, api_url, concurrency=AT_ONCE)


_limiters: dict[tuple[object, ...], RateLimiter | LocalLimiter] = {}


def _limiter(settings: Settings) -> RateLimiter | LocalLimiter:
    rate = Rate(
        settings.telegram_messages_per_second,
        settings.telegram_chat_messages_per_second,
        int(settings.telegram_group_messages_per_minute),
    )
    key = (settings.redis_url, rate)
    if key not in _limiters:
        url = settings.redis_url
        _limiters[key] = RateLimiter.connect(url, rate) if url else LocalLimiter(rate)
    return _limiters[key]
