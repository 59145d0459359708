"""The members of an event's payload as labelled lines; what only machines need is left out."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from app.blueprints.dashboard import message_words, words
from app.web import localisation

HIDDEN = frozenset(
    {"event_id", "lead_id", "user_id", "run_id", "session_id", "timestamp", "merge_id", "undone"}
)
TRACES = frozenset({"ip", "user_agent", "consent_ip"})
"""What a browser left behind: for those who answer for the data, not for who invited the lead."""
LONGEST = 600

LABELS: dict[str, LazyString] = {
    "source": lazy_gettext("Откуда"),
    "name": lazy_gettext("Имя"),
    "email": lazy_gettext("Электронная почта"),
    "phone": lazy_gettext("Телефон"),
    "ref": lazy_gettext("Код партнёра"),
    "ref_id": lazy_gettext("Партнёр"),
    "webinar_id": lazy_gettext("Вебинар"),
    "webinar_type": lazy_gettext("Вид вебинара"),
    "slot_id": lazy_gettext("Время показа"),
    "entry_timestamp": lazy_gettext("Форма отправлена"),
    "user_agent": lazy_gettext("Браузер"),
    "ip": lazy_gettext("Сетевой адрес"),
    "consent": lazy_gettext("Согласие, редакция"),
    "utm_source": lazy_gettext("Метка: источник"),
    "utm_medium": lazy_gettext("Метка: канал"),
    "utm_campaign": lazy_gettext("Метка: кампания"),
    "utm_content": lazy_gettext("Метка: объявление"),
    "utm_term": lazy_gettext("Метка: запрос"),
    "lead_source": lazy_gettext("Первая заявка"),
    "first_touch_at": lazy_gettext("Первое касание"),
    "lead_created_at": lazy_gettext("Создан"),
    "lead_created_via": lazy_gettext("Создан через"),
    "consent_version": lazy_gettext("Согласие, редакция"),
    "consent_at": lazy_gettext("Согласие дано"),
    "consent_ip": lazy_gettext("Согласие дано с адреса"),
    "consent_withdrawn_at": lazy_gettext("Согласие отозвано"),
    "primary_lead_id": lazy_gettext("Остаётся лид №"),
    "secondary_lead_id": lazy_gettext("Присоединён лид №"),
    "actor_id": lazy_gettext("Кто"),
    "status": lazy_gettext("Команда"),
    "before": lazy_gettext("Было"),
    "after": lazy_gettext("Стало"),
    "visible": lazy_gettext("Кнопка видна"),
    "kind": lazy_gettext("Вид"),
    "text": lazy_gettext("Текст"),
    "scenario": lazy_gettext("Сценарий"),
    "rule": lazy_gettext("Правило"),
    "message_id": lazy_gettext("Сообщение №"),
    "recipient": lazy_gettext("Кому"),
    "reason": lazy_gettext("Причина"),
    "registered_at": lazy_gettext("Место занято"),
    "left_at": lazy_gettext("Вышел"),
    "leave_reason": lazy_gettext("Как вышел"),
    "completed_at": lazy_gettext("Досмотрено"),
    "submitted_at": lazy_gettext("Отправлено"),
    "form_id": lazy_gettext("Форма"),
    "question": lazy_gettext("Вопрос"),
    "answer": lazy_gettext("Ответ"),
    "material": lazy_gettext("Материал"),
    "attended": lazy_gettext("Посещение засчитано"),
    "route": lazy_gettext("Дальше"),
    "progress": lazy_gettext("Просмотрено, %"),
}
TYPES: dict[str, LazyString] = {
    "auto": lazy_gettext("запись"),
    "live": lazy_gettext("прямой эфир"),
}
ROUTES: dict[str, LazyString] = {
    "attended": lazy_gettext("сообщения для тех, кто был"),
    "not_attended": lazy_gettext("сообщения для тех, кто не пришёл"),
}
Show = Callable[[Any, words.Names], str]


def _kind(value: Any, names: words.Names) -> str:
    known = words.CONTACTS if value in words.CONTACTS else message_words.KINDS
    return words.named(known, value)


SHOWN: dict[str, Show] = {
    "source": lambda value, names: words.named(words.SOURCES, value),
    "lead_source": lambda value, names: words.named(words.SOURCES, value),
    "webinar_id": lambda value, names: names.webinars.get(value, value),
    "webinar_type": lambda value, names: words.named(TYPES, value),
    "ref_id": lambda value, names: names.person(value),
    "actor_id": lambda value, names: names.person(value),
    "scenario": lambda value, names: words.named(words.SCENARIOS, value),
    "kind": _kind,
    "recipient": lambda value, names: words.named(message_words.RECIPIENTS, value),
    "reason": lambda value, names: message_words.reason(value),
    "leave_reason": lambda value, names: words.named(words.LEFT, value),
    "route": lambda value, names: words.named(ROUTES, value),
    "before": lambda value, names: words.named(words.STATUSES, value),
    "after": lambda value, names: words.named(words.STATUSES, value),
}


def lines(
    payload: Mapping[str, Any], names: words.Names, *, traces: bool = True
) -> list[tuple[str, str]]:
    """(label, value) of every member that tells a person something, each label once."""
    shown: dict[str, str] = {}
    for key, value in _members(payload):
        if traces or key not in TRACES:
            shown.setdefault(label(key), value_in_words(key, value, names))
    return list(shown.items())


def label(key: str) -> str:
    """The member's label; a key that a form brought is its own label."""
    return str(LABELS.get(key, key))


def _members(payload: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Flat members, those of nested objects after their owner's."""
    for key, value in payload.items():
        if key in HIDDEN or value in (None, ""):
            continue
        if isinstance(value, Mapping):
            yield from _members(value)
        else:
            yield key, value


def value_in_words(key: str, value: Any, names: words.Names) -> str:
    if value is None:
        return "—"
    if key in SHOWN:
        return SHOWN[key](value, names)
    if isinstance(value, bool):
        return gettext("да") if value else gettext("нет")
    if isinstance(value, int) and key.endswith(("_at", "timestamp")):
        return localisation.moment(value)
    return str(value)[:LONGEST]
