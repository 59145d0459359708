"""Messages of the ledger in words: kind, recipient, state, reason."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask_babel import format_timedelta, lazy_gettext
from flask_babel.speaklater import LazyString

from app import clock, messages

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
CAUSES: dict[str, LazyString] = {
    "accepted": lazy_gettext("Telegram принял сообщение"),
    "flood_control": lazy_gettext("Telegram попросил подождать"),
    "chat_migrated": lazy_gettext("группа стала супергруппой, у неё новый номер"),
    "unauthorized": lazy_gettext("Telegram не знает такого токена"),
    "connect_error": lazy_gettext("не удалось соединиться с Telegram"),
    "connect_timeout": lazy_gettext("не удалось соединиться с Telegram вовремя"),
    "pool_timeout": lazy_gettext("не дождались свободного соединения"),
    "read_timeout": lazy_gettext("Telegram не ответил вовремя"),
    "write_timeout": lazy_gettext("не удалось передать сообщение вовремя"),
    "ceiling": lazy_gettext("Telegram не ответил вовремя"),
    "disconnected": lazy_gettext("связь оборвалась до ответа"),
    "garbled_answer": lazy_gettext("ответ пришёл испорченным"),
    "server_error": lazy_gettext("ошибка на стороне Telegram"),
    "foreign_answer": lazy_gettext("ответил не Telegram, а кто-то по дороге"),
    "conflict": lazy_gettext("ботом пользуется кто-то ещё"),
    "unexpected": lazy_gettext("неожиданная ошибка"),
    "lease_expired": lazy_gettext("отправитель остановился, не дождавшись ответа"),
    "bot_blocked": lazy_gettext("клиент заблокировал бота"),
    "user_deactivated": lazy_gettext("аккаунт клиента удалён"),
    "never_started": lazy_gettext("клиент ещё не нажимал «Начать»"),
    "bot_kicked": lazy_gettext("бота исключили из чата"),
    "forbidden": lazy_gettext("этому чату бот писать не может"),
    "chat_not_found": lazy_gettext("такого чата нет"),
    "text_empty": lazy_gettext("текст пуст"),
    "text_too_long": lazy_gettext("текст слишком длинный"),
    "markup_invalid": lazy_gettext("разметка текста не подошла"),
    "button_url_invalid": lazy_gettext("адрес кнопки не подошёл"),
    "button_data_invalid": lazy_gettext("кнопка не подошла"),
    "no_rights": lazy_gettext("у бота нет прав писать в этот чат"),
    "bad_request": lazy_gettext("Telegram отклонил сообщение"),
    "malformed_request": lazy_gettext("сообщение составлено неверно"),
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


def cause(value: str | None) -> str:
    """What happened in an attempt; the first word of the cause is the machine's."""
    word = (value or "").partition(" ")[0]
    return str(CAUSES.get(word, ""))


def machine(value: str | None) -> str:
    """What the machine said besides, for who wants to know exactly."""
    return (value or "").partition(" ")[2]


def age(moment: datetime | None) -> str:
    """How long ago, in words: «3 минуты»."""
    if moment is None:
        return "—"
    return str(format_timedelta(clock.now() - moment, granularity="second", threshold=1.2))


def duration(seconds: float) -> str:
    return str(format_timedelta(timedelta(seconds=seconds), granularity="second", threshold=1.2))


def title_of(payload: Mapping[str, Any]) -> str:
    """«Приветствие, команде», from the members of a `message_*` fact."""
    who = recipient(str(payload.get("recipient", "")))
    return f"{kind(str(payload.get('kind', '')))}, {who}"
