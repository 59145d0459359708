"""Questions to the team: which lines are some, which ask the same, how answers reach who asked."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event

from app import chat, core
from app.chat import answers, questions
from app.chat.questions import ANSWERED, DISMISSED, OPEN
from app.chat.similar import alike, stemmed, together
from app.core import UserRecord
from app.extensions import db
from tests.fixtures.application import Make

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Сколько стоит курс?", "А сколько стоит ваш курс"),
        ("Сколько стоит?", "сколько стоит курс?"),
        ("Будет ли запись?", "Запись будет?"),
        ("Как считать партнёров?", "как считать партнеров"),
        ("Подходит ли новичкам?", "Это для новичков подходит?"),
        ("скоко стоит курс", "Сколько стоит курс"),
        ("Where is the recording?", "where are recordings"),
    ],
)
def test_these_ask_the_same(one: str, other: str) -> None:
    assert alike(stemmed(one), stemmed(other))
    assert alike(stemmed(other), stemmed(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Когда старт?", "Когда старт и сколько стоит?"),
        ("Сколько стоит?", "Когда старт?"),
        ("Где ссылка на оплату", "Где ссылка на презентацию"),
        ("Как оплатить?", "Как оплатить картой?"),
        ("Какая цена", "Какая программа"),
        ("Запись будет?", "Звук будет?"),
        ("Как?", "Что?"),
        ("👍", "Сколько стоит?"),
    ],
)
def test_these_ask_different_things(one: str, other: str) -> None:
    assert not alike(stemmed(one), stemmed(other))


def test_groups_keep_the_order_of_their_first() -> None:
    asked = ["Сколько стоит?", "Когда старт?", "сколько стоит курс", "Когда начало старта"]
    assert together(asked, str)[0] == ["Сколько стоит?", "сколько стоит курс"]
    assert together([], str) == []


@pytest.mark.parametrize(
    ("text", "shared", "to_team", "state"),
    [
        ("Не вижу экрана", False, False, OPEN),
        ("+++ 👍", False, False, None),
        ("Всем привет", True, False, None),
        ("Сколько стоит?", True, False, OPEN),
        ("Расскажите о цене", True, True, OPEN),
        ("???", True, True, None),
    ],
)
def test_which_lines_ask_the_team(
    text: str, shared: bool, to_team: bool, state: str | None
) -> None:
    assert questions.state_of(text, shared=shared, to_team=to_team) == state


@pytest.fixture
def host(make: Make) -> UserRecord:
    return make.user("speaker", name="Ольга")


def ask(text: str, who: int = 1, webinar: str = "wb_1", channel: str | None = None) -> chat.Line:
    return chat.write(
        channel or f"auto:{who}",
        text,
        author=f"Зритель {who}",
        at_sec=12,
        registration_id=who,
        webinar_id=webinar,
    )


def reply(host: UserRecord, channel: str, numbers: list[int], **more: object) -> chat.Line:
    given = {"gone": (), "form_key": None, "text": "Ответ"} | more
    return answers.reply(
        channel,
        given.pop("text"),  # type: ignore[arg-type]
        numbers,
        actor=host,
        author="Ольга",
        at_sec=20,
        webinar_id="wb_1",
        shared=False,
        **given,  # type: ignore[arg-type]
    )


@pytest.mark.both_databases
def test_page_is_of_the_webinars_asked_for_newest_first(app: Flask, host: UserRecord) -> None:
    for who in (1, 2, 3):
        ask(f"Вопрос {who}", who, webinar=f"wb_{who % 2}")
    assert [q.text for q in questions.page(None, OPEN)] == ["Вопрос 3", "Вопрос 2", "Вопрос 1"]
    mine = questions.page(["wb_1"], OPEN)
    assert [q.text for q in mine] == ["Вопрос 3", "Вопрос 1"]
    assert [q.text for q in questions.page(["wb_1"], OPEN, before=mine[0].question_id)] == [
        "Вопрос 1"
    ]
    assert (questions.open_count(["wb_1"]), questions.open_count([])) == (2, 0)


@pytest.mark.both_databases
def test_answer_settles_the_question_and_quotes_it(app: Flask, host: UserRecord) -> None:
    ask("Когда старт?")
    line = reply(host, "auto:1", [1])
    assert (line.origin, line.quote, line.text) == ("team", "Когда старт?", "Ответ")
    (question,) = questions.page(None, ANSWERED)
    assert (question.text, question.answer) == ("Когда старт?", "Ответ")
    assert questions.page(None, OPEN) == []


@pytest.mark.both_databases
def test_answer_is_due_at_once_for_who_is_gone_and_later_for_who_does_not_show_it(
    app: Flask, host: UserRecord
) -> None:
    with time_machine.travel(START, tick=False) as time:
        for who in (1, 2, 3):
            ask("Когда старт?", who)
            reply(host, f"auto:{who}", [1], gone={1})
        assert [answer.registration_id for answer in answers.due()] == [1]
        answers.seen(3, 1)
        answers.seen(2, 2)
        time.shift(timedelta(seconds=46))
        due = answers.due()
    assert [(a.registration_id, a.question, a.text) for a in due] == [
        (1, "Когда старт?", "Ответ"),
        (3, "Когда старт?", "Ответ"),
    ]


def test_answer_is_taken_by_one_alone(app: Flask, host: UserRecord) -> None:
    ask("Когда старт?")
    reply(host, "auto:1", [1], gone={1})
    (answer,) = answers.due()
    with core.transaction():
        assert [answers.take(answer), answers.take(answer)] == [True, False]
    assert answers.due() == []


def test_same_form_twice_answers_once(app: Flask, host: UserRecord) -> None:
    ask("Когда старт?")
    first = reply(host, "auto:1", [1], form_key="k" * 20)
    again = reply(host, "auto:1", [1], form_key="k" * 20)
    assert (first.number, again.number) == (2, 2)
    assert [line.text for line in chat.recent("auto:1")] == ["Когда старт?", "Ответ"]


def test_deleted_question_is_not_in_the_inbox_and_not_quoted(app: Flask, host: UserRecord) -> None:
    ask("Грубость?")
    ask("Ещё грубость?")
    reply(host, "auto:1", [1])
    chat.moderation.delete("auto:1", 1, actor=host)
    chat.moderation.delete("auto:1", 2, actor=host)
    assert questions.page(None, OPEN) == questions.page(None, ANSWERED) == []
    assert [(line.text, line.quote) for line in chat.recent("auto:1")] == [("Ответ", "")]


def test_put_aside_and_taken_back(app: Flask, host: UserRecord) -> None:
    ask("Спасибо")
    (question,) = questions.page(None, OPEN)
    assert questions.mark([question.question_id], DISMISSED, actor=host) == 1
    assert [q.text for q in questions.page(None, DISMISSED)] == ["Спасибо"]
    assert questions.mark([question.question_id], OPEN, actor=host) == 1
    assert questions.mark([question.question_id], OPEN, actor=host) == 0


def test_ping_is_one_in_five_minutes_a_chat(app: Flask) -> None:
    ask("раз?")
    ask("раз?", 2)
    told = [
        questions.may_ping(channel, START + timedelta(seconds=second), 300)
        for channel, second in (("auto:1", 0), ("auto:1", 299), ("auto:2", 299), ("auto:1", 300))
    ]
    assert told == [True, False, True, True]


def test_page_costs_the_same_with_one_and_with_many(
    app: Flask, host: UserRecord, make: Make
) -> None:
    def cost() -> int:
        statements: list[str] = []
        record: Callable[..., None] = lambda *args: statements.append(args[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", record)
        for state in (OPEN, ANSWERED):
            questions.page(None, state, limit=50)
        event.remove(db.engine, "before_cursor_execute", record)
        return len(statements)

    ask("Вопрос?", 1)
    ask("Вопрос?", 2)
    reply(host, "auto:2", [1])
    one = cost()
    for who in range(3, 40):
        ask("Вопрос?", who)
        reply(host, f"auto:{who}", [1])
        ask("Ещё вопрос?", who)
    assert cost() == one


@pytest.mark.both_databases
def test_erasure_reaches_quotes_history_and_answers_on_their_way(
    make: Make, host: UserRecord, deliver: Callable[[], int]
) -> None:
    registration = make.registration(make.webinar())
    channel, who = f"auto:{registration.session_id}", registration.registration_id
    ask("Мой телефон 123", who, registration.webinar_id, channel)
    chat.moderation.edit(channel, 1, "Мой телефон ***", actor=host)
    ask("Когда старт?", who, registration.webinar_id, channel)
    reply(host, channel, [1, 2], gone={who})
    core.leads.erase(registration.lead_id)
    deliver()
    lines = chat.changed(channel, after=0)
    assert {(line.text, line.quote, line.author) for line in lines} == {
        ("", "", ""),
        ("Ответ", "", "Ольга"),
    }
    assert [(a.before, a.after) for a in chat.history.of_webinar(registration.webinar_id)] == [
        ("", "")
    ]
    assert answers.due() == []
    assert questions.of_registrations([who]) == []
