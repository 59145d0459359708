"""The room's picture and what surrounds it: versions that stay, one page that counts, sources,
closing screens, and the line that says what is recorded."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from app import autowebinar, core
from app.autowebinar import schedule
from app.autowebinar.schedule_rules import Rules
from app.core import WebinarRecord
from app.web.room import team
from tests.autowebinar.recording import CONTENT, DURATION, START, after, forget_redis, publish
from tests.blueprints.test_autowebinar_room import Viewer, attribute
from tests.fixtures.application import Make
from tests.fixtures.queries import asked

YOUTUBE = "https://youtu.be/dQw4w9WgXcQ"
VK = "https://vkvideo.ru/video-22822305_456241864?hash=1a2b"
RUTUBE = "https://rutube.ru/video/9e4cd81a6b2566e9d949881dbb53905e/"
STREAM = "https://cdn.example/live/master.m3u8"


@pytest.fixture(autouse=True)
def _at_the_start() -> Iterator[None]:
    with time_machine.travel(START, tick=False):
        yield


@pytest.fixture
def come(app: Flask, make: Make) -> Callable[..., Viewer]:
    """A new viewer of a webinar, or of a new one with these changes to its content."""

    def viewer(webinar: WebinarRecord | None = None, **changes: Any) -> Viewer:
        found = webinar or publish(make, **changes)[0]
        registration = make.registration(found)
        client = app.test_client()
        client.get(f"/r/{registration.token}/")
        return Viewer(client, found, registration)

    return viewer


def publish_again(webinar: WebinarRecord, **changes: Any) -> str:
    version = autowebinar.create_version(webinar.webinar_id, CONTENT | changes)
    autowebinar.publish(webinar.webinar_id, version.version_id)
    return version.version_id


def told(answer: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer.headers.get("HX-Trigger", "{}"))
    return found


class TestVersionStays:
    def test_session_goes_on_with_the_version_it_began_with(
        self, come: Callable[..., Viewer]
    ) -> None:
        inside = come()
        before = come(inside.webinar)
        inside.open()
        newer = publish_again(inside.webinar, duration_sec=200, speaker={"name": "Другой"})
        inside.open(30)
        before.open(30)
        assert attribute(inside.page, r'data-duration="(\d+)"') == "100"
        assert attribute(before.page, r'data-duration="(\d+)"') == "200"
        assert before.meta()["autowebinar_version_id"] == newer
        assert inside.meta()["autowebinar_version_id"] != newer
        inside.beat(60, 60)
        assert attribute(inside.open(101).text, r'data-state="(\w+)"') == "ended"

    @pytest.mark.parametrize("change", ["unpublish", "archive"])
    def test_who_is_inside_is_not_dropped(
        self, come: Callable[..., Viewer], client: FlaskClient, change: str
    ) -> None:
        viewer = come()
        viewer.open()
        getattr(core.webinar_states, change)(viewer.webinar.webinar_id, actor_id=None)
        assert viewer.open(20).status_code == 200
        assert viewer.beat(25, 25).status_code == 200
        assert viewer.say("Вы здесь?", 26).status_code == 200
        assert client.get(viewer.address).status_code == 404


class TestOnePageCounts:
    @pytest.fixture
    def pages(self, come: Callable[..., Viewer], app: Flask) -> tuple[Viewer, Viewer]:
        """The same registration opened on one device, and then on another."""
        first = come()
        first.open()
        client = app.test_client()
        client.get(f"/r/{first.registration.token}/")
        second = Viewer(client, first.webinar, first.registration)
        second.open(5)
        return first, second

    def test_older_page_is_told_and_counts_nothing(self, pages: tuple[Viewer, Viewer]) -> None:
        first, second = pages
        before = first.meta()
        answer = first.beat(30, 30)
        assert (answer.status_code, told(answer)) == (200, {"room:elsewhere": {}})
        assert answer.headers["HX-Reswap"] == "none"
        assert first.meta() == before
        assert told(second.beat(30, 30))["room:second"]["second"] == 30
        assert second.meta()["autowebinar_progress_percent"] == 25

    def test_opening_again_takes_the_place_back(self, pages: tuple[Viewer, Viewer]) -> None:
        first, second = pages
        first.open(10)
        assert "room:second" in told(first.beat(12, 12))
        assert "room:elsewhere" in told(second.beat(12, 12))

    def test_both_pages_keep_the_chat(self, pages: tuple[Viewer, Viewer]) -> None:
        for page in pages:
            assert page.say("Вопрос", 10, form_key="").status_code == 200

    def test_closing_the_older_page_is_no_farewell(self, pages: tuple[Viewer, Viewer]) -> None:
        first, second = pages
        assert first.post("leave", 10, headers={}).status_code == 204
        assert [each.reason for each in autowebinar.gone(after(200))] == ["network_loss"]
        assert second.post("leave", 11, headers={}).status_code == 204
        assert [each.reason for each in autowebinar.gone(after(200))] == ["user_exit"]

    def test_browser_that_guesses_ahead_takes_nobodys_place(
        self, pages: tuple[Viewer, Viewer]
    ) -> None:
        first, second = pages
        first.open(8, headers={"Sec-Purpose": "prefetch"})
        assert "room:second" in told(second.beat(12, 12))

    def test_flush_of_redis_settles_by_itself(
        self, pages: tuple[Viewer, Viewer], redis_url: str
    ) -> None:
        first, second = pages
        forget_redis(redis_url)
        assert [
            next(iter(told(page.beat(second_, second_))))
            for page, second_ in ((first, 10), (second, 11), (first, 12))
        ] == ["room:second", "room:second", "room:elsewhere"]

    def test_page_says_it_in_words(self, pages: tuple[Viewer, Viewer]) -> None:
        assert 'id="elsewhere" role="alert" hidden' in pages[0].page
        assert "Смотреть здесь" in pages[0].page


class TestSources:
    @pytest.mark.parametrize(
        ("video", "address", "host"),
        [
            (
                YOUTUBE,
                "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?enablejsapi=1&controls=0"
                "&disablekb=1&fs=0&rel=0&playsinline=1&iv_load_policy=3"
                "&origin=http%3A%2F%2Flocalhost&start=40",
                "https://www.youtube-nocookie.com",
            ),
            (
                VK,
                "https://vkvideo.ru/video_ext.php?oid=-22822305&id=456241864&hd=2&js_api=1"
                "&t=40s&hash=1a2b",
                "https://vkvideo.ru",
            ),
            (
                RUTUBE,
                "https://rutube.ru/play/embed/9e4cd81a6b2566e9d949881dbb53905e/?t=40",
                "https://rutube.ru",
            ),
        ],
    )
    def test_embed_is_a_frame_of_its_one_host(
        self, come: Callable[..., Viewer], video: str, address: str, host: str
    ) -> None:
        viewer = come(video=video)
        viewer.open()
        answer = viewer.open(40)
        assert attribute(viewer.page, r'<iframe id="player" src="([^"]+)"') == address
        assert attribute(viewer.page, r'data-host="([^"]+)"') == host
        assert "<video" not in viewer.page
        policy = answer.headers["Content-Security-Policy"]
        assert f"frame-src {host};" in f"{policy};"
        assert "script-src 'self' 'nonce-" in policy
        assert "frame-src" not in come().open().headers["Content-Security-Policy"]

    def test_stream_may_be_read_by_script_on_its_page_alone(
        self, come: Callable[..., Viewer]
    ) -> None:
        viewer = come(video=STREAM)
        policy = viewer.open().headers["Content-Security-Policy"]
        assert "connect-src 'self' https:;" in policy
        assert attribute(viewer.page, r'<video id="player"[^>]* data-src="([^"]+)"') == STREAM
        assert "/static/vendor/hls.min.js" in viewer.page
        page = come()
        assert "connect-src 'self';" in page.open().headers["Content-Security-Policy"]
        assert "hls.min.js" not in page.page

    def test_captions_say_their_language(self, come: Callable[..., Viewer]) -> None:
        viewer = come(captions="demo/captions.en.vtt")
        viewer.open()
        assert '<track kind="captions" srclang="en"' in viewer.page


class TestResumed:
    def test_page_says_where_it_goes_on(self, come: Callable[..., Viewer]) -> None:
        viewer = come()
        viewer.open()
        assert "Продолжаем с 00:" not in viewer.page
        viewer.beat(20, 20)
        viewer.open(1000)
        assert "Продолжаем с 00:20, где вы остановились." in viewer.page

    def test_beat_after_a_long_silence_says_so_too(self, come: Callable[..., Viewer]) -> None:
        viewer = come()
        viewer.open()
        viewer.beat(20, 20)
        assert told(viewer.beat(20, 500))["room:second"] == {
            "second": 20,
            "clock": 20.0,
            "resumed": True,
            "ended": False,
        }


class TestClosing:
    def ended(self, come: Callable[..., Viewer], **changes: Any) -> str:
        viewer = come(**changes)
        viewer.open()
        viewer.beat(50, 50)
        viewer.beat(100, 100)
        viewer.open(105)
        return viewer.page

    def test_three_screens_stand_in_order_when_it_has_ended(
        self, come: Callable[..., Viewer]
    ) -> None:
        page = self.ended(come)
        assert attribute(page, r'data-state="(\w+)"') == "ended"
        assert 'id="closing">' in page
        assert re.findall(r'class="closing__screen" id="(\w+)"', page) == [
            "ended",
            "next",
            "choice",
        ]
        titles = re.findall(r'<h2 id="\w+-title">([^<]+)<', page)
        assert titles == ["Запись закончилась", "Что дальше", "Последний выбор"]
        assert "/feedback/" in page
        assert "Пересмотреть запись" not in page

    @pytest.mark.parametrize("offered", [True, False])
    def test_recording_is_told_once_and_the_schedule_asked_for_once(
        self, come: Callable[..., Viewer], offered: bool
    ) -> None:
        """Everybody's page goes on giving signs of life when the session is over."""
        viewer = come()
        if offered:
            schedule.save(viewer.webinar.webinar_id, Rules(recording_days=3), actor_id=None)
        viewer.open()
        viewer.beat(50, 50)
        with asked() as last:
            answer = viewer.beat(100, 101)
        assert ("Пересмотреть запись" in answer.text) is offered
        assert 'name="recording_told" value="y"' in answer.text
        assert any("autowebinar_schedule" in each for each in last)
        with asked() as after_that:
            answer = viewer.beat(100, 106, recording_told="y")
        assert 'id="closing-recording"' not in answer.text
        assert [each for each in after_that if "autowebinar_schedule" in each] == []
        assert 'name="recording_told" value="y"' in viewer.open(107).text

    def test_screens_are_hidden_before(self, come: Callable[..., Viewer]) -> None:
        viewer = come()
        viewer.open()
        assert 'id="closing" hidden>' in viewer.page

    def test_next_step_is_the_call_to_action_that_is_still_shown(
        self, come: Callable[..., Viewer]
    ) -> None:
        assert page_link(self.ended(come), "Получить разбор").count("/go/cue_") == 1
        hidden = [CONTENT["cues"][0] | {"hide_at": 90}]
        assert "/contact/" in page_link(self.ended(come, cues=hidden), "Написать команде")

    def test_authors_words_take_the_place_of_ours(self, come: Callable[..., Viewer]) -> None:
        words = {"ended": "До встречи <b>!", "next": "Пишите мне", "choice": "Выбирайте"}
        page = self.ended(come, closing=words)
        for text in ("До встречи &lt;b&gt;!", "Пишите мне", "Выбирайте"):
            assert f"<p>{text}</p>" in page
        assert "Спасибо, что были с нами" not in page
        assert "Спасибо, что были с нами" in self.ended(come)


def page_link(page: str, words: str) -> str:
    """Where the closing screens' button with these words leads."""
    closing = page[page.index('id="closing"') :]
    return attribute(closing, rf'href="([^"]+)"[^>]*>{words}</a>')


class TestTrust:
    def test_line_counts_what_is_recorded(self, come: Callable[..., Viewer]) -> None:
        viewer = come()
        viewer.open()
        assert "100 % честно" in viewer.page
        assert "«Из записи» — написаны в том эфире: 4." in viewer.page
        assert "автор" not in viewer.page
        silent = come(lines=[])
        silent.open()
        assert "Чужих реплик в чате нет." in silent.page
        assert "в том эфире" not in silent.page

    def test_lines_are_never_called_what_they_are_not(self, come: Callable[..., Viewer]) -> None:
        said = [
            ("broadcast", "Написано в эфире", "из записи"),
            ("imported", "Пришло файлом", "из файла автора"),
            ("typed", "Написал автор", "добавлено автором"),
            ("typed", "И это он же", "добавлено автором"),
        ]
        lines = [
            {"at": 0, "author": "Анна", "text": text, "source": source} for source, text, _ in said
        ]
        viewer = come(lines=lines)
        viewer.open()
        for _, text, mark in said:
            line = viewer.page[: viewer.page.index(text)].rpartition('<div class="message"')[2]
            assert line.count("message__mark") == 1
            assert f'<span class="message__mark">{mark}</span>' in line
        assert "«Из записи» — написаны в том эфире: 1." in viewer.page
        assert "«Из файла автора» — автор принёс их файлом: 1." in viewer.page
        assert "«Добавлено автором» — написал сам автор: 2." in viewer.page

    def test_no_telegram_is_promised_where_there_is_no_bot(
        self, come: Callable[..., Viewer]
    ) -> None:
        page = come().open().text
        assert "На вопросы отвечают люди, здесь же." in page
        assert "а если вы уже ушли" not in page

    @pytest.mark.parametrize("settings_overrides", [{"telegram_bot_username": "efir_bot"}])
    def test_team_that_is_there_is_said_to_be(
        self, come: Callable[..., Viewer], make: Make
    ) -> None:
        viewer = come()
        assert "отвечают люди: здесь, а если вы уже ушли" in viewer.open().text
        team.watch(make.user("admin"), after(5), viewer.webinar.webinar_id)
        assert "команда была на связи" in viewer.open(10).text

    def test_nothing_of_the_content_switches_it_off(self, come: Callable[..., Viewer]) -> None:
        bare = {"lines": [], "cues": [], "speaker": {}, "poster": "", "captions": ""}
        for viewer in (come(**bare), come(video=YOUTUBE)):
            viewer.open()
            assert 'id="honest"' in viewer.page
            assert attribute(viewer.page, r'id="badge">([^<]+)<') == "Запись"
            viewer.beat(0, DURATION)
            viewer.open(DURATION + 1)
            assert 'id="honest"' in viewer.page


class TestFeedback:
    @pytest.fixture
    def viewer(self, come: Callable[..., Viewer]) -> Viewer:
        viewer = come()
        viewer.open()
        return viewer

    def submit(self, viewer: Viewer, csrf: Any, **fields: str) -> Any:
        address = f"{viewer.address}feedback/"
        data = {"csrf_token": csrf(viewer.client, address), "form_key": "k" * 20} | fields
        return viewer.client.post(address, data=data)

    def test_feedback_is_told_once(self, viewer: Viewer, csrf: Any) -> None:
        for _ in range(2):
            assert self.submit(viewer, csrf, rating="4", words=" Полезно ").status_code == 303
        (fact,) = [
            each.payload
            for each in core.timeline.of_lead(viewer.registration.lead_id)
            if each.name == "client_webinar_form_submitted"
        ]
        assert (fact["form_id"], fact["form_payload"]) == (
            "feedback",
            {"rating": "4", "words": "Полезно"},
        )
        assert "Спасибо за отзыв" in viewer.client.get(f"{viewer.address}feedback/").text

    @pytest.mark.parametrize("fields", [{}, {"rating": "6"}, {"rating": "5", "words": "я" * 1001}])
    def test_what_will_not_do_is_422_and_told_to_nobody(
        self, viewer: Viewer, csrf: Any, fields: dict[str, str]
    ) -> None:
        answer = self.submit(viewer, csrf, **fields)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
        assert "client_webinar_form_submitted" not in viewer.facts()

    def test_guest_is_led_to_sign_up(self, viewer: Viewer, client: FlaskClient) -> None:
        answer = client.get(f"{viewer.address}feedback/")
        assert (answer.status_code, answer.headers["Location"]) == (
            303,
            f"/signup/?webinar={viewer.webinar.slug}",
        )
