"""Messages of the ledger in words: kind, recipient, state, reason."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from app import messages

KINDS: dict[str, LazyString] = messages.reasons.KINDS
STATES: dict[str, LazyString] = messages.reasons.STATES
RECIPIENTS: dict[str, LazyString] = {
    messages.TEAM: lazy_gettext("команде"),
    messages.LEAD: lazy_gettext("лиду"),
}
TONES: dict[str, str] = {
    "sent": "ok",
    "failed": "danger",
    "unknown": "danger",
    "skipped": "warn",
    "waiting": "warn",
}
OUTCOMES: dict[str, LazyString] = {
    "sent": lazy_gettext("принято"),
    "retry_later": lazy_gettext("не ушло, повторим"),
    "refused": lazy_gettext("отказ"),
    "blocked": lazy_gettext("бот заблокирован"),
    "migrated": lazy_gettext("чат переехал"),
    "bot_revoked": lazy_gettext("токен бота отозван"),
    "unknown": lazy_gettext("ответа нет"),
}
reason = messages.reasons.in_words


def kind(value: str) -> str:
    return str(KINDS.get(value, value))


def recipient(value: str) -> str:
    return str(RECIPIENTS.get(value, value))


def state(value: str) -> str:
    return str(STATES.get(value, value))


def tone(value: str) -> str:
    return TONES.get(value, "")


def outcome(value: str | None) -> str:
    return str(OUTCOMES.get(value or "", value or "—"))


def title_of(payload: Mapping[str, Any]) -> str:
    """«Приветствие, команде», from the members of a `message_*` fact."""
    who = recipient(str(payload.get("recipient", "")))
    return f"{kind(str(payload.get('kind', '')))}, {who}"
