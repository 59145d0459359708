"""What an event is called when a marketer reads it: one sentence for each name of the catalogue."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from app import messages
from app.blueprints.dashboard import message_words

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Names:
    """What ids on the page are called: webinars' titles and people's names, read in one go."""

    webinars: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[int, str] = field(default_factory=dict)

    def webinar(self, payload: Payload) -> str:
        webinar_id = str(payload.get("webinar_id") or "")
        return self.webinars.get(webinar_id, webinar_id)

    def person(self, user_id: int | None) -> str:
        return self.people.get(user_id or 0, f"№ {user_id}")


Sentence = Callable[[Payload, Names], str]

SOURCES: dict[str, LazyString] = {
    "web_form": lazy_gettext("форма на сайте"),
    "signup": lazy_gettext("страница регистрации"),
    "api": lazy_gettext("внешняя система"),
    "studio": lazy_gettext("студия"),
    "rule": lazy_gettext("правило"),
    "timeline": lazy_gettext("сценарий записи"),
}
CONTACTS: dict[str, LazyString] = {
    "email": lazy_gettext("Электронная почта"),
    "phone": lazy_gettext("Телефон"),
    "telegram": lazy_gettext("Telegram"),
}
STATUSES: dict[str, LazyString] = {
    "draft": lazy_gettext("черновик"),
    "scheduled": lazy_gettext("назначен"),
    "live": lazy_gettext("в эфире"),
    "paused": lazy_gettext("на паузе"),
    "finished": lazy_gettext("завершён"),
    "cancelled": lazy_gettext("отменён"),
    "archived": lazy_gettext("в архиве"),
    "published": lazy_gettext("опубликован"),
}
SCENARIOS: dict[str, LazyString] = {
    "welcome": lazy_gettext("Приветствие"),
    "followup": lazy_gettext("Напоминание"),
    "reminders": lazy_gettext("Напоминания о начале"),
    "post_webinar_attended": lazy_gettext("После вебинара, пришёл"),
    "post_webinar_not_attended": lazy_gettext("После вебинара, не пришёл"),
}
LEFT: dict[str, LazyString] = {
    "user_exit": lazy_gettext("Лид вышел из комнаты"),
    "session_end": lazy_gettext("Сеанс закончился, лид вышел из комнаты"),
    "network_loss": lazy_gettext("Связь с комнатой пропала"),
}


def named(words: Mapping[str, LazyString], key: Any) -> str:
    """The words for a key; the key itself where we have none."""
    return str(words.get(str(key), key))


def _plain(text: LazyString) -> Sentence:
    return lambda payload, names: str(text)


def _on_webinar(text: LazyString) -> Sentence:
    """A sentence that ends with the webinar's title in quotes."""
    return lambda payload, names: f"{text} «{names.webinar(payload)}»"


def _ingested(payload: Payload, names: Names) -> str:
    return gettext("Заявка: %(source)s", source=named(SOURCES, payload.get("source")))


def _updated(payload: Payload, names: Names) -> str:
    if "consent_withdrawn_at" in (payload.get("lead_meta") or {}):
        return gettext("Лид отозвал согласие на сообщения")
    return gettext("Данные лида дополнены")


def _merged(payload: Payload, names: Names) -> str:
    other = payload.get("secondary_lead_id")
    if (payload.get("lead_meta") or {}).get("undone"):
        return gettext("Объединение с лидом № %(lead)s отменено", lead=other)
    return gettext("С этим лидом объединён лид № %(lead)s", lead=other)


def _attributed(payload: Payload, names: Names) -> str:
    return gettext("Закреплён за партнёром: %(name)s", name=names.person(payload.get("ref_id")))


def _set_status(payload: Payload, names: Names) -> str:
    if payload.get("status") == "start":
        return gettext("Запрошен старт вебинара «%(title)s»", title=names.webinar(payload))
    return gettext("Запрошена остановка вебинара «%(title)s»", title=names.webinar(payload))


def _set_cta(payload: Payload, names: Names) -> str:
    if payload.get("visible"):
        return gettext("Запрошен показ кнопки на «%(title)s»", title=names.webinar(payload))
    return gettext("Запрошено скрытие кнопки на «%(title)s»", title=names.webinar(payload))


def _status_changed(payload: Payload, names: Names) -> str:
    return gettext(
        "Вебинар «%(title)s»: %(before)s → %(after)s",
        title=names.webinar(payload),
        before=named(STATUSES, payload.get("before")),
        after=named(STATUSES, payload.get("after")),
    )


def _cta_changed(payload: Payload, names: Names) -> str:
    if payload.get("after") == "shown":
        return gettext("Кнопка показана на «%(title)s»", title=names.webinar(payload))
    return gettext("Кнопка скрыта на «%(title)s»", title=names.webinar(payload))


def _about_contact(text: LazyString) -> Sentence:
    return lambda payload, names: f"{text}: {named(CONTACTS, payload.get('kind'))}"


def _scenario(payload: Payload, names: Names) -> str:
    scenario = named(SCENARIOS, payload.get("scenario"))
    return gettext("Запущен сценарий «%(scenario)s»", scenario=scenario)


def _planned(payload: Payload, names: Names) -> str:
    title = message_words.title_of(payload)
    reason = message_words.reason(payload.get("reason"))
    if payload.get("reason") == messages.reasons.OPERATOR:
        return gettext("Сотрудник решил отправить сообщение ещё раз: %(title)s", title=title)
    if not reason:
        return gettext("Запланировано сообщение: %(title)s", title=title)
    return gettext("Запланировано сообщение: %(title)s — %(why)s", title=title, why=reason)


def _sent(payload: Payload, names: Names) -> str:
    title = message_words.title_of(payload)
    reason = payload.get("reason")
    if reason == messages.reasons.OPERATOR:
        return gettext("Сотрудник счёл сообщение отправленным: %(title)s", title=title)
    if reason is None:
        return gettext("Отправлено сообщение: %(title)s", title=title)
    why = message_words.reason(reason)
    return gettext("Отправлено сообщение: %(title)s — %(why)s", title=title, why=why)


def _not_sent(payload: Payload, names: Names) -> str:
    title = message_words.title_of(payload)
    reason = message_words.reason(payload.get("reason"))
    if not reason:
        return gettext("Сообщение не отправлено: %(title)s", title=title)
    return gettext("Сообщение не отправлено: %(title)s — %(why)s", title=title, why=reason)


def _left(payload: Payload, names: Names) -> str:
    return named(LEFT, payload.get("leave_reason", "user_exit"))


def _attended(payload: Payload, names: Names) -> str:
    if payload.get("attended"):
        return gettext("Посещение вебинара засчитано")
    return gettext("Посещение вебинара не засчитано")


def _routed(payload: Payload, names: Names) -> str:
    if payload.get("route") == "attended":
        return gettext("Дальше — сообщения для тех, кто был")
    return gettext("Дальше — сообщения для тех, кто не пришёл")


def _progress(payload: Payload, names: Names) -> str:
    return gettext("Просмотрено %(percent)s %%", percent=payload.get("progress"))


SENTENCES: dict[str, Sentence] = {
    "core_ingest_event": _ingested,
    "core_lead_created": _plain(lazy_gettext("Лид появился в CRM")),
    "core_lead_updated": _updated,
    "core_lead_deleted": _plain(lazy_gettext("Личные данные лида удалены")),
    "core_lead_merged": _merged,
    "core_user_registered": _plain(lazy_gettext("Создан личный кабинет")),
    "core_user_login": _plain(lazy_gettext("Лид вошёл в личный кабинет")),
    "core_ref_context_resolved": _attributed,
    "core_webinar_set_status": _set_status,
    "core_webinar_set_cta_visibility": _set_cta,
    "core_webinar_status_changed": _status_changed,
    "core_webinar_cta_visibility_changed": _cta_changed,
    "core_contact_linked": _about_contact(lazy_gettext("Лид открыл способ связи")),
    "core_contact_blocked": _about_contact(lazy_gettext("Лид закрыл способ связи")),
    "core_contact_unsubscribed": _about_contact(lazy_gettext("Лид отписался от сообщений")),
    "core_contact_message_received": _about_contact(lazy_gettext("Лид написал нам")),
    "scenario_start": _scenario,
    "message_planned": _planned,
    "message_sent": _sent,
    "message_not_sent": _not_sent,
    "client_webinar_registered": _on_webinar(lazy_gettext("Лид занял место на вебинаре")),
    "client_webinar_entered": _on_webinar(lazy_gettext("Лид вошёл в комнату вебинара")),
    "client_webinar_left": _left,
    "client_webinar_completed": _on_webinar(lazy_gettext("Лид досмотрел до конца")),
    "client_webinar_form_submitted": _plain(lazy_gettext("Лид отправил форму в комнате")),
    "webinar_completed": _plain(lazy_gettext("Просмотр до конца учтён")),
    "client_webinar_attendance_classified": _attended,
    "post_webinar_route": _routed,
    "autowebinar_session_created": _plain(lazy_gettext("Для лида открыт сеанс просмотра")),
    "autowebinar_join": _plain(lazy_gettext("Лид начал смотреть запись")),
    "autowebinar_progress": _progress,
    "autowebinar_cta_click": _plain(lazy_gettext("Лид нажал кнопку предложения")),
    "autowebinar_completed": _plain(lazy_gettext("Лид посмотрел всю запись")),
}

TONES: dict[str, str] = {
    "core_lead_created": "accent",
    "core_lead_deleted": "danger",
    "core_contact_blocked": "warn",
    "core_contact_unsubscribed": "warn",
    "core_contact_message_received": "accent",
    "message_sent": "ok",
    "message_not_sent": "warn",
    "client_webinar_registered": "accent",
    "client_webinar_form_submitted": "accent",
    "autowebinar_cta_click": "accent",
    "client_webinar_completed": "ok",
    "autowebinar_completed": "ok",
}


def sentence(name: str, payload: Payload, names: Names) -> str:
    return SENTENCES[name](payload, names)


def tone(name: str) -> str:
    return TONES.get(name, "")


def said(payload: Payload) -> str:
    """The lead's own words in an event, shown without unfolding anything."""
    form = payload.get("form_payload") or {}
    return str(payload.get("text") or form.get("answer") or form.get("question") or "")
