"""Logs: one line an event, structured, with tokens and e-mails struck out."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from app.settings import Settings

EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
BOT_TOKEN = re.compile(r"\b\d{3,}:[A-Za-z0-9_-]{3,}")
SECRET_PATHS = re.compile(r"(/r/|/login/|start=|/poll/)[A-Za-z0-9_.=-]{16,}")
SECRET_PAIRS = re.compile(
    r"(?i)((?:password|token|secret|authorization)[\"']?\s*[=:]\s*[\"']?)[^\s\"'&,}]+"
)


def redact(text: str) -> str:
    """The text without e-mails, bot tokens, personal links and other secrets."""
    text = EMAIL.sub("[e-mail]", text)
    text = BOT_TOKEN.sub("[bot token]", text)
    text = SECRET_PATHS.sub(r"\1[token]", text)
    return SECRET_PAIRS.sub(r"\1[secret]", text)


def configure(settings: Settings) -> None:
    """Log to standard error: JSON in production, plain lines elsewhere."""
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.in_production
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _redact_all,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [held for held in root.handlers if not _is_ours(held)] + [handler]
    root.setLevel(logging.INFO)
    for chatty in ("httpx", "httpcore", "werkzeug", "alembic", "rq"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def _is_ours(handler: logging.Handler) -> bool:
    return isinstance(handler.formatter, structlog.stdlib.ProcessorFormatter)


def _redact_all(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = redact(value)
    return event
