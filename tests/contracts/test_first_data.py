"""What the first migration brings: the rules of the contract, and a text for every message."""

import pytest
from flask import Flask

from app import messages, scenario_engine
from app.messages import texts
from tests.fixtures.application import Make

pytestmark = pytest.mark.both_databases

# Who gets which kind of message. Both recipients of a scenario's message have texts of their own.
MESSAGES = {
    ("welcome", "team"),
    ("welcome", "lead"),
    ("followup", "team"),
    ("followup", "lead"),
    ("login_link", "lead"),
    ("chat_linked", "lead"),
    ("chat_taken", "lead"),
    ("start_unknown", "lead"),
    ("start_known", "lead"),
    ("unsubscribed", "lead"),
    ("resubscribed", "lead"),
    ("chat_moved", "lead"),
    ("reply", "team"),
    ("post_attended", "lead"),
    ("post_not_attended", "lead"),
    ("recording_ready", "lead"),
    ("partner_attendance", "lead"),
    ("live_moved", "lead"),
    ("live_cancelled", "lead"),
    ("live_overdue", "team"),
    ("live_stopped", "team"),
    ("live_not_cut", "team"),
    ("live_not_started", "team"),
    ("reminder_day", "lead"),
    ("reminder_hour", "lead"),
    ("reminder_minutes", "lead"),
    ("move_times", "lead"),
    ("move_gone", "lead"),
    ("move_nothing", "lead"),
    ("move_done", "lead"),
    ("move_now", "lead"),
    ("chat_answer", "lead"),
    ("question", "team"),
}
VALUES = {
    "name": "Анна Ли",
    "first_name": "Анна",
    "lead_id": 17,
    "email": "anna@example.org",
    "inviter": "Пётр",
    "webinar": "Как начать",
    "starts": "26 ноября в 19:00 (Москва)",
    "room_link": "https://example.org/r/token/",
    "login_link": "https://example.org/login/token/",
    "text": "Когда начало?",
    "recording_link": "https://example.org/r/token/",
    "link": "https://example.org/studio/on-air/",
    "question": "Когда старт?",
    "timecode": "12:07",
    "came": 12,
    "missed": 5,
}


def test_rules_that_migrations_bring(app: Flask) -> None:
    found = [
        (rule.name, rule.event, rule.conditions, rule.scenario, rule.once_per, rule.enabled)
        for rule in scenario_engine.all_rules()
    ]
    slot = [{"field": "webinar_type", "is": "auto"}, {"field": "slot_id", "given": True}]
    live = [{"field": "webinar_type", "is": "live"}]
    web_form = [{"field": "payload.source", "is": "web_form"}]
    assert found == [
        ("welcome_web_form", "core_lead_created", web_form, "welcome", "lead", True),
        ("welcome_registered", "client_webinar_registered", [], "welcome", "lead", True),
        *(
            (
                f"post_webinar_{route}",
                "post_webinar_route",
                [{"field": "route", "is": route}],
                f"post_webinar_{route}",
                "event",
                True,
            )
            for route in ("attended", "not_attended")
        ),
        ("reminders_slot", "client_webinar_registered", slot, "reminders", "event", True),
        ("reminders_live", "client_webinar_registered", live, "reminders", "event", True),
    ]


def test_every_message_has_a_text_in_both_languages(app: Flask) -> None:
    found = {(text.kind, text.recipient, text.locale) for text in texts.all_texts()}
    assert found == {(*each, locale) for each in MESSAGES for locale in ("ru", "en")}


def test_every_kind_that_has_a_text_has_a_name_in_the_ledgers_filter(app: Flask) -> None:
    kinds = {text.kind for text in texts.all_texts()}
    assert kinds <= messages.reasons.KINDS.keys()


def test_texts_are_what_the_desk_would_let_a_person_save(app: Flask) -> None:
    for text in texts.all_texts():
        texts.check(text.body)


def test_texts_of_the_two_languages_say_the_same_things(app: Flask) -> None:
    """A variable that one language has and the other lacks would be a message without it."""
    variables: dict[tuple[str, str], dict[str, set[str]]] = {}
    for text in texts.all_texts():
        found = set(texts.VARIABLE.findall(text.body))
        variables.setdefault((text.kind, text.recipient), {})[text.locale] = found
    assert {key: each["ru"] == each["en"] for key, each in variables.items()} == dict.fromkeys(
        MESSAGES, True
    )


@pytest.mark.parametrize("locale", ["ru", "en"])
def test_texts_render_without_a_variable_left(app: Flask, locale: str) -> None:
    for kind, recipient in sorted(MESSAGES):
        rendered = texts.render(kind, recipient, locale, VALUES)
        assert rendered
        assert "{" not in rendered


def test_team_reads_the_facts_of_a_new_lead(app: Flask) -> None:
    assert texts.render("welcome", "team", "ru", VALUES) == (
        "<b>Новый лид</b> № 17\nАнна Ли\nanna@example.org\nПригласил: Пётр\nВебинар: Как начать"
    )
    assert texts.render("followup", "team", "ru", VALUES).startswith("<b>Напоминание</b>")


def test_lead_without_a_webinar_or_inviter_gets_no_empty_lines(app: Flask) -> None:
    bare = VALUES | {"inviter": None, "webinar": None, "room_link": None}
    assert texts.render("welcome", "team", "ru", bare) == (
        "<b>Новый лид</b> № 17\nАнна Ли\nanna@example.org"
    )
    assert "Вебинар" not in texts.render("welcome", "lead", "ru", bare)


def test_planned_message_is_rendered_in_the_language_of_the_plan(app: Flask, make: Make) -> None:
    lead = make.lead()
    for locale in ("ru", "en"):
        plan = messages.Plan(
            kind="welcome",
            recipient=messages.LEAD,
            dedupe=f"test:{locale}",
            lead_id=lead.lead_id,
            locale=locale,
            values=VALUES,
        )
        message_id = messages.plan(plan)
        assert message_id is not None
        start = {"ru": "Здравствуйте, Анна Ли", "en": "Hello, Анна Ли"}[locale]
        assert messages.get(message_id).text.startswith(start)
