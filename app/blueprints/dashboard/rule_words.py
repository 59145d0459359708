"""Rules of the scenario engine in words: when, if, then."""

from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from app.blueprints.dashboard import details, words
from app.scenario_engine import RuleRecord

WHEN: dict[str, LazyString] = {
    "core_lead_created": lazy_gettext("лид появился в CRM"),
    "core_lead_updated": lazy_gettext("данные лида дополнены"),
    "core_lead_deleted": lazy_gettext("данные лида удалены"),
    "core_lead_merged": lazy_gettext("лидов объединили"),
    "core_contact_linked": lazy_gettext("добавлен способ связи"),
    "core_webinar_status_changed": lazy_gettext("сменился статус вебинара"),
    "core_webinar_cta_visibility_changed": lazy_gettext("призыв показан или скрыт"),
    "client_webinar_registered": lazy_gettext("лид занял место на вебинаре"),
    "client_webinar_entered": lazy_gettext("лид вошёл в комнату"),
    "client_webinar_form_submitted": lazy_gettext("лид отправил форму в комнате"),
    "webinar_completed": lazy_gettext("лид досмотрел до конца"),
    "post_webinar_route": lazy_gettext("решено, был ли лид на вебинаре"),
}


def when(rule: RuleRecord) -> str:
    return words.named(WHEN, rule.event)


def conditions(rule: RuleRecord) -> list[str]:
    """Each condition as «что: значение или значение»."""
    return [_condition(condition) for condition in rule.conditions]


def _condition(condition: dict[str, Any]) -> str:
    key = condition["field"].rpartition(".")[2]
    if condition.get("given"):
        return gettext("%(what)s: задано", what=details.label(key))
    wanted = condition["is"] if isinstance(condition["is"], list) else [condition["is"]]
    values = [details.value_in_words(key, value, words.Names()) for value in wanted]
    return f"{details.label(key)}: " + gettext(" или ").join(values)


def then(rule: RuleRecord) -> str:
    return gettext("сценарий «%(name)s»", name=words.named(words.SCENARIOS, rule.scenario))


def how_often(rule: RuleRecord) -> str:
    if rule.once_per == "lead":
        return gettext("один раз для лида")
    return gettext("на каждое такое событие")
