"""How often an address may try. An office behind one address still gets in; a flood does not."""

from flask import Flask

from app.extensions import limiter
from app.redis_store import TIMEOUT_SECONDS

SUBMIT = "60 per minute; 600 per hour"
LOGIN = "20 per minute; 100 per hour"
LOGIN_ONE_ACCOUNT = "10 per 15 minutes"
LINK = "5 per hour"
ROOM = "120 per minute"


def connect(app: Flask) -> None:
    """Counted in Redis; in this process's memory while Redis is away."""
    settings = app.config["SETTINGS"]
    app.config.update(
        RATELIMIT_ENABLED=settings.ratelimit_enabled,
        RATELIMIT_STORAGE_URI=_storage(settings.redis_url),
        RATELIMIT_STORAGE_OPTIONS={
            "socket_timeout": TIMEOUT_SECONDS,
            "socket_connect_timeout": TIMEOUT_SECONDS,
        }
        if settings.redis_url
        else {},
        RATELIMIT_STRATEGY="fixed-window",
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=bool(settings.redis_url),
        RATELIMIT_HEADERS_ENABLED=False,
    )
    limiter.init_app(app)


def _storage(redis_url: str) -> str:
    if not redis_url:
        return "memory://"
    return redis_url.replace("unix://", "redis+unix://", 1)


__all__ = ["LINK", "LOGIN", "LOGIN_ONE_ACCOUNT", "ROOM", "SUBMIT", "connect", "limiter"]
