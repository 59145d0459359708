"""Polls with true counts, and the queue of questions."""

from typing import Any

import pytest
import redis

from app import core, live
from app.core import RegistrationRecord, WebinarRecord
from app.live import polls, questions
from app.live.errors import PollClosed, PollInvalid, QuestionInvalid, QuestionTooOften
from tests.fixtures.application import Make
from tests.live.conftest import at

pytestmark = pytest.mark.both_databases
OPTIONS = ["Да", "Нет", "Пока думаю"]


@pytest.fixture
def viewer(make: Make, webinar: WebinarRecord) -> RegistrationRecord:
    return make.registration(webinar)


def shown(webinar: WebinarRecord) -> live.RoomState:
    return live.state.of(webinar.webinar_id)


def test_vote_counts_once_and_may_be_changed(
    webinar: WebinarRecord, viewer: RegistrationRecord, make: Make
) -> None:
    poll_id = polls.open_poll(webinar.webinar_id, " Пробовали? ", [*OPTIONS, " "])
    for choice in (0, 0, 2):
        polls.vote(webinar.webinar_id, poll_id, viewer.registration_id, choice)
    polls.vote(webinar.webinar_id, poll_id, make.registration(webinar).registration_id, 2)
    poll = shown(webinar).poll
    assert poll == live.PollView(poll_id, "Пробовали?", OPTIONS, [0, 0, 2], closed=False)
    assert polls.vote_of(poll_id, viewer.registration_id) == 2


def test_closed_poll_takes_no_votes_and_shows_its_result(
    webinar: WebinarRecord, viewer: RegistrationRecord
) -> None:
    poll_id = polls.open_poll(webinar.webinar_id, "Пробовали?", OPTIONS)
    polls.vote(webinar.webinar_id, poll_id, viewer.registration_id, 1)
    polls.close(webinar.webinar_id, poll_id)
    with pytest.raises(PollClosed):
        polls.vote(webinar.webinar_id, poll_id, viewer.registration_id, 0)
    poll = shown(webinar).poll
    assert poll is not None
    assert (poll.closed, poll.counts) == (True, [0, 1, 0])
    polls.hide(webinar.webinar_id, poll_id)
    assert shown(webinar).poll is None


def test_new_poll_takes_the_place_of_the_old_one(
    webinar: WebinarRecord, viewer: RegistrationRecord
) -> None:
    first = polls.open_poll(webinar.webinar_id, "Первый?", OPTIONS)
    second = polls.open_poll(webinar.webinar_id, "Второй?", OPTIONS)
    with pytest.raises(PollClosed):
        polls.vote(webinar.webinar_id, first, viewer.registration_id, 0)
    poll = shown(webinar).poll
    assert poll is not None
    assert poll.poll_id == second


@pytest.mark.parametrize(
    ("question", "options"),
    [
        ("", OPTIONS),
        ("а" * 301, OPTIONS),
        ("Что?", ["Одно"]),
        ("Что?", ["Да", "да"]),
        ("Что?", [str(number) for number in range(7)]),
        ("Что?", ["а" * 121, "б"]),
    ],
)
def test_poll_that_will_not_do_changes_nothing(
    webinar: WebinarRecord, question: str, options: list[str]
) -> None:
    kept = polls.open_poll(webinar.webinar_id, "Первый?", OPTIONS)
    with pytest.raises(PollInvalid):
        polls.open_poll(webinar.webinar_id, question, options)
    poll = shown(webinar).poll
    assert poll is not None
    assert (poll.poll_id, poll.closed) == (kept, False)


@pytest.mark.parametrize("choice", [-1, 3])
def test_vote_for_no_answer_is_refused(
    webinar: WebinarRecord, viewer: RegistrationRecord, choice: int
) -> None:
    poll_id = polls.open_poll(webinar.webinar_id, "Пробовали?", OPTIONS)
    with pytest.raises(PollClosed):
        polls.vote(webinar.webinar_id, poll_id, viewer.registration_id, choice)


def test_vote_in_another_webinars_poll_is_refused(
    webinar: WebinarRecord, viewer: RegistrationRecord, make: Make
) -> None:
    other = make.webinar("live", published=False)
    poll_id = polls.open_poll(other.webinar_id, "Чужой?", OPTIONS)
    with pytest.raises(PollClosed):
        polls.vote(webinar.webinar_id, poll_id, viewer.registration_id, 0)


def test_votes_are_shown_within_a_second_and_not_each_at_once(
    webinar: WebinarRecord, viewer: RegistrationRecord, make: Make, redis_url: str
) -> None:
    poll_id = polls.open_poll(webinar.webinar_id, "Пробовали?", OPTIONS)
    server = redis.Redis.from_url(redis_url)

    def counts() -> Any:
        found = live.state.decoded(server.get(live.state.KEY.format(webinar.webinar_id)))
        assert found is not None
        assert found.poll is not None
        return found.poll.counts

    polls.vote(webinar.webinar_id, poll_id, viewer.registration_id, 0)
    polls.vote(webinar.webinar_id, poll_id, make.registration(webinar).registration_id, 0)
    assert counts() == [1, 0, 0]
    assert live.state.put_waiting() == 1
    assert counts() == [2, 0, 0]
    assert live.state.put_waiting() == 0


def test_question_is_asked_once_and_voted_up(
    webinar: WebinarRecord, viewer: RegistrationRecord, make: Make
) -> None:
    other = make.registration(webinar)
    first = questions.ask(viewer, "  Сколько \n стоит? ", at_sec=5, form_key="k" * 20)
    assert questions.ask(viewer, "Сколько стоит?", at_sec=6, form_key="k" * 20) == first
    second = questions.ask(other, "Когда начнём?", at_sec=9, form_key=None)
    assert questions.vote(webinar.webinar_id, second, viewer.registration_id)
    assert not questions.vote(webinar.webinar_id, second, viewer.registration_id)
    assert not questions.vote(webinar.webinar_id, second, other.registration_id)
    queue = [(each.text, each.votes) for each in questions.queue(webinar.webinar_id)]
    assert queue == [("Когда начнём?", 1), ("Сколько стоит?", 0)]
    assert questions.voted_by(webinar.webinar_id, viewer.registration_id) == {first, second}


def test_answered_question_goes_to_the_end_and_a_hidden_one_away(
    webinar: WebinarRecord, viewer: RegistrationRecord
) -> None:
    one, two = (
        questions.ask(viewer, text, at_sec=0, form_key=None) for text in ("Первый?", "Второй?")
    )
    questions.mark(webinar.webinar_id, one, answered=True)
    listed = [(each.question_id, each.answered) for each in shown(webinar).questions]
    assert listed == [(two, False), (one, True)]
    questions.hide(webinar.webinar_id, two)
    assert [each.question_id for each in shown(webinar).questions] == [one]
    questions.hide(webinar.webinar_id, two, hidden=False)
    assert len(shown(webinar).questions) == 2


def test_words_that_all_read_turn_no_page_around(
    webinar: WebinarRecord, viewer: RegistrationRecord
) -> None:
    """Nor do they bring what no database takes."""
    questions.ask(viewer, "Это \u202eвопрос\x00?", at_sec=0, form_key=None)
    live.polls.open_poll(webinar.webinar_id, "Как\x00?", ["Так\u202e", "Иначе"])
    live.broadcasts.pin(webinar.webinar_id, "Раз\x00\r\n\u202eдва")
    found = shown(webinar)
    assert [each.text for each in found.questions] == ["Это вопрос?"]
    assert found.poll is not None
    assert (found.poll.question, found.poll.options) == ("Как?", ["Так", "Иначе"])
    assert found.note == "Раз\nдва"


def test_question_without_words_or_with_too_many_is_refused(viewer: RegistrationRecord) -> None:
    for text in (" \n ", "\u202e", "а" * 501):
        with pytest.raises(QuestionInvalid):
            questions.ask(viewer, text, at_sec=0, form_key=None)


def test_sixth_question_within_five_minutes_is_refused(
    viewer: RegistrationRecord, moment: Any
) -> None:
    for number in range(5):
        questions.ask(viewer, f"Вопрос {number}?", at_sec=0, form_key=None)
    with pytest.raises(QuestionTooOften):
        questions.ask(viewer, "Ещё?", at_sec=0, form_key=None)
    moment.move_to(at(0))
    questions.ask(viewer, "Ещё?", at_sec=0, form_key=None)


def test_erased_person_leaves_no_words(
    webinar: WebinarRecord, viewer: RegistrationRecord, deliver: Any
) -> None:
    questions.ask(viewer, "Мой телефон 123", at_sec=0, form_key=None)
    core.leads.erase(viewer.lead_id)
    deliver()
    assert shown(webinar).questions == []
    assert questions.queue(webinar.webinar_id) == []
