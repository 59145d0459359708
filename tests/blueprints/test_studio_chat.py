"""The team reads and answers: the inbox, a conversation, moderation, and what the viewer sees of it."""

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import redis
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from app import autowebinar, chat, core, messages
from app.autowebinar import drafts, schedule_slots
from app.chat.rules import Rules
from app.core import RegistrationRecord, UserRecord, WebinarRecord
from app.extensions import db
from app.web.room import notices
from tests.autowebinar.recording import CONTENT, START, after, publish
from tests.fixtures.application import Make
from workers import ticker

HTMX = {"HX-Request": "true"}
SLOT_START = START


def at(seconds: float) -> Any:
    return time_machine.travel(START + timedelta(seconds=seconds), tick=False)


def found(page: str, pattern: str) -> str:
    match = re.search(pattern, page)
    assert match, pattern
    return html.unescape(match[1])


class Seat:
    """A viewer in the room."""

    def __init__(self, app: Flask, webinar: WebinarRecord, place: RegistrationRecord) -> None:
        self.app, self.webinar, self.place = app, webinar, place
        self.client = app.test_client()
        self.client.get(f"/r/{place.token}/")
        self.page = self.address = ""

    def open(self) -> str:
        self.page = self.client.get(f"/autowebinar/{self.webinar.slug}/").text
        self.address = found(self.page, r'hx-get="([^"]+/poll/[^"]+)"')
        return self.page

    def post(self, action: str, **fields: str) -> TestResponse:
        names = ("csrf_token", "viewer", "form_key")
        hidden = {name: found(self.page, rf'name="{name}" value="([^"]*)"') for name in names}
        hidden["form_key"] = f"{action}-{len(fields.get('message', ''))}-{'x' * 20}"
        address = f"/autowebinar/{self.webinar.slug}/{action}/"
        return self.client.post(address, data=hidden | fields, headers=HTMX)

    def say(self, text: str, **more: str) -> TestResponse:
        return self.post("chat", message=text, **more)

    def poll(self) -> str:
        """What the next poll brings; the polling element it answers with is asked next."""
        answer = self.app.test_client().get(self.address, headers=HTMX)
        assert answer.headers.get("Set-Cookie") is None
        if answer.status_code == 204:
            return ""
        self.address = found(answer.text, r'hx-get="([^"]+/poll/[^"]+)"')
        return str(answer.text)

    def beat(self) -> str:
        line = found(self.address, r"line=(\d+)")
        return str(self.post("beat", position="1", since="1", line=line, standing="").text)

    @property
    def channel(self) -> str:
        return f"auto:{self.place.session_id}"


@pytest.fixture(autouse=True)
def _clock() -> Any:
    with at(0):
        yield


@pytest.fixture
def host(make: Make) -> UserRecord:
    return make.user("speaker", name="Ольга Смирнова")


@pytest.fixture
def webinar(make: Make, host: UserRecord) -> WebinarRecord:
    made = publish(make)[0]
    return core.webinars.edit(made.webinar_id, speaker_id=host.user_id)


@pytest.fixture
def join(app: Flask, make: Make, webinar: WebinarRecord) -> Callable[..., Seat]:
    def seat(**fields: Any) -> Seat:
        return Seat(app, webinar, make.registration(webinar, **fields))

    return seat


@pytest.fixture
def slot(webinar: WebinarRecord) -> dict[str, Any]:
    """A session on a schedule, whose chat is shared."""
    made = schedule_slots.slot_of(webinar.webinar_id, SLOT_START)
    return {"slot_id": made.slot_id, "starts_at": made.starts_at}


@pytest.fixture
def shared(webinar: WebinarRecord, host: UserRecord) -> None:
    chat.rules.change(webinar.webinar_id, Rules(shared=True), actor=host)


@pytest.fixture
def desk(app: Flask, host: UserRecord, sign_in: Any) -> FlaskClient:
    client = app.test_client()
    sign_in(client, host)
    return client


@pytest.fixture
def act(desk: FlaskClient, csrf: Any) -> Callable[..., TestResponse]:
    def post(path: str, *, htmx: bool = False, **fields: Any) -> TestResponse:
        data = {"csrf_token": csrf(desk, "/studio/questions/"), "form_key": "f" * 20} | fields
        return desk.post(path, data=data, headers=HTMX if htmx else {})

    return post


def question_ids(page: str) -> list[str]:
    return re.findall(r'name="q" value="(\d+)"', page)


def planned(kind: str) -> list[messages.MessageRecord]:
    return messages.page(kind=kind)


class TestInbox:
    def test_question_stands_with_its_second_and_its_asker(
        self, join: Callable[..., Seat], desk: FlaskClient
    ) -> None:
        seat = join()
        seat.open()
        with at(12):
            seat.say("Сколько <b>стоит</b> курс?")
            page = desk.get("/studio/questions/").text
        assert "Сколько &lt;b&gt;стоит&lt;/b&gt; курс?" in page
        assert ">00:12<" in page
        assert seat.place.name in page

    def test_similar_questions_are_answered_at_once_in_the_room_and_in_telegram(
        self, join: Callable[..., Seat], desk: FlaskClient, act: Callable[..., TestResponse]
    ) -> None:
        here, gone, other = join(), join(), join()
        for seat, text in ((gone, "Сколько стоит курс?"), (other, "Когда старт?")):
            seat.open()
            seat.say(text)
        with at(60):
            here.open()
            here.say("а сколько стоит ваш курс")
            page = desk.get("/studio/questions/").text
            assert page.count('<article class="panel question"') == 2
            card = page.split('<article class="panel question"')[1]
            answer = act(
                "/studio/questions/answer/", q=question_ids(card), text="10 000 ₽ https://pay.ru"
            )
            assert answer.status_code == 303
            news = here.poll()
        assert 'data-origin="team"' in news
        assert ">команда<" in news
        assert '<a href="https://pay.ru" target="_blank" rel="noopener nofollow">' in news
        (message,) = planned("chat_answer")
        assert (message.lead_id, message.registration_id, message.recipient, message.state) == (
            gone.place.lead_id,
            gone.place.registration_id,
            "lead",
            "waiting",
        )
        assert "Сколько стоит курс?" in message.text
        assert "10 000 ₽" in message.text
        assert [q.text for q in chat.questions.page(None, "open")] == ["Когда старт?"]

    def test_no_message_is_promised_to_who_has_no_telegram(
        self, join: Callable[..., Seat], desk: FlaskClient, act: Callable[..., TestResponse]
    ) -> None:
        with_chat, without = join(), join()
        place = with_chat.place
        core.contacts.link_telegram(
            place.lead_id, 77, "@a", registration_id=place.registration_id, proven=False
        )
        db.session.commit()
        for seat in (with_chat, without):
            seat.open()
            seat.say("Когда старт?" if seat is with_chat else "Сколько стоит курс?")
        with at(120):
            ids = question_ids(desk.get("/studio/questions/").text)
            said = [
                html.unescape(
                    act(
                        "/studio/questions/answer/", htmx=True, q=each, text="Да", form_key=key
                    ).text
                )
                for each, key in zip(sorted(ids), ("k" * 20, "l" * 20), strict=True)
            ]
        assert "Зрителя уже нет в комнате: ответ уйдёт в Telegram." in said[0]
        assert "Ушли и не подключили Telegram: 1. Ответ ждёт их в комнате." in said[1]
        assert "уйдёт в Telegram" not in said[1]

    def test_answer_that_no_page_shows_in_time_goes_to_telegram(
        self, join: Callable[..., Seat], desk: FlaskClient, act: Callable[..., TestResponse]
    ) -> None:
        shows, sleeps = join(), join()
        for seat in (shows, sleeps):
            seat.open()
            seat.say("Когда старт?")
        page = desk.get("/studio/questions/").text
        act("/studio/questions/answer/", q=question_ids(page), text="Завтра")
        assert planned("chat_answer") == []
        with at(6):
            shows.poll()
            shows.beat()
        with at(46):
            notices.send_due_answers()
            notices.send_due_answers()
        assert [m.registration_id for m in planned("chat_answer")] == [sleeps.place.registration_id]

    def test_ticker_passes_answers_on(self) -> None:
        assert notices.send_due_answers in [chore.work for chore in ticker.chores()]

    def test_answer_becomes_a_line_of_the_draft_at_that_second(
        self,
        join: Callable[..., Seat],
        webinar: WebinarRecord,
        desk: FlaskClient,
        act: Callable[..., TestResponse],
    ) -> None:
        seat = join()
        seat.open()
        with at(33):
            seat.say("Моя тайна: сколько стоит?")
            page = desk.get("/studio/questions/").text
            act("/studio/questions/answer/", q=question_ids(page), text="Тысячу", save="y")
        added = [line for line in drafts.lines(webinar.webinar_id) if line.text == "Тысячу"]
        assert [(line.at, line.role, line.author, line.source) for line in added] == [
            (33, "team", "Ольга Смирнова", "typed")
        ]
        assert "тайна" not in str(drafts.lines(webinar.webinar_id))

    def test_answer_stands_at_the_second_of_the_viewers_own_version(
        self, join: Callable[..., Seat], webinar: WebinarRecord, desk: FlaskClient
    ) -> None:
        """A shorter one was published since; whoever is inside watches on."""
        seat = join()
        seat.open()
        shorter = CONTENT | {"duration_sec": 20, "lines": [], "cues": []}
        version = autowebinar.create_version(webinar.webinar_id, shorter)
        autowebinar.publish(webinar.webinar_id, version.version_id)
        with at(33):
            now = after(33)
            assert autowebinar.audience.second_in(webinar.webinar_id, seat.channel, now) == 33

    @pytest.mark.parametrize("text", ["", "  ", "я" * 1001])
    def test_answer_that_will_not_do_is_refused_in_its_card(
        self,
        join: Callable[..., Seat],
        desk: FlaskClient,
        act: Callable[..., TestResponse],
        text: str,
    ) -> None:
        seat = join()
        seat.open()
        seat.say("Когда?")
        ids = question_ids(desk.get("/studio/questions/").text)
        answer = act("/studio/questions/answer/", htmx=True, q=ids, text=text)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
        assert question_ids(answer.text) == ids
        assert len(chat.recent(seat.channel)) == 1

    def test_second_answer_to_the_same_says_that_it_was_seen_to(
        self, join: Callable[..., Seat], desk: FlaskClient, act: Callable[..., TestResponse]
    ) -> None:
        seat = join()
        seat.open()
        seat.say("Когда?")
        ids = question_ids(desk.get("/studio/questions/").text)
        assert act("/studio/questions/answer/", q=ids, text="Завтра").status_code == 303
        again = act("/studio/questions/answer/", q=ids, text="Послезавтра", form_key="g" * 20)
        assert again.status_code == 422
        assert [line.text for line in chat.recent(seat.channel)] == ["Когда?", "Завтра"]

    def test_speaker_reaches_nobody_elses_questions(
        self,
        app: Flask,
        make: Make,
        desk: FlaskClient,
        act: Callable[..., TestResponse],
    ) -> None:
        other, _ = publish(make)
        seat = Seat(app, other, make.registration(other))
        seat.open()
        seat.say("Чужой вопрос?")
        (question,) = chat.questions.page(None, "open")
        assert "Чужой вопрос" not in desk.get("/studio/questions/").text
        ids = [str(question.question_id)]
        assert act("/studio/questions/answer/", q=ids, text="Ответ").status_code == 403
        assert act("/studio/questions/mark/", q=ids, state="dismissed").status_code == 403
        for path in (f"/studio/{other.slug}/questions/", f"/studio/{other.slug}/chat/"):
            assert desk.get(path).status_code == 403
        assert chat.questions.page(None, "open") == [question]

    def test_what_is_no_question_is_put_aside(
        self, join: Callable[..., Seat], desk: FlaskClient, act: Callable[..., TestResponse]
    ) -> None:
        seat = join()
        seat.open()
        seat.say("Спасибо")
        ids = question_ids(desk.get("/studio/questions/").text)
        act("/studio/questions/mark/", q=ids, state="dismissed", back="/studio/questions/")
        assert question_ids(desk.get("/studio/questions/").text) == []
        assert question_ids(desk.get("/studio/questions/?state=dismissed").text) == ids

    def test_pages_follow_by_cursor_and_cost_the_same(
        self, join: Callable[..., Seat], webinar: WebinarRecord, desk: FlaskClient
    ) -> None:
        def cost() -> int:
            statements: list[str] = []
            record: Callable[..., None] = lambda *args: statements.append(args[2])  # noqa: E731
            event.listen(db.engine, "before_cursor_execute", record)
            assert desk.get("/studio/questions/").status_code == 200
            event.remove(db.engine, "before_cursor_execute", record)
            return len(statements)

        def ask(number: int) -> None:
            place = join().place
            chat.write(
                f"auto:{place.session_id}",
                f"Вопрос {number}?",
                author="Зритель",
                at_sec=number,
                registration_id=place.registration_id,
                webinar_id=webinar.webinar_id,
            )

        ask(0)
        one = cost()
        for number in range(1, 65):
            ask(number)
        assert cost() == one + 1, "what asks the same further down is one query"
        first = desk.get("/studio/questions/").text
        following = found(first, r'href="([^"]+)" rel="next"')
        both = question_ids(first) + question_ids(desk.get(following).text)
        assert len(set(both)) == len(both) == 65


class TestPing:
    def test_team_is_told_once_of_a_chat_where_nobody_watches(
        self, join: Callable[..., Seat], webinar: WebinarRecord
    ) -> None:
        seat = join()
        seat.open()
        seat.say("Есть кто?")
        seat.say("Ау, есть кто?")
        (ping,) = planned("question")
        assert (ping.recipient, ping.lead_id) == ("team", seat.place.lead_id)
        assert "Есть кто?" in ping.text
        assert f"/studio/{webinar.slug}/questions/" in ping.text

    @pytest.mark.parametrize("path", ["/studio/questions/", "/studio/{}/chat/"])
    def test_who_watches_is_not_pinged_until_they_have_been_gone_a_while(
        self, join: Callable[..., Seat], desk: FlaskClient, webinar: WebinarRecord, path: str
    ) -> None:
        seat = join()
        seat.open()
        desk.get(path.format(webinar.slug))
        seat.say("Есть кто?")
        assert planned("question") == []
        with at(31):
            seat.say("А теперь есть кто?")
        assert len(planned("question")) == 1

    def test_person_who_watches_other_webinars_does_not_watch_this(
        self, app: Flask, make: Make, join: Callable[..., Seat], sign_in: Any
    ) -> None:
        stranger = app.test_client()
        sign_in(stranger, make.user("speaker"))
        assert stranger.get("/studio/questions/").status_code == 200
        seat = join()
        seat.open()
        seat.say("Есть кто?")
        assert len(planned("question")) == 1


@pytest.mark.usefixtures("shared")
class TestShared:
    def test_viewers_of_one_session_read_each_other_by_name(
        self, join: Callable[..., Seat], slot: dict[str, Any]
    ) -> None:
        one, other = join(**slot), join(**slot)
        with at(10):
            one.open()
            other.open()
            said = one.say("Всем <i>привет</i>")
            assert ">Вы<" in said.text
            news = other.poll()
        assert f">{html.escape(one.place.name)}<" in news
        assert "Всем &lt;i&gt;привет&lt;/i&gt;" in news
        assert 'data-origin="viewer"' in news

    def test_addresses_of_one_session_are_shared_and_those_of_another_are_not(
        self, join: Callable[..., Seat], slot: dict[str, Any], webinar: WebinarRecord
    ) -> None:
        later = schedule_slots.slot_of(webinar.webinar_id, START + timedelta(minutes=1))
        with at(70):
            one, other = join(**slot), join(**slot)
            third = join(slot_id=later.slot_id, starts_at=later.starts_at)
            for seat in (one, other, third):
                seat.open()
            assert one.address == other.address
            one.say("Секрет первого сеанса")
            assert "Секрет" not in third.poll()

    def test_at_once_viewers_stay_alone_with_the_team(self, join: Callable[..., Seat]) -> None:
        one, other = join(), join()
        one.open()
        other.open()
        one.say("Только команде")
        assert "Только команде" not in other.poll()

    def test_role_is_that_of_a_proven_address(
        self, app: Flask, make: Make, join: Callable[..., Seat], slot: dict[str, Any]
    ) -> None:
        make.user("leader", email="leader@example.org")
        with at(10):
            reader = join(**slot)
            reader.open()
            for proven in (False, True):
                seat = join(email="leader@example.org", proven=proven, **slot)
                seat.open()
                seat.say(f"я здесь {proven}")
            news = reader.poll().split('class="message"')
        assert ">лидер<" not in news[1]
        assert ">лидер<" in news[2]

    def test_link_of_a_viewer_is_refused_in_words(
        self, join: Callable[..., Seat], slot: dict[str, Any]
    ) -> None:
        with at(10):
            seat = join(**slot)
            seat.open()
            answer = seat.say("Сюда: https://spam.ru")
        assert answer.status_code == 422
        assert "только команда" in answer.text
        assert "https://spam.ru</textarea>" in answer.text

    def test_link_is_refused_in_the_chat_with_the_team_alone_too(
        self, join: Callable[..., Seat]
    ) -> None:
        seat = join()
        seat.open()
        answer = seat.say("Мой сайт: https://spam.ru")
        assert answer.status_code == 422
        assert "Напишите то же без ссылки, пожалуйста." in answer.text
        assert "Мой сайт: https://spam.ru</textarea>" in answer.text

    @pytest.mark.both_databases
    def test_moderation_reaches_a_second_viewer_by_the_next_poll(
        self,
        join: Callable[..., Seat],
        slot: dict[str, Any],
        webinar: WebinarRecord,
        act: Callable[..., TestResponse],
        redis_url: str,
    ) -> None:
        with at(10):
            one, other = join(**slot), join(**slot)
            one.open()
            other.open()
            one.say("Плохие слова")
            assert "Плохие слова" in other.poll()
            chat_path = f"/studio/{webinar.slug}/chat/auto:{webinar.webinar_id}:{slot['slot_id']}"
            act(f"{chat_path}/1/edit/", text="Хорошие слова")
            news = other.poll()
            assert "Хорошие слова" in news
            assert ">изменено<" in news
            redis.Redis.from_url(redis_url).flushall()
            act(f"{chat_path}/1/delete/")
            assert '<div class="gone" hidden data-message-id="c1"' in other.poll()
            assert "слова" not in other.open()
            act(f"{chat_path}/1/restore/")
            assert "Хорошие слова" in other.poll()

    def test_muted_and_banned_viewers_are_told_so(
        self,
        join: Callable[..., Seat],
        slot: dict[str, Any],
        webinar: WebinarRecord,
        act: Callable[..., TestResponse],
    ) -> None:
        with at(10):
            seat, other = join(**slot), join(**slot)
            seat.open()
            other.open()
            seat.say("раз")
            people = f"/studio/{webinar.slug}/chat/people/{seat.place.registration_id}"
            act(f"{people}/mute/", minutes="10")
            refused = seat.say("два с лишним")
            assert (refused.status_code, "временно нельзя" in refused.text) == (422, True)
            assert 'data-standing="muted"' in seat.beat()
            act(f"{people}/unmute/")
            assert seat.say("два и снова").status_code == 200
            act(f"{people}/ban/")
            assert 'data-standing="banned"' in seat.beat()
            assert seat.say("три и четыре").status_code == 422
            page = other.open()
            assert "раз" not in re.findall(r'class="message__text">([^<]*)<', page)
            act(f"{people}/unban/")
            assert "два и снова" in other.poll()

    def test_team_writes_from_the_room_when_signed_in_alone(
        self,
        app: Flask,
        make: Make,
        host: UserRecord,
        slot: dict[str, Any],
        webinar: WebinarRecord,
        sign_in: Any,
    ) -> None:
        with at(10):
            own = Seat(app, webinar, make.registration(webinar, host.email, **slot))
            own.open()
            own.say("по ссылке")
            sign_in(own.client, host)
            own.open()
            own.say("а теперь вошла")
            lines = chat.recent(f"auto:{webinar.webinar_id}:{slot['slot_id']}")
        assert [(line.text, line.origin) for line in lines] == [
            ("по ссылке", "viewer"),
            ("а теперь вошла", "team"),
        ]


class TestConversation:
    def test_team_reads_and_answers_one_viewer(
        self,
        join: Callable[..., Seat],
        desk: FlaskClient,
        webinar: WebinarRecord,
        act: Callable[..., TestResponse],
    ) -> None:
        seat = join()
        seat.open()
        seat.say("Когда старт?")
        overview = desk.get(f"/studio/{webinar.slug}/chat/").text
        assert seat.place.name in overview
        path = f"/studio/{webinar.slug}/chat/{seat.channel}/"
        page = desk.get(path).text
        assert "Когда старт?" in page
        news = found(page, r'hx-get="([^"]+/news/[^"]+)"')
        assert desk.get(news, headers=HTMX).status_code == 204
        assert act(f"{path}say/", message="Завтра").status_code == 303
        fresh = desk.get(news, headers=HTMX).text
        assert 'hx-swap-oob="beforeend:#lines"' in fresh
        assert "Завтра" in fresh
        told = seat.poll()
        assert "Завтра" in told
        assert "Ольга Смирнова" in told
        assert chat.questions.page(None, "open") == []

    @pytest.mark.parametrize(
        ("message", "words"),
        [(" ", "Напишите сообщение."), ("я" * 1001, "Слишком длинно: не больше 1000 знаков.")],
    )
    def test_line_of_the_team_that_will_not_do_is_refused_as_in_the_room(
        self,
        join: Callable[..., Seat],
        webinar: WebinarRecord,
        act: Callable[..., TestResponse],
        message: str,
        words: str,
    ) -> None:
        seat = join()
        seat.open()
        seat.say("Когда старт?")
        answer = act(f"/studio/{webinar.slug}/chat/{seat.channel}/say/", message=message)
        assert (answer.status_code, 'role="alert"' in answer.text) == (422, True)
        assert words in answer.text

    def test_chat_of_another_webinar_is_not_there(
        self, app: Flask, make: Make, webinar: WebinarRecord, act: Callable[..., TestResponse]
    ) -> None:
        other, _ = publish(make)
        seat = Seat(app, other, make.registration(other))
        seat.open()
        seat.say("Чужое")
        chats = f"/studio/{webinar.slug}/chat"
        assert act(f"{chats}/{seat.channel}/1/delete/").status_code == 404
        assert act(f"{chats}/people/{seat.place.registration_id}/ban/").status_code == 404
        assert [line.text for line in chat.recent(seat.channel)] == ["Чужое"]

    def test_journal_names_who_did_what(
        self,
        join: Callable[..., Seat],
        desk: FlaskClient,
        webinar: WebinarRecord,
        act: Callable[..., TestResponse],
    ) -> None:
        seat = join()
        seat.open()
        seat.say("Лишнее")
        act(f"/studio/{webinar.slug}/chat/{seat.channel}/1/delete/")
        page = desk.get(f"/studio/{webinar.slug}/chat/journal/").text
        assert "Ольга Смирнова" in page
        assert "<del>Лишнее</del>" in page

    @pytest.mark.parametrize(
        "fields", [{}, {"shared": "all"}, {"shared": "shared", "slow_seconds": "7"}]
    )
    def test_rules_that_will_not_do_change_nothing(
        self, webinar: WebinarRecord, act: Callable[..., TestResponse], fields: dict[str, str]
    ) -> None:
        assert act(f"/studio/{webinar.slug}/chat/rules/", **fields).status_code == 422
        assert chat.rules.of(webinar.webinar_id) == Rules()


class TestBacklog:
    def test_newest_come_first_and_earlier_ones_on_demand(
        self, app: Flask, join: Callable[..., Seat], webinar: WebinarRecord
    ) -> None:
        seat = join()
        seat.open()
        for number in range(150):
            chat.write(seat.channel, f"Строка {number}", author="Ольга", at_sec=1, origin="team")
        seen = re.findall(r"Строка (\d+)<", seat.open())
        assert seen == [str(n) for n in range(90, 150)]
        page, rounds = seat.page, 0
        while match := re.search(r'hx-get="([^"]+/earlier/[^"]+)"', page):
            page = app.test_client().get(html.unescape(match[1]), headers=HTMX).text
            seen = re.findall(r"Строка (\d+)<", page) + seen
            rounds += 1
        assert seen == [str(n) for n in range(150)]
        assert rounds == 2

    def test_nothing_of_the_recording_comes_before_its_second(
        self, app: Flask, join: Callable[..., Seat]
    ) -> None:
        seat = join()
        seat.open()
        token = found(seat.address, r"/poll/([^/]+)/")
        address = f"/autowebinar/{seat.webinar.slug}/earlier/{token}/?r=1000&c=1000"
        assert "А если" not in app.test_client().get(address).text
        with at(41):
            assert "А если" in app.test_client().get(address).text


class TestPeople:
    def names(self, page: str) -> list[str]:
        rows = re.findall(r"<li>(.*?)</li>", page, re.S)
        return [" ".join(re.sub(r"<[^>]+>", "", row).split()) for row in rows]

    def test_list_has_names_and_roles_of_one_session_and_no_more(
        self, make: Make, join: Callable[..., Seat], slot: dict[str, Any]
    ) -> None:
        make.user("leader", email="leader@example.org")
        with at(10):
            me, leader, alone = join(**slot), join(email="leader@example.org", **slot), join()
            for seat in (me, leader, alone):
                seat.open()
            page = me.client.get(f"/autowebinar/{me.webinar.slug}/people/", headers=HTMX).text
        assert self.names(page) == [
            f"{me.place.name} (вы) участник",
            f"{leader.place.name} лидер",
        ]
        assert "@" not in page

    def test_who_wants_no_name_there_is_counted_alone(
        self, join: Callable[..., Seat], slot: dict[str, Any]
    ) -> None:
        with at(10):
            me, other = join(**slot), join(**slot)
            me.open()
            other.open()
            token = found(other.page, r'name="csrf_token" value="([^"]+)"')
            path = f"/autowebinar/{me.webinar.slug}/people/"
            answer = other.client.post(path, data={"csrf_token": token}, headers=HTMX)
            assert answer.status_code == 200
            page = me.client.get(path, headers=HTMX).text
        assert self.names(page) == [f"{me.place.name} (вы) участник"]
        assert "И ещё: 1" in page

    def test_list_is_bounded_and_says_how_many_more(
        self, join: Callable[..., Seat], slot: dict[str, Any]
    ) -> None:
        def cost(seat: Seat) -> tuple[int, str]:
            statements: list[str] = []
            record: Callable[..., None] = lambda *args: statements.append(args[2])  # noqa: E731
            event.listen(db.engine, "before_cursor_execute", record)
            page = seat.client.get(f"/autowebinar/{seat.webinar.slug}/people/", headers=HTMX).text
            event.remove(db.engine, "before_cursor_execute", record)
            return len(statements), page

        with at(10):
            me = join(**slot)
            me.open()
            one, _ = cost(me)
            for _ in range(59):
                place = join(**slot).place
                room = f"auto:{place.webinar_id}:{place.slot_id}"
                chat.presence.touch(room, place.session_id, START + timedelta(seconds=10))
            many, page = cost(me)
        assert (many, len(self.names(page))) == (one, 50)
        assert "И ещё: 10" in page

    def test_at_once_viewer_is_told_that_each_watches_alone(
        self, join: Callable[..., Seat]
    ) -> None:
        one, other = join(), join()
        one.open()
        other.open()
        page = one.client.get(f"/autowebinar/{one.webinar.slug}/people/", headers=HTMX).text
        assert "в своё время" in page
        assert other.place.name not in page


def test_broadcast_lists_who_watches_with_the_country_that_was_chosen(
    app: Flask, make: Make, join: Callable[..., Seat]
) -> None:
    live = make.webinar("live", published=False)
    core.webinar_states.schedule(live.webinar_id, START + timedelta(hours=1), actor_id=None)
    place, other = make.registration(live), make.registration(live)
    core.users.choose_country(other.user_id, "KZ")
    room = f"live:{live.webinar_id}"
    for each in (place, other):
        chat.presence.touch(room, each.session_id, START)
    client = app.test_client()
    client.get(f"/r/{place.token}/")
    page = client.get(f"/live/{live.slug}/people/", headers=HTMX).text
    assert TestPeople().names(page) == [
        f"{place.name} (вы) участник",
        f"{other.name} участник, Казахстан",
    ]


def test_leads_card_tells_what_was_asked_and_answered(
    app: Flask,
    make: Make,
    join: Callable[..., Seat],
    desk: FlaskClient,
    act: Callable[..., TestResponse],
    sign_in: Any,
) -> None:
    seat = join()
    seat.open()
    seat.say("Когда <i>старт</i>?")
    admin = app.test_client()
    sign_in(admin, make.user("admin"))
    card = f"/dashboard/leads/{seat.place.lead_id}/"
    assert "Когда &lt;i&gt;старт&lt;/i&gt;?" in admin.get(card).text
    ids = question_ids(desk.get("/studio/questions/").text)
    act("/studio/questions/answer/", q=ids, text="В понедельник")
    assert "Ответ: В понедельник" in admin.get(card).text
