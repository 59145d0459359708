"""Redis as an optional helper: never the only place of anything, never worth waiting for."""

import logging
import time
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

import redis
from flask import current_app

log = logging.getLogger(__name__)
T = TypeVar("T")

TIMEOUT_SECONDS = 0.3
REST_SECONDS = 2.0
_resting_until = 0.0


@lru_cache(maxsize=8)
def client(url: str) -> redis.Redis:
    """One pooled client an address; answers are bytes."""
    return redis.Redis.from_url(
        url,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        health_check_interval=30,
    )


def ask(question: Callable[[redis.Redis], T], otherwise: T) -> T:
    """Put a question to Redis; `otherwise` where there is none, or it does not answer.

    After a failure nobody asks for two seconds, so that an outage costs one timeout, not one a
    request.
    """
    global _resting_until
    url = current_app.config["SETTINGS"].redis_url
    if not url or time.monotonic() < _resting_until:
        return otherwise
    try:
        return question(client(url))
    except redis.RedisError as error:
        _resting_until = time.monotonic() + REST_SECONDS
        log.warning("redis did not answer: %s", type(error).__name__)
        return otherwise
