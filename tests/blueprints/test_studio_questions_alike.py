"""The same question on the pages to come: it joins the group on this one, and is answered with it."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import chat
from app.blueprints.studio import questions
from tests.blueprints.test_studio_chat import (  # noqa: F401
    Seat,
    _clock,
    act,
    at,
    desk,
    host,
    join,
    question_ids,
    webinar,
)

OLD = ("Сколько стоит курс?", "Будет ли запись эфира?", "Сколько же стоит курс?")
NEW = ("Когда начало занятий?", "а сколько стоит ваш курс", "Где найти домашнее задание?")
CARD = '<article class="panel question"'


@pytest.fixture
def asked(join: Callable[..., Seat], monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setattr(questions, "PAGE", len(NEW))
    for second, text in enumerate(OLD + NEW):
        seat = join()
        seat.open()
        with at(second):
            seat.say(text)


def card_about(page: str, words: str) -> str:
    (found,) = (card for card in page.split(CARD)[1:] if words in card)
    return found


@pytest.mark.both_databases
def test_they_are_answered_together(
    asked: None,
    desk: FlaskClient,  # noqa: F811
    act: Callable[..., TestResponse],  # noqa: F811
) -> None:
    page = desk.get("/studio/questions/").text
    assert page.count(CARD) == len(NEW)
    assert "Будет ли запись" not in page
    ids = question_ids(card_about(page, "сколько стоит ваш курс"))
    assert len(ids) == 3
    assert act("/studio/questions/answer/", q=ids, text="10 000 ₽").status_code == 303
    left = {each.text for each in chat.questions.page(None, "open")}
    assert left == {OLD[1], NEW[0], NEW[2]}


def test_a_group_is_never_more_than_one_answer_may_name(
    asked: None,
    desk: FlaskClient,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(questions, "MOST_TOGETHER", 2)
    page = desk.get("/studio/questions/").text
    assert len(question_ids(card_about(page, "сколько стоит ваш курс"))) == 2


def test_only_so_many_older_ones_are_looked_at(
    asked: None,
    desk: FlaskClient,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(questions, "SOUGHT", 1)
    page = desk.get("/studio/questions/").text
    ids: Any = question_ids(card_about(page, "сколько стоит ваш курс"))
    assert len(ids) == 2
