"""Logs: one line an event, structured, with tokens and e-mails struck out. Errors are told to a
Sentry where one is named: where in our code it was, and nothing of any person."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import sentry_sdk
import structlog
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.integrations.dedupe import DedupeIntegration
from sentry_sdk.integrations.excepthook import ExcepthookIntegration
from sentry_sdk.integrations.logging import LoggingIntegration
from sentry_sdk.types import Event, Hint

from app.settings import Settings

log = logging.getLogger(__name__)

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
    if settings.smtp_url:
        log.warning("SMTP_URL is set, but this release sends no e-mail: links go to Telegram")
    if settings.sentry_dsn:
        _report_errors(settings)


def _report_errors(settings: Settings) -> None:
    """What is logged as an error, and what ends a process. None of the integrations that look at
    requests, queries or jobs is used: what they would add is of people."""
    sentry_sdk.init(
        dsn=settings.sentry_dsn,
        environment=settings.efir_env,
        before_send=_without_people,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        send_client_reports=False,
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[
            LoggingIntegration(level=None, event_level=logging.ERROR),
            ExcepthookIntegration(),
            DedupeIntegration(),
            AtexitIntegration(callback=lambda _pending, _timeout: None),
        ],
    )


def _without_people(event: Event, _hint: Hint) -> Event:
    """The kind of an error and its place. Of its words the first line: what follows in those of
    a database are the values of a row."""
    told = event.get("logentry")
    if told is not None:
        event["logentry"] = {"message": _first_line(told.get("message"))}
    for each in event.get("exception", {}).get("values", []):
        each["value"] = _first_line(each.get("value"))
    for part in ("request", "user", "extra", "breadcrumbs"):
        event.pop(part, None)  # type: ignore[misc]
    return event


def _first_line(words: object) -> str:
    return redact(str(words or "").partition("\n")[0])


def _is_ours(handler: logging.Handler) -> bool:
    return isinstance(handler.formatter, structlog.stdlib.ProcessorFormatter)


def _redact_all(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = redact(value)
    return event
