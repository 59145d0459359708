"""Cues of every kind as their viewer meets them: polls, questions, hand-outs, offers that end."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from app import autowebinar, core
from app.autowebinar import Cue, answers, deadlines, seen
from tests.autowebinar.recording import START, after, publish
from tests.blueprints.test_autowebinar_room import Viewer, attribute, counted, poll
from tests.fixtures.application import Make

POLL = {
    "kind": "poll",
    "key": "poll0",
    "show_at": 10,
    "hide_at": 90,
    "text": "Где теряются гости?",
    "options": ["До регистрации", "После неё"],
}
LATE_POLL = POLL | {"key": "poll1", "show_at": 10, "results_at": 40}
QUESTION = {"kind": "question", "key": "ask0", "show_at": 10, "text": "Что мешает?"}
NOTE = {"kind": "note", "key": "note0", "show_at": 5, "hide_at": 30, "text": "План на сегодня"}
HANDOUT = {
    "kind": "handout",
    "key": "file0",
    "show_at": 5,
    "text": "Чек-лист",
    "link": "https://example.org/list.pdf",
}
OFFER = {
    "kind": "offer",
    "key": "offer0",
    "show_at": 20,
    "hide_at": 50,
    "text": "Со скидкой",
    "link": "https://example.org/buy",
    "minutes": 15,
}


@pytest.fixture(autouse=True)
def _at_the_start() -> Iterator[None]:
    with time_machine.travel(START, tick=False):
        yield


@pytest.fixture
def join(app: Flask, make: Make) -> Callable[..., Viewer]:
    """A viewer of a recording with these cues."""
    webinars: dict[str, Any] = {}

    def viewer(*cues: dict[str, Any], email: str | None = None, proven: bool = True) -> Viewer:
        said = repr(cues)
        if said not in webinars:
            webinars[said] = publish(make, cues=list(cues), lines=[])[0]
        client = app.test_client()
        registration = make.registration(webinars[said], email, proven=proven)
        client.get(f"/r/{registration.token}/")
        return Viewer(client, webinars[said], registration)

    return viewer


def cue_of(viewer: Viewer, key: str) -> Cue:
    version = autowebinar.published(viewer.webinar.webinar_id)
    assert version
    return next(cue for cue in version.cues if cue.key == key)


def give(viewer: Viewer, key: str, answer: object, seconds: float, **more: Any) -> TestResponse:
    return viewer.post(f"answer/{cue_of(viewer, key).cue_id}", seconds, answer=answer, **more)


def republish(viewer: Viewer, *cues: dict[str, Any]) -> None:
    """A version with these cues, for who comes from now on."""
    webinar_id = viewer.webinar.webinar_id
    content = autowebinar.versions.content_of(autowebinar.published(webinar_id))
    version = autowebinar.create_version(webinar_id, content | {"cues": list(cues)})
    autowebinar.publish(webinar_id, version.version_id)


def results(page: str) -> list[tuple[str, str]]:
    """Each option with its votes."""
    return re.findall(r'cue__option">([^<]*)<.*?%&nbsp;· (\d+)', page)


def forget(redis_url: str) -> None:
    redis.Redis.from_url(redis_url).flushall()
    answers._counted.clear()


def press(viewer: Viewer, key: str, seconds: float) -> TestResponse:
    with time_machine.travel(after(seconds), tick=False):
        return viewer.client.get(f"{viewer.address}go/{cue_of(viewer, key).cue_id}/")


def forms(viewer: Viewer) -> list[dict[str, Any]]:
    return [
        each.payload
        for each in core.timeline.of_lead(viewer.registration.lead_id)
        if each.name == "client_webinar_form_submitted"
    ]


class TestPoll:
    @pytest.mark.both_databases
    def test_vote_is_kept_told_and_shown(self, join: Callable[..., Viewer]) -> None:
        viewer = join(POLL)
        viewer.open(0)
        viewer.open(12)
        assert "Где теряются гости?" in viewer.page
        answer = give(viewer, "poll0", 1, 12)
        assert answer.status_code == 200
        assert "Ваш ответ: <strong>После неё</strong>" in answer.text
        assert "100 %&nbsp;· 1" in answer.text
        assert "Ответы зрителей этой записи за всё время: 1" in answer.text
        assert viewer.meta()["autowebinar_answer_poll0"] == "После неё"
        (told,) = forms(viewer)
        assert (told["form_id"], told["form_payload"]) == (
            "poll0",
            {"question": "Где теряются гости?", "answer": "После неё"},
        )

    @pytest.mark.both_databases
    def test_second_vote_is_refused_in_words_and_changes_nothing(
        self, join: Callable[..., Viewer]
    ) -> None:
        viewer = join(POLL)
        viewer.open(0)
        viewer.open(12)
        give(viewer, "poll0", 1, 12)
        again = give(viewer, "poll0", 0, 13)
        assert again.status_code == 409
        assert "он один на зрителя" in again.text
        assert "Ваш ответ: <strong>После неё</strong>" in again.text
        assert viewer.meta()["autowebinar_answer_poll0"] == "После неё"
        assert len(forms(viewer)) == 1

    def test_results_are_counts_of_real_votes(self, join: Callable[..., Viewer]) -> None:
        for choice in (0, 1, 1):
            viewer = join(POLL)
            viewer.open(0)
            viewer.open(12)
            answer = give(viewer, "poll0", choice, 12)
        assert re.findall(r"(\d+) %&nbsp;· (\d+)", answer.text) == [("33", "1"), ("67", "2")]

    def test_results_wait_for_their_second(self, app: Flask, join: Callable[..., Viewer]) -> None:
        viewer, other = join(LATE_POLL), join(LATE_POLL)
        for each in (viewer, other):
            each.open(0)
            each.open(12)
        answer = give(viewer, "poll1", 0, 12)
        assert "progress" not in answer.text
        assert "Итоги покажем на 00:40 записи." in answer.text
        other.beat(40, 40, since=41)
        told = poll(app, other.poll_address(), 40).text
        assert re.findall(r"(\d+) %&nbsp;· (\d+)", told) == [("100", "1"), ("0", "0")]
        assert "100 %&nbsp;· 1" in other.beat(41, 41, since=41).text
        assert "100 %&nbsp;· 1" in other.open(42).text

    def test_flush_in_mid_room_loses_no_vote(
        self, join: Callable[..., Viewer], redis_url: str
    ) -> None:
        viewer, other = join(POLL), join(POLL)
        for each in (viewer, other):
            each.open(0)
            each.open(12)
        give(viewer, "poll0", 1, 12)
        forget(redis_url)
        assert answers.counts(viewer.webinar.webinar_id, cue_of(viewer, "poll0")) is None
        answer = give(other, "poll0", 0, 13)
        assert re.findall(r"· (\d+)", answer.text) == ["1", "1"]
        assert answers.counts(viewer.webinar.webinar_id, cue_of(viewer, "poll0")) == [1, 1]

    def test_counting_asks_redis_alone_however_many_voted(
        self, join: Callable[..., Viewer]
    ) -> None:
        viewer = join(POLL)
        viewer.open(0)
        viewer.open(12)
        give(viewer, "poll0", 1, 12)
        cue, webinar_id = cue_of(viewer, "poll0"), viewer.webinar.webinar_id
        assert answers.counted(webinar_id, cue) == [0, 1]
        votes, statements = counted(lambda: answers.counts(webinar_id, cue))  # type: ignore[arg-type,return-value]
        assert (votes, statements) == ([0, 1], [])

    def test_poll_address_asks_no_database_with_results_due(
        self, app: Flask, join: Callable[..., Viewer]
    ) -> None:
        viewer = join(LATE_POLL)
        viewer.open(0)
        viewer.open(12)
        give(viewer, "poll1", 0, 12)
        viewer.beat(30, 30)
        for second in (40, 41):
            answer, statements = counted(lambda s=second: poll(app, viewer.poll_address(), s))
            assert (answer.status_code, statements) == (200, [])

    @pytest.mark.parametrize(
        ("given", "seconds", "words"),
        [
            ("", 12, "Выберите или напишите ответ."),
            ("2", 12, "Такого варианта нет."),
            ("-1", 12, "Такого варианта нет."),
            ("x", 12, "Такого варианта нет."),
            ("9" * 5000, 12, "Такого варианта нет."),
            ("1", 3, "Этот вопрос ещё не задан."),
            ("1", 99, "<strong>"),
        ],
    )
    def test_bad_vote_is_422_in_words(
        self, join: Callable[..., Viewer], given: str, seconds: int, words: str
    ) -> None:
        viewer = join(POLL | {"hide_at": 50})
        viewer.open(0)
        for second in range(0, seconds, 20):
            viewer.beat(second, second)
        viewer.open(seconds)
        answer = give(viewer, "poll0", given, seconds)
        assert answer.status_code == 422
        expected = "Приём ответов уже закончился." if words == "<strong>" else words
        assert expected in answer.text
        assert 'role="alert"' in answer.text
        assert "autowebinar_answer_poll0" not in viewer.meta()

    def test_vote_works_without_scripts(self, join: Callable[..., Viewer]) -> None:
        viewer = join(POLL)
        viewer.open(0)
        viewer.open(12)
        refused = give(viewer, "poll0", "", 12, headers={})
        assert refused.status_code == 422
        assert 'id="room"' in refused.text
        assert "Выберите или напишите ответ." in refused.text
        answer = give(viewer, "poll0", 0, 13, headers={})
        assert (answer.status_code, answer.headers["Location"]) == (303, viewer.address)
        viewer.open(14)
        assert "Ваш ответ: <strong>До регистрации</strong>" in viewer.page

    def test_team_does_not_vote(self, app: Flask, make: Make, join: Callable[..., Viewer]) -> None:
        make.user("speaker", email="team@example.org")
        viewer = join(POLL, email="team@example.org")
        viewer.open(0)
        viewer.open(12)
        answer = give(viewer, "poll0", 0, 12)
        assert answer.status_code == 422
        assert "только зрители" in answer.text
        assert "autowebinar_answer_poll0" not in viewer.meta()

    def test_edit_that_keeps_a_poll_keeps_its_votes(self, join: Callable[..., Viewer]) -> None:
        viewer = join(POLL)
        viewer.open(0)
        viewer.open(12)
        give(viewer, "poll0", 1, 12)
        edited = POLL | {"text": "Где вы теряете гостей?", "show_at": 8}
        republish(viewer, edited)
        other = join(POLL)
        other.open(0)
        page = other.open(13).text
        assert "Где вы теряете гостей?" in page
        answer = give(other, "poll0", 0, 14)
        assert re.findall(r"· (\d+)", answer.text) == ["1", "1"]
        assert "Ваш ответ: <strong>После неё</strong>" in viewer.open(15).text

    @pytest.mark.both_databases
    @pytest.mark.parametrize("lost", [False, True], ids=["with_redis", "counted_anew"])
    def test_vote_counts_for_the_option_that_it_was_cast_for(
        self, join: Callable[..., Viewer], redis_url: str, lost: bool
    ) -> None:
        """Though an edit has put another one in its place; each version shows its own options."""
        viewer = join(POLL)
        viewer.open(0)
        viewer.open(12)
        give(viewer, "poll0", 1, 12)
        republish(viewer, POLL | {"options": ["После неё", "Нигде"]})
        other = join(POLL)
        other.open(0)
        other.open(12)
        if lost:
            forget(redis_url)
        answer = give(other, "poll0", 1, 13)
        assert results(answer.text) == [("После неё", "1"), ("Нигде", "1")]
        if lost:
            forget(redis_url)
        assert results(viewer.open(15).text) == [("До регистрации", "0"), ("После неё", "1")]
        assert "Ваш ответ: <strong>После неё</strong>" in viewer.page

    @pytest.mark.both_databases
    def test_vote_that_was_kept_by_place_counts_as_its_version_had_it(
        self, join: Callable[..., Viewer], redis_url: str
    ) -> None:
        """As they all were once."""
        viewer = join(POLL)
        viewer.open(0)
        scope = seen.scope_of(viewer.registration.registration_id)
        seen.meta.write(viewer.registration.user_id, scope, {"autowebinar_answer_poll0": 1})
        republish(viewer, POLL | {"options": ["После неё", "Нигде"]})
        forget(redis_url)
        other = join(POLL)
        other.open(0)
        other.open(12)
        assert answers.tallied(viewer.webinar.webinar_id, cue_of(other, "poll0")) == [1, 0]
        answer = give(other, "poll0", 1, 13)
        assert results(answer.text) == [("После неё", "1"), ("Нигде", "1")]
        assert "Ваш ответ: <strong>После неё</strong>" in viewer.open(12).text
        assert results(viewer.page) == [("До регистрации", "0"), ("После неё", "1")]

    def test_erased_lead_takes_the_answer_along(
        self, join: Callable[..., Viewer], deliver: Callable[[], int]
    ) -> None:
        viewer, other = join(POLL, QUESTION), join(POLL, QUESTION)
        for each in (viewer, other):
            each.open(0)
            each.open(12)
            give(each, "poll0", 1, 12)
        give(viewer, "ask0", "Моё имя и адрес", 12)
        core.leads.erase(viewer.registration.lead_id)
        deliver()
        assert not [key for key in viewer.meta() if key.startswith(answers.ANSWER)]
        answers._counted.clear()
        cue = cue_of(other, "poll0")
        assert answers.counted(other.webinar.webinar_id, cue) == [0, 1]


class TestQuestion:
    def test_words_are_kept_and_told(self, join: Callable[..., Viewer]) -> None:
        viewer = join(QUESTION)
        viewer.open(0)
        viewer.open(12)
        answer = give(viewer, "ask0", "  <b>Нет</b>\n времени ", 12)
        assert answer.status_code == 200
        assert "&lt;b&gt;Нет&lt;/b&gt; времени" in answer.text
        assert viewer.meta()["autowebinar_answer_ask0"] == "<b>Нет</b> времени"
        assert forms(viewer)[0]["form_payload"]["answer"] == "<b>Нет</b> времени"

    def test_too_long_an_answer_stays_in_its_field(self, join: Callable[..., Viewer]) -> None:
        viewer = join(QUESTION)
        viewer.open(0)
        viewer.open(12)
        answer = give(viewer, "ask0", "я" * 501, 12)
        assert answer.status_code == 422
        assert "не больше 500 знаков" in answer.text
        assert "я" * 400 in answer.text


class TestNoteAndHandout:
    def test_note_comes_and_goes(self, app: Flask, join: Callable[..., Viewer]) -> None:
        viewer = join(NOTE)
        viewer.open(0)
        assert "План на сегодня" in poll(app, viewer.poll_address(), 5).text
        viewer.open(6)
        assert "План на сегодня" in viewer.page
        cue_id = cue_of(viewer, "note0").cue_id
        gone = poll(app, viewer.poll_address(), 30).text
        assert f'<div id="{cue_id}" hx-swap-oob="delete"></div>' in gone

    @pytest.mark.both_databases
    def test_handout_is_counted_once_and_leads_to_the_file(
        self, join: Callable[..., Viewer]
    ) -> None:
        viewer = join(HANDOUT)
        viewer.open(0)
        assert press(viewer, "file0", 1).status_code == 404
        viewer.open(6)
        for second in (6, 7):
            answer = press(viewer, "file0", second)
            assert answer.headers["Location"] == HANDOUT["link"]
        assert answers.totals(["file0"], viewer.webinar.webinar_id) == {"file0": 1}
        assert [each["form_payload"] for each in forms(viewer)] == [{"material": "Чек-лист"}]
        assert "autowebinar_cta_click" not in viewer.facts()

    def test_note_leads_nowhere(self, join: Callable[..., Viewer]) -> None:
        viewer = join(NOTE)
        viewer.open(0)
        viewer.open(6)
        assert press(viewer, "note0", 6).status_code == 404


class TestOffer:
    def ends(self, viewer: Viewer) -> Any:
        return viewer.meta().get("autowebinar_offer_offer0")

    @pytest.mark.both_databases
    def test_deadline_begins_when_it_is_first_shown_and_stays(
        self, join: Callable[..., Viewer]
    ) -> None:
        viewer = join(OFFER)
        viewer.open(0)
        viewer.beat(10, 10)
        assert self.ends(viewer) is None
        answer = viewer.beat(21, 21, since=22)
        assert self.ends(viewer) == after(21 + 900)
        assert attribute(answer.text, r'data-left="(\d+)"') == "900"
        viewer.open(30)
        assert attribute(viewer.page, r'data-left="(\d+)"') == "891"
        assert self.ends(viewer) == after(21 + 900)

    def test_another_device_sees_the_same_deadline(
        self, app: Flask, join: Callable[..., Viewer], redis_url: str
    ) -> None:
        viewer = join(OFFER)
        viewer.open(0)
        viewer.open(21)
        redis.Redis.from_url(redis_url).flushall()
        phone = app.test_client()
        phone.get(f"/r/{viewer.registration.token}/")
        other = Viewer(phone, viewer.webinar, viewer.registration)
        other.open(41)
        assert attribute(other.page, r'data-left="(\d+)"') == "880"

    def test_link_obeys_the_deadline(self, join: Callable[..., Viewer]) -> None:
        viewer = join(OFFER)
        viewer.open(0)
        assert press(viewer, "offer0", 1).status_code == 404
        viewer.open(21)
        answer = press(viewer, "offer0", 21 + 899)
        assert (answer.status_code, answer.headers["Location"]) == (303, OFFER["link"])
        late = press(viewer, "offer0", 21 + 900)
        assert late.status_code == 410
        assert "Предложение закончилось" in late.text
        assert OFFER["link"] not in late.text

    def test_offer_that_has_ended_is_shown_as_ended(self, join: Callable[..., Viewer]) -> None:
        viewer = join(OFFER | {"hide_at": None, "minutes": 1})
        viewer.open(0)
        viewer.beat(20, 20)
        viewer.open(59)
        assert 'id="cta"' in viewer.page
        viewer.beat(81, 81)
        viewer.open(81)
        assert 'id="cta"' not in viewer.page
        assert "Предложение закончилось" in viewer.page

    def test_fixed_date_holds_for_all(self, app: Flask, join: Callable[..., Viewer]) -> None:
        until = int(after(60).timestamp())
        offer = {key: value for key, value in OFFER.items() if key != "minutes"}
        viewer = join(offer | {"until": until, "hide_at": None})
        viewer.open(0)
        shown = poll(app, viewer.poll_address(), 20).text
        assert attribute(shown, r'data-left="(\d+)"') == "40"
        viewer.open(21)
        assert press(viewer, "offer0", 59).status_code == 303
        assert press(viewer, "offer0", 60).status_code == 410
        assert self.ends(viewer) is None

    def test_edit_that_keeps_the_offer_keeps_the_deadline(
        self, join: Callable[..., Viewer]
    ) -> None:
        viewer = join(OFFER)
        viewer.open(0)
        viewer.open(21)
        republish(viewer, OFFER | {"minutes": 1000})
        viewer.open(30)
        assert attribute(viewer.page, r'data-left="(\d+)"') == "891"

    def test_signing_up_again_buys_no_time(self, join: Callable[..., Viewer]) -> None:
        first = join(OFFER, email="one@example.org")
        first.open(0)
        first.open(21)
        again = join(OFFER, email="one@example.org")
        again.open(0)
        again.beat(22, 22)
        assert self.ends(again) == self.ends(first)

    def test_unproven_place_neither_sees_nor_begins_the_persons_deadline(
        self, join: Callable[..., Viewer]
    ) -> None:
        first = join(OFFER, email="two@example.org", proven=False)
        person = core.users.get(first.registration.user_id)
        assert person is not None
        first.open(0)
        first.open(21)
        stranger = join(OFFER, email="two@example.org", proven=False)
        stranger.open(0)
        stranger.beat(25, 25)
        assert self.ends(first) == after(21 + 900)
        assert self.ends(stranger) == after(25 + 900)

    def test_dashboard_can_ask_for_all_deadlines_at_once(self, join: Callable[..., Viewer]) -> None:
        viewer = join(OFFER)
        viewer.open(0)
        viewer.open(21)
        found = deadlines.all_known([viewer.registration])
        assert found == {viewer.registration.registration_id: {"offer0": after(921)}}

    def test_beat_without_personal_cues_costs_no_query_more(
        self, join: Callable[..., Viewer]
    ) -> None:
        plain, noted = join(OFFER | {"show_at": 90, "hide_at": None}), join(NOTE)
        for each in (plain, noted):
            each.open(0)
            each.beat(5, 5)
        _, without = counted(lambda: plain.beat(8, 8, since=9))
        _, with_note = counted(lambda: noted.beat(8, 8, since=9))
        assert len(with_note) == len(without)


class TestLeadsCard:
    def test_card_says_when_the_leads_offer_ends(
        self, app: Flask, make: Make, join: Callable[..., Viewer], sign_in: Any
    ) -> None:
        viewer = join(OFFER)
        viewer.open(0)
        viewer.open(21)
        client = app.test_client()
        sign_in(client, make.user("admin"))
        card = f"/dashboard/leads/{viewer.registration.lead_id}/"
        assert (
            "Предложение «Со скидкой» действует до 23 ноября 2026, 15:15" in client.get(card).text
        )
        with time_machine.travel(after(21 + 900), tick=False):
            assert "Предложение «Со скидкой» закончилось" in client.get(card).text
