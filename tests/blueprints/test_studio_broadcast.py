"""A LIVE webinar in the studio: made, given its hour, moved, cancelled, and run from the console."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert
from werkzeug.test import TestResponse

from app import chat, clock, core, live
from app.blueprints.studio import live_steps
from app.core import UserRecord, WebinarRecord
from app.core.errors import WebinarRefused
from app.live.models import LiveQuestion
from tests.fixtures import parallel
from tests.fixtures.application import TOKEN, Make
from tests.live.conftest import AT, at, moment  # noqa: F401

SETTINGS = {
    "planned_minutes": "60",
    "cta_text": "Купить курс",
    "cta_link": "https://example.org/course",
    "speaker": "0",
}


class Desk:
    """A speaker's browser in the studio."""

    def __init__(self, client: FlaskClient, speaker: UserRecord, slug: str) -> None:
        self.client, self.speaker, self.slug = client, speaker, slug

    def page(self, path: str = "live/") -> str:
        answer = self.client.get(f"/studio/{self.slug}/{path}")
        assert answer.status_code == 200, answer.text
        return answer.text

    def send(self, path: str, *, htmx: bool = False, **data: Any) -> TestResponse:
        page = self.page("broadcast/")
        found = TOKEN.search(page)
        assert found
        headers = {"HX-Request": "true"} if htmx else {}
        given = {"csrf_token": found[1], **data}
        return self.client.post(f"/studio/{self.slug}/{path}", data=given, headers=headers)

    @property
    def webinar(self) -> WebinarRecord:
        found = core.webinars.by_slug(self.slug)
        assert found is not None
        return found

    @property
    def state(self) -> live.RoomState:
        return live.state.of(self.webinar.webinar_id)


@pytest.fixture
def speaker(make: Make) -> UserRecord:
    return make.user("speaker", name="Андрей Соколов")


@pytest.fixture
def desk(app: Flask, make: Make, speaker: UserRecord, sign_in: Any, moment: Any) -> Desk:  # noqa: F811
    client = app.test_client()
    sign_in(client, speaker)
    make.webinar("live", published=False, slug="talk", speaker_id=speaker.user_id)
    return Desk(client, speaker, "talk")


@pytest.fixture
def scheduled(desk: Desk) -> Desk:
    live_steps.schedule(desk.webinar.webinar_id, AT, desk.speaker, again=False)
    return desk


def test_a_broadcast_is_made_where_a_recording_is(
    client: FlaskClient, speaker: UserRecord, sign_in: Any, csrf: Callable[[FlaskClient, str], str]
) -> None:
    sign_in(client, speaker)
    assert 'value="live" type="radio"' in client.get("/studio/new/").text.replace(
        'type="radio" value="live"', 'value="live" type="radio"'
    )
    form = {"csrf_token": csrf(client, "/studio/new/"), "title": "Разговор", "kind": "live"}
    answer = client.post("/studio/new/", data=form)
    assert answer.location == "/studio/razgovor/broadcast/"
    made = core.webinars.by_slug("razgovor")
    assert made is not None
    assert (made.type, made.status, made.speaker_id) == ("live", "draft", speaker.user_id)


def test_hour_is_announced_by_the_clock_of_a_named_place_and_moved(desk: Desk) -> None:
    desk.send("broadcast/hour/", at="2026-11-23T19:00", zone="Europe/Moscow")
    assert (desk.webinar.status, desk.webinar.scheduled_at) == ("scheduled", AT)
    desk.send("broadcast/hour/", at="2026-11-23T23:00", zone="Asia/Omsk")
    assert desk.webinar.scheduled_at == at(3600)


@pytest.mark.parametrize(
    ("given", "zone", "words"),
    [
        ("", "Europe/Moscow", "Выберите день и час"),
        ("tomorrow", "Europe/Moscow", "Выберите день и час"),
        ("2026-11-23T17:00", "Europe/Moscow", "уже прошёл"),
        ("2026-11-24T19:00", "Mars/Base", "Такого часового пояса нет"),
        ("2027-03-28T02:30", "Europe/Berlin", "часы переводят"),
    ],
)
def test_hour_that_will_not_do_is_refused(desk: Desk, given: str, zone: str, words: str) -> None:
    answer = desk.send("broadcast/hour/", at=given, zone=zone)
    assert answer.status_code == 422
    assert words in answer.text
    assert desk.webinar.status == "draft"


def test_settings_are_kept_as_they_were_given(desk: Desk) -> None:
    answer = desk.send("broadcast/", **SETTINGS)
    assert answer.status_code == 303
    kept = live.broadcasts.of(desk.webinar.webinar_id)
    assert (kept.planned_minutes, kept.cta_text) == (60, "Купить курс")
    assert kept.cta_link == "https://example.org/course"
    assert desk.webinar.speaker_id == desk.speaker.user_id


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"planned_minutes": "4"}, "Число минут от 5 до 1440"),
        ({"planned_minutes": "час"}, "Число минут от 5 до 1440"),
        ({"cta_link": "javascript:alert(1)"}, "Нужен адрес https://"),
        ({"cta_link": "//example.org"}, "Нужен адрес https://"),
    ],
)
def test_settings_that_will_not_do_change_nothing(
    desk: Desk, change: dict[str, str], words: str
) -> None:
    answer = desk.send("broadcast/", **(SETTINGS | change))
    assert answer.status_code == 422
    assert words in answer.text
    assert live.broadcasts.of(desk.webinar.webinar_id).cta_text == ""


@pytest.fixture
def admin_desk(app: Flask, desk: Desk, make: Make, sign_in: Any) -> Desk:
    """An admin's browser at the same webinar."""
    client = app.test_client()
    admin = make.user("admin", name="Ольга Админ")
    sign_in(client, admin)
    return Desk(client, admin, desk.slug)


GEAR = "broadcast/stream/place/"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"stream_source": "http://example.org/a.m3u8"}, "Нужен https://"),
        ({"stream_source": "https://example.org/a.mp4"}, "Прямой эфир — это поток"),
        ({"stream_source": "https://example.org/"}, "Не понимаем этот адрес"),
        ({"stream_type": "zoom"}, "Нужна ссылка на встречу"),
        ({"stream_type": "zoom", "stream_source": "javascript:alert(1)"}, "Нужна ссылка"),
    ],
)
def test_place_that_will_not_do_is_not_taken(
    admin_desk: Desk, change: dict[str, str], words: str
) -> None:
    answer = admin_desk.send(GEAR, **({"stream_type": "obs", "stream_source": ""} | change))
    assert answer.status_code == 422
    assert words in answer.text
    assert (admin_desk.webinar.stream_type, admin_desk.webinar.stream_source) == ("obs", "")


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("kind", "source", "words"),
    [
        ("obs", "https://example.org/a.m3u8", "картинка с другого сервера"),
        ("zoom", "https://zoom.us/j/123", "В Zoom"),
        ("telegram", "https://t.me/+abc", "В Telegram"),
    ],
)
def test_place_is_kept_and_its_speaker_reads_it_in_plain_words(
    desk: Desk, admin_desk: Desk, kind: str, source: str, words: str
) -> None:
    before = live.broadcasts.of(desk.webinar.webinar_id).revision
    assert admin_desk.send(GEAR, stream_type=kind, stream_source=source).status_code == 303
    assert (desk.webinar.stream_type, desk.webinar.stream_source) == (kind, source)
    assert desk.state.revision > before, "pages that are open are told"
    page = desk.page("broadcast/stream/")
    assert words in page
    assert source in page
    assert live.broadcasts.of(desk.webinar.webinar_id).stream_key not in page
    assert words in desk.page("broadcast/")


def test_place_is_the_admins_alone_to_change_and_the_speaker_is_told_whom_to_ask(
    desk: Desk, admin_desk: Desk
) -> None:
    fields = {"stream_type": "zoom", "stream_source": "https://zoom.us/j/1"}
    assert desk.send("broadcast/", **SETTINGS, **fields).status_code == 303
    assert desk.send(GEAR, **fields).status_code == 403
    assert (desk.webinar.stream_type, desk.webinar.stream_source) == ("obs", "")
    mine, page = desk.page("broadcast/"), desk.page("broadcast/stream/")
    assert 'name="stream_type"' not in mine + page
    assert 'name="stream_source"' not in mine + page
    assert "картинка из OBS" in page
    assert "скажите администратору. Это Ольга Админ." in page
    assert 'name="stream_type"' in admin_desk.page("broadcast/stream/")
    assert 'name="stream_type"' not in admin_desk.page("broadcast/")


def test_place_of_what_is_over_is_read_alone(scheduled: Desk, admin_desk: Desk) -> None:
    for step in ("start", "stop"):
        live_steps.take(step, scheduled.webinar.webinar_id, scheduled.speaker)  # type: ignore[arg-type]
    answer = admin_desk.send(GEAR, stream_type="zoom", stream_source="https://zoom.us/j/1")
    assert answer.status_code == 409
    assert "его настройки больше не меняются" in answer.text
    assert scheduled.webinar.stream_type == "obs"
    assert 'name="stream_type"' not in admin_desk.page("broadcast/stream/")


def test_cancelling_says_first_how_many_will_be_told(scheduled: Desk, make: Make) -> None:
    make.registration(scheduled.webinar, starts_at=AT)
    make.registration(scheduled.webinar, starts_at=AT)
    assert "узнают записавшиеся, их 2" in scheduled.page("broadcast/cancel/")
    assert scheduled.webinar.status == "scheduled"
    scheduled.send("broadcast/cancel/")
    assert scheduled.webinar.status == "cancelled"


def test_archive_asks_first_and_takes_no_single_press(scheduled: Desk, make: Make) -> None:
    make.registration(scheduled.webinar, starts_at=AT)
    early = scheduled.page("broadcast/archive/")
    assert "В архив убирают завершённый или отменённый эфир." in early
    assert "Убрать в архив?" not in early
    assert scheduled.send("broadcast/archive/", sure="y").status_code == 409
    bring_on(scheduled, "start", "stop")
    assert 'href="/studio/talk/broadcast/archive/"' in scheduled.page("broadcast/")
    asked = scheduled.page("broadcast/archive/")
    assert "Вернуть его из архива нельзя" in asked
    assert "1 записанный человек по-прежнему войдёт" in asked
    answer = scheduled.send("broadcast/archive/")
    assert (answer.status_code, scheduled.webinar.status) == (422, "finished")
    assert "Подтвердите, что вебинар нужно убрать в архив." in answer.text
    scheduled.send("broadcast/archive/", sure="y")
    assert scheduled.webinar.status == "archived"
    answer = scheduled.send("broadcast/", **SETTINGS)
    assert answer.status_code == 409
    assert "в архиве" in answer.text


def bring_on(desk: Desk, *steps: live_steps.Step) -> None:
    for step in steps:
        live_steps.take(step, desk.webinar.webinar_id, desk.speaker)


def test_key_is_read_by_the_own_speaker_and_changed_behind_the_gear_by_admins_alone(
    app: Flask, desk: Desk, make: Make, sign_in: Any
) -> None:
    key = live.broadcasts.of(desk.webinar.webinar_id).stream_key
    assert key in desk.page("broadcast/stream/")
    assert key not in desk.page("broadcast/") + desk.page()
    owner = make.user("speaker")
    made = make.webinar("live", published=False, slug="given-away", owner_id=owner.user_id)
    client = app.test_client()
    sign_in(client, owner)
    assert client.get(f"/studio/{made.slug}/broadcast/").status_code == 200
    assert client.get(f"/studio/{made.slug}/broadcast/stream/").status_code == 403
    assert "⚙" not in desk.page("broadcast/")
    assert "Сделать новый ключ" not in desk.page("broadcast/stream/")
    assert desk.send("broadcast/stream/").status_code == 403
    assert live.broadcasts.of(desk.webinar.webinar_id).stream_key == key
    desk.client = app.test_client()
    sign_in(desk.client, make.user("admin"))
    assert "⚙" in desk.page("broadcast/")
    assert "Сделать новый ключ" in desk.page("broadcast/stream/")
    assert desk.send("broadcast/stream/").status_code == 303
    assert live.broadcasts.of(desk.webinar.webinar_id).stream_key != key


def test_steps_change_the_state_and_the_clock_together(scheduled: Desk, moment: Any) -> None:  # noqa: F811
    moment.move_to(AT)
    assert scheduled.send("live/start/").status_code == 303
    moment.move_to(at(60))
    scheduled.send("live/pause/")
    moment.move_to(at(90))
    scheduled.send("live/resume/")
    moment.move_to(at(150))
    scheduled.send("live/stop/")
    state = scheduled.state
    assert (state.status, state.paused_seconds) == ("finished", 30)
    assert live.broadcasts.of(state.webinar_id).air.length == 120


REFUSED = [
    ("draft", "start", "Сначала назначьте час"),
    ("live", "start", "Эфир уже идёт: его начал другой ведущий."),
    ("finished", "start", "второй раз его не начать"),
    ("cancelled", "start", "Эфир отменён"),
    ("scheduled", "pause", "На паузу ставят идущий эфир"),
    ("live", "resume", "Эфир не на паузе"),
    ("scheduled", "stop", "Завершать нечего"),
    ("finished", "resume", "второй раз его не начать"),
    ("archived", "start", "в архиве"),
]
STEPS_TO = {
    "draft": (),
    "scheduled": ("schedule",),
    "live": ("schedule", "start"),
    "finished": ("schedule", "start", "stop"),
    "cancelled": ("schedule", "cancel"),
    "archived": ("schedule", "cancel", "archive"),
}


@pytest.mark.parametrize(("status", "step", "words"), REFUSED)
def test_refusals_are_told_in_plain_words(desk: Desk, status: str, step: str, words: str) -> None:
    bring(desk, status)
    for htmx in (False, True):
        answer = desk.send(f"live/{step}/", htmx=htmx)
        assert answer.status_code == 409
        assert words in answer.text
    assert desk.webinar.status == status


def bring(desk: Desk, status: str) -> None:
    webinar_id = desk.webinar.webinar_id
    for step in STEPS_TO[status]:
        if step == "schedule":
            live_steps.schedule(webinar_id, AT, desk.speaker, again=False)
        elif step in ("cancel", "archive"):
            getattr(live_steps, step)(webinar_id, desk.speaker)
        else:
            live_steps.take(step, webinar_id, desk.speaker)  # type: ignore[arg-type]


@pytest.mark.both_databases
def test_two_who_press_start_at_once_make_one_start(
    app: Flask, scheduled: Desk, make: Make
) -> None:
    webinar_id, other = scheduled.webinar.webinar_id, make.user("admin")

    def start(person: UserRecord) -> str:
        try:
            live_steps.take("start", webinar_id, person)
        except WebinarRefused as refusal:
            return refusal.name
        return "started"

    works = [lambda: start(scheduled.speaker), lambda: start(other)]
    assert sorted(parallel.at_once(app, works)) == ["started", "webinar_state_invalid_start"]
    assert scheduled.state.status == "live"


def test_stop_asks_first(scheduled: Desk) -> None:
    live_steps.take("start", scheduled.webinar.webinar_id, scheduled.speaker)
    assert "live/stop/" not in scheduled.page()
    asked = scheduled.page("live/?stop=1")
    assert 'action="/studio/talk/live/stop/"' in asked
    news = re.search(r'hx-get="([^"]*/news/[^"]*stop=1[^"]*)"', asked)
    assert news


def test_start_long_before_its_hour_asks_first(scheduled: Desk, moment: Any) -> None:  # noqa: F811
    press = 'action="/studio/talk/live/start/"'
    moment.move_to(at(-30 * 60 - 1))
    page = scheduled.page()
    assert press not in page
    assert 'href="/studio/talk/live/?start=1"' in page
    asked = scheduled.page("live/?start=1")
    assert press in asked
    assert "Эфир назначен на 23 ноября, 19:00" in asked
    assert "Не начинать" in asked
    assert scheduled.client.get(news_of(asked)).status_code == 204, "a poll keeps the question"
    assert scheduled.send("live/start/").status_code == 303
    assert scheduled.webinar.status == "live"


def test_start_about_its_hour_is_one_press(scheduled: Desk, moment: Any) -> None:  # noqa: F811
    for second in (-30 * 60, 0, 3600):
        moment.move_to(at(second))
        page = scheduled.page()
        assert 'action="/studio/talk/live/start/"' in page
        assert "?start=1" not in page


def test_poll_brings_only_what_has_changed(scheduled: Desk) -> None:
    page = scheduled.page()
    address = news_of(page)
    assert scheduled.client.get(address).status_code == 204
    live.broadcasts.pin(scheduled.webinar.webinar_id, "Промокод ЭФИР")
    news = scheduled.client.get(address)
    assert "Промокод ЭФИР" in news.text
    assert 'id="console-shown"' in news.text
    assert 'id="console-talk"' not in news.text
    assert scheduled.client.get(news_of(news.text)).status_code == 204


def news_of(page: str) -> str:
    found = re.search(r'id="console-news" hx-get="([^"]+)"', page)
    assert found
    return found[1].replace("&amp;", "&")


def test_open_console_counts_as_the_team_watching(scheduled: Desk) -> None:
    from app.web.room import team

    assert not team.is_watching(scheduled.webinar, clock.now())
    scheduled.page()
    assert team.is_watching(scheduled.webinar, clock.now())


def test_call_to_action_note_and_poll_reach_the_room(scheduled: Desk) -> None:
    scheduled.send("live/cta/", visible="1")
    scheduled.send("live/note/", note=" Слайды: example.org ")
    scheduled.send("live/poll/", question="Слышно?", option=["Да", "Нет", ""])
    state = scheduled.state
    assert (state.cta_shown, state.note) == (True, "Слайды: example.org")
    assert state.poll is not None
    assert state.poll.options == ["Да", "Нет"]
    scheduled.send(f"live/poll/{state.poll.poll_id}/close/")
    assert scheduled.state.poll is not None
    assert scheduled.state.poll.closed
    scheduled.send(f"live/poll/{state.poll.poll_id}/hide/")
    scheduled.send("live/cta/", visible="0")
    scheduled.send("live/note/", note="")
    state = scheduled.state
    assert (state.cta_shown, state.note, state.poll) == (False, "", None)


def test_what_will_not_do_stays_in_its_form(scheduled: Desk) -> None:
    for htmx in (False, True):
        one = scheduled.send("live/poll/", htmx=htmx, question="Слышно?", option=["Да"])
        assert one.status_code == 422
        assert "от двух до шести" in one.text
        assert 'value="Слышно?"' in one.text
        long = scheduled.send("live/note/", htmx=htmx, note="м" * 501)
        assert (long.status_code, "м" * 501 in long.text) == (422, True)
    assert (scheduled.state.poll, scheduled.state.note) == (None, "")


def test_questions_are_answered_returned_and_hidden(scheduled: Desk, make: Make) -> None:
    viewer = make.registration(scheduled.webinar, starts_at=AT)
    asked = live.questions.ask(viewer, "Будет запись?", at_sec=0, form_key=None)
    assert "Будет запись?" in scheduled.page()
    scheduled.send(f"live/question/{asked}/answered/")
    assert scheduled.state.questions[0].answered
    scheduled.send(f"live/question/{asked}/again/")
    assert not scheduled.state.questions[0].answered
    scheduled.send(f"live/question/{asked}/hide/")
    assert scheduled.state.questions == []
    page = scheduled.page()
    assert f'data-hidden-question="{asked}"' in page
    assert f'/live/question/{asked}/show/"' in page
    scheduled.send(f"live/question/{asked}/show/")
    assert [each.question_id for each in scheduled.state.questions] == [asked]
    assert "data-hidden-question" not in scheduled.page()


def ask_many(webinar: WebinarRecord, make: Make, count: int) -> None:
    asker = make.registration(webinar)
    row = {
        "webinar_id": webinar.webinar_id,
        "registration_id": asker.registration_id,
        "author": "Анна",
        "at_sec": 0,
        "asked_at": clock.now(),
    }
    with core.transaction() as session:
        session.execute(
            insert(LiveQuestion), [row | {"text": f"Вопрос {n}?"} for n in range(count)]
        )


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("asked", "badge", "shown"), [(50, "50", 50), (51, "50+", 50), (3, "3", 3)]
)
def test_badge_of_the_queue_says_when_there_are_more(
    scheduled: Desk, make: Make, asked: int, badge: str, shown: int
) -> None:
    ask_many(scheduled.webinar, make, asked)
    page = scheduled.page()
    found = re.search(r'id="console-questions-title">.*?class="badge">([^<]+)<', page)
    assert found
    assert found[1] == badge
    assert page.count("data-question=") == shown
    assert ("Показаны первые 50" in page) == (asked > 50)


def test_viewers_tab_says_when_there_are_more(scheduled: Desk, make: Make) -> None:
    ask_many(scheduled.webinar, make, live.state.QUESTIONS)
    assert not scheduled.state.more_questions
    ask_many(scheduled.webinar, make, 1)
    state = scheduled.state
    assert (len(state.questions), state.more_questions) == (live.state.QUESTIONS, True)
    client = scheduled.client.application.test_client()
    place = make.registration(scheduled.webinar)
    client.get(f"/r/{place.token}/")
    page = client.get(f"/live/{scheduled.slug}/").text
    assert 'id="questions-count">30+</span>' in page
    assert "Показаны первые 30" in page


@pytest.mark.parametrize(
    ("message", "words"),
    [(" ", "Напишите сообщение."), ("я" * 1001, "Слишком длинно: не больше 1000 знаков.")],
)
def test_line_that_will_not_do_is_refused_as_in_the_room(
    scheduled: Desk, message: str, words: str
) -> None:
    answer = scheduled.send("live/chat/", message=message)
    assert (answer.status_code, words in answer.text) == (422, True)


def test_chat_is_answered_and_moderated(scheduled: Desk, make: Make) -> None:
    webinar = scheduled.webinar
    viewer = make.registration(webinar, starts_at=AT)
    channel = f"live:{webinar.webinar_id}"
    line = chat.write(
        channel, "Купите у меня", author="Гость", at_sec=0, webinar_id=webinar.webinar_id,
        registration_id=viewer.registration_id, shared=True,
    )  # fmt: skip
    scheduled.send("live/chat/", message="Добрый вечер!")
    team_line = chat.recent(channel)[-1]
    assert (team_line.text, team_line.origin, team_line.author) == (
        "Добрый вечер!", "team", "Андрей Соколов",
    )  # fmt: skip
    scheduled.send(f"live/chat/{line.number}/mute/")
    assert chat.people.standing(viewer.registration_id).word == "muted"
    scheduled.send(f"live/chat/{line.number}/delete/")
    assert "Купите у меня" not in scheduled.page()
    live.questions.ask(viewer, "Почём?", at_sec=0, form_key=None)
    scheduled.send(f"live/chat/{line.number}/ban/")
    assert chat.people.standing(viewer.registration_id).banned
    assert scheduled.state.questions == []
    assert scheduled.send(f"live/chat/{team_line.number}/ban/").status_code == 404


def test_stream_is_checked_before_the_start_and_never_forbids_it(scheduled: Desk) -> None:
    assert "Картинки нет" in scheduled.page()
    live.streams.began(scheduled.webinar.webinar_id, clock.now())
    assert "Картинка приходит с" in scheduled.page()
    live.streams.ended(scheduled.webinar.webinar_id, clock.now())
    assert scheduled.send("live/start/").status_code == 303


def test_console_shows_the_picture_once_it_comes_and_until_the_end(scheduled: Desk) -> None:
    webinar_id = scheduled.webinar.webinar_id
    address = f":8080/hls/{live.broadcasts.of(webinar_id).stream_id}.m3u8"
    answer = scheduled.client.get("/studio/talk/live/")
    assert "data-preview=" not in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert re.search(r"connect-src [^;]*:8080", policy), "it may come while the page is open"
    assert re.search(r"media-src [^;]*:8080", policy)
    live.streams.began(webinar_id, clock.now())
    came = scheduled.client.get(news_of(answer.text)).text
    shown = re.search(r'data-preview="([^"]+)"( open)?', came)
    assert shown is not None
    assert (shown[1].endswith(address), shown[2]) == (True, " open")
    live_steps.take("start", webinar_id, scheduled.speaker)
    assert re.search(r'data-preview="[^"]+">', scheduled.page()), "on air it is closed at first"
    live_steps.take("stop", webinar_id, scheduled.speaker)
    assert "data-preview=" not in scheduled.page()


def test_console_shows_a_stream_from_elsewhere_and_no_embed(scheduled: Desk) -> None:
    webinar_id, list_ = scheduled.webinar.webinar_id, "https://cdn.example/a.m3u8"
    for source, shown in ((list_, True), ("https://youtu.be/dQw4w9WgXcQ", False)):
        core.webinars.edit(webinar_id, stream_source=source)
        answer = scheduled.client.get("/studio/talk/live/")
        assert ("data-preview=" in answer.text) is shown
        policy = answer.headers["Content-Security-Policy"]
        assert ("connect-src 'self' https:;" in policy) is shown


def test_an_outside_platform_has_its_own_chat(scheduled: Desk) -> None:
    core.webinars.edit(
        scheduled.webinar.webinar_id, stream_type="zoom", stream_source="https://zoom.us/j/1"
    )
    assert "Чат идёт на внешней площадке" in scheduled.page()
    assert scheduled.send("live/chat/", message="Алло").status_code == 409
