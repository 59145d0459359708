"""Every event, label and rule has words that a marketer understands."""

import re
from collections.abc import Iterator
from typing import get_args

import pytest
from flask import Flask

from app import messages
from app.blueprints.dashboard import details, history, message_words, rule_words, words
from app.core import events
from app.scenario_engine import RuleRecord, engine
from workers.telegram import outcome

NAMES = words.Names({"wb_1": "Партнёрский канал"}, {7: "Павел Орлов"})
PAYLOAD = {
    "source": "web_form",
    "webinar_id": "wb_1",
    "ref_id": 7,
    "secondary_lead_id": 12,
    "lead_meta": {},
    "status": "start",
    "visible": True,
    "before": "scheduled",
    "after": "live",
    "kind": "telegram",
    "scenario": "welcome",
    "recipient": "lead",
    "reason": "no_bot",
    "leave_reason": "network_loss",
    "attended": True,
    "route": "attended",
    "progress": 50,
}
RUSSIAN = re.compile(r"[А-Яа-яё]")
TECHNICAL = re.compile(r"[a-z]+_[a-z]+|None|\{|%")


@pytest.fixture(autouse=True)
def speaking(app: Flask) -> Iterator[None]:
    with app.test_request_context("/dashboard/"):
        yield


def test_every_event_of_the_catalogue_has_a_sentence() -> None:
    assert words.SENTENCES.keys() == events.CATALOGUE.keys()
    assert words.TONES.keys() <= events.CATALOGUE.keys()


@pytest.mark.parametrize("name", sorted(events.CATALOGUE))
def test_sentence_is_russian_and_not_technical(name: str) -> None:
    told = words.sentence(name, PAYLOAD, NAMES)
    assert RUSSIAN.search(told)
    assert not TECHNICAL.search(told.replace(" %", ""))


@pytest.mark.parametrize("name", sorted(events.CATALOGUE))
def test_sentence_bears_a_payload_whose_personal_members_were_erased(name: str) -> None:
    assert words.sentence(name, {}, words.Names())


@pytest.mark.parametrize(
    ("name", "payload", "told"),
    [
        ("core_ingest_event", {"source": "signup"}, "Заявка: страница регистрации"),
        (
            "core_lead_updated",
            {"lead_meta": {"consent_withdrawn_at": 1}},
            "Лид отозвал согласие на сообщения",
        ),
        (
            "core_lead_merged",
            {"secondary_lead_id": 5, "lead_meta": {"undone": True}},
            "Объединение с лидом № 5 отменено",
        ),
        ("core_ref_context_resolved", {"ref_id": 7}, "Закреплён за партнёром: Павел Орлов"),
        (
            "message_not_sent",
            {"kind": "welcome", "recipient": "team", "reason": "no_bot"},
            "Сообщение не отправлено: Приветствие, команде — бот не подключён",
        ),
        (
            "client_webinar_registered",
            {"webinar_id": "wb_1"},
            "Лид занял место на вебинаре «Партнёрский канал»",
        ),
        ("client_webinar_left", {"leave_reason": "network_loss"}, "Связь с комнатой пропала"),
        ("autowebinar_progress", {"progress": 75}, "Просмотрено 75 %"),
        (
            "client_webinar_attendance_classified",
            {"attended": False},
            "Посещение вебинара не засчитано",
        ),
    ],
)
def test_sentence_says(name: str, payload: dict[str, object], told: str) -> None:
    assert words.sentence(name, payload, NAMES).replace("\u00a0", " ") == told


def test_every_member_of_a_payload_has_a_label_or_is_hidden() -> None:
    members = {
        member
        for event in events.CATALOGUE.values()
        for member, kind in event.fields().items()
        if not kind.startswith("object")
    }
    nested = {"payload", "context", "lead_meta", "form_payload"}
    assert members - nested - details.HIDDEN - details.LABELS.keys() == set()


def test_details_are_labelled_and_machines_matters_left_out() -> None:
    payload = {
        "lead_id": 5,
        "event_id": "f" * 32,
        "session_id": "abc",
        "webinar_id": "wb_1",
        "attended": False,
        "timestamp": 1_700_000_000,
        "form_payload": {"question": "Когда?", "Город": "Тверь"},
        "reason": None,
    }
    assert details.lines(payload, NAMES) == [
        ("Вебинар", "Партнёрский канал"),
        ("Посещение засчитано", "нет"),
        ("Вопрос", "Когда?"),
        ("Город", "Тверь"),
    ]


def test_moment_among_details_is_told_in_the_sites_zone() -> None:
    (line,) = details.lines({"registered_at": 1_772_442_000}, NAMES)
    assert line == ("Место занято", "2 марта 2026, 12:00")


def test_very_long_words_of_a_lead_are_cut() -> None:
    ((_, value),) = details.lines({"text": "я" * 5000}, NAMES)
    assert len(value) == details.LONGEST


def test_every_event_that_rules_hear_has_words() -> None:
    assert {event.name for event in engine.HEARD} == rule_words.WHEN.keys()


def test_condition_with_several_values_is_told() -> None:
    rule = RuleRecord(
        1,
        "r",
        "Правило",
        "post_webinar_route",
        [{"field": "route", "is": ["attended", "not_attended"]}],
        "followup",
        "event",
        True,
    )
    assert rule_words.conditions(rule) == [
        "Дальше: сообщения для тех, кто был или сообщения для тех, кто не пришёл"
    ]
    assert rule_words.then(rule) == "сценарий «Напоминание»"
    assert rule_words.how_often(rule) == "на каждое такое событие"


def test_every_kind_of_text_and_outcome_of_an_attempt_has_words() -> None:
    kinds = {each.kind for each in messages.texts.all_texts()}
    assert kinds <= message_words.KINDS.keys()
    assert set(get_args(outcome.Kind)) == message_words.OUTCOMES.keys()


def test_word_that_is_not_known_yet_is_shown_as_it_is() -> None:
    assert message_words.reason("something_new") == "something_new"
    assert message_words.kind("something_new") == "something_new"


def test_history_is_a_bounded_page() -> None:
    assert history.ENTRIES <= 100
