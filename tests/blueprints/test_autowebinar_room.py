"""The room as its viewer, a stranger and a cache see it."""

import html
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import redis
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale, gettext
from itsdangerous import URLSafeSerializer, URLSafeTimedSerializer
from sqlalchemy import event
from werkzeug.test import TestResponse

from app import autowebinar, chat, core
from app.core import RegistrationRecord, WebinarRecord
from app.extensions import db
from tests.autowebinar.recording import CONTENT, CTA_FROM, DURATION, START, after, publish
from tests.fixtures.application import Make

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _at_the_start() -> Iterator[None]:
    """The clock stands at the recording's start, whenever the tests are run."""
    with time_machine.travel(START, tick=False):
        yield


def attribute(page: str, pattern: str) -> str:
    found = re.search(pattern, page)
    assert found, pattern
    return html.unescape(found[1])


@dataclass
class Viewer:
    """A browser with a pass, whose page was opened and whose clock the test sets."""

    client: FlaskClient
    webinar: WebinarRecord
    registration: RegistrationRecord
    page: str = ""

    @property
    def address(self) -> str:
        return f"/autowebinar/{self.webinar.slug}/"

    def open(self, seconds: float = 0, **more: Any) -> TestResponse:
        with time_machine.travel(after(seconds), tick=False):
            answer = self.client.get(self.address, **more)
        self.page = answer.text
        return answer

    @property
    def position(self) -> int:
        return int(attribute(self.page, r'data-position="(\d+)"'))

    @property
    def viewers(self) -> int:
        return int(attribute(self.page, r'id="viewers">(\d+)<'))

    def fields(self) -> dict[str, str]:
        names = ("csrf_token", "viewer", "form_key")
        return {name: attribute(self.page, rf'name="{name}" value="([^"]*)"') for name in names}

    def post(self, action: str, seconds: float, **fields: Any) -> TestResponse:
        headers = fields.pop("headers", HTMX)
        with time_machine.travel(after(seconds), tick=False):
            data = self.fields() | fields
            return self.client.post(f"{self.address}{action}/", data=data, headers=headers)

    def beat(self, position: object, seconds: float, **fields: Any) -> TestResponse:
        return self.post("beat", seconds, position=position, **fields)

    def say(self, message: str, seconds: float, **fields: Any) -> TestResponse:
        return self.post("chat", seconds, message=message, **fields)

    def poll_address(self, answer: str | None = None) -> str:
        return attribute(answer or self.page, r'hx-get="([^"]+/poll/[^"]+)"')

    def facts(self) -> list[str]:
        found = core.timeline.of_lead(self.registration.lead_id)
        mine = [e for e in found if e.payload.get("session_id") == self.registration.session_id]
        return [each.name for each in reversed(mine)]

    def meta(self) -> dict[str, Any]:
        scope = str(self.registration.registration_id)
        return dict(core.user_meta.read(self.registration.user_id, scope))


@pytest.fixture
def webinar(make: Make) -> WebinarRecord:
    return publish(make)[0]


@pytest.fixture
def join(app: Flask, make: Make, webinar: WebinarRecord) -> Callable[..., Viewer]:
    """A new viewer, led into the room by a personal link."""

    def viewer(client: FlaskClient | None = None) -> Viewer:
        client = client or app.test_client()
        registration = make.registration(webinar)
        answer = client.get(f"/r/{registration.token}/")
        assert answer.headers["Location"] == f"/autowebinar/{webinar.slug}/"
        return Viewer(client, webinar, registration)

    return viewer


@pytest.fixture
def viewer(join: Callable[..., Viewer]) -> Viewer:
    return join()


def messages(answer: str) -> list[tuple[str, int, str]]:
    pattern = r'data-message-id="(\w+)" data-at="(\d+)" data-origin="(\w+)"'
    return [(name, int(at), origin) for name, at, origin in re.findall(pattern, answer)]


def poll(app: Flask, address: str, seconds: float, **more: Any) -> TestResponse:
    """By a client that holds nothing."""
    with time_machine.travel(after(seconds), tick=False):
        return app.test_client().get(address, headers=HTMX, **more)


class TestDoor:
    def test_guest_is_led_to_sign_up(self, client: FlaskClient, webinar: WebinarRecord) -> None:
        for path in ("", "contact/", "go/cue_1/"):
            answer = client.get(f"/autowebinar/{webinar.slug}/{path}")
            assert answer.status_code == 303
            assert answer.headers["Location"] == f"/signup/?webinar={webinar.slug}"

    @pytest.mark.parametrize("slug", ["nothing", "Nothing", "a--b", "%00", "..", "<b>"])
    def test_unknown_room_is_404(self, client: FlaskClient, slug: str) -> None:
        assert client.get(f"/autowebinar/{slug}/").status_code == 404

    def test_live_webinar_has_no_autowebinar_room(self, client: FlaskClient, make: Make) -> None:
        live = make.webinar("live")
        assert client.get(f"/autowebinar/{live.slug}/").status_code == 404

    def test_draft_is_404_for_newcomers_and_open_for_who_has_a_place(
        self, client: FlaskClient, viewer: Viewer
    ) -> None:
        core.webinar_states.unpublish(viewer.webinar.webinar_id, actor_id=None)
        assert client.get(viewer.address).status_code == 404
        assert viewer.open().status_code == 200

    def test_pass_of_another_room_opens_nothing(
        self, viewer: Viewer, make: Make, webinar: WebinarRecord
    ) -> None:
        other, _ = publish(make)
        assert viewer.client.get(f"/autowebinar/{other.slug}/").status_code == 303

    def test_signed_in_person_comes_in_by_the_account(
        self, client: FlaskClient, make: Make, webinar: WebinarRecord, sign_in: Any
    ) -> None:
        registration = make.registration(webinar)
        user = core.users.get(registration.user_id)
        sign_in(client, user)
        answer = client.get(f"/autowebinar/{webinar.slug}/")
        assert attribute(answer.text, r'data-session="(\w+)"') == registration.session_id

    def test_cancelled_place_opens_nothing(self, viewer: Viewer) -> None:
        viewer.open()
        core.leads.erase(viewer.registration.lead_id)
        assert viewer.open(1).status_code == 303

    def test_webinar_without_a_version_is_404(self, app: Flask, make: Make) -> None:
        bare = make.webinar(published=False)
        client = app.test_client()
        client.get(f"/r/{make.registration(bare).token}/")
        assert client.get(f"/autowebinar/{bare.slug}/").status_code == 404


class TestPage:
    def test_page_has_the_hooks(self, viewer: Viewer) -> None:
        answer = viewer.open()
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        page = viewer.page
        assert attribute(page, r'data-webinar="(\w+)"') == viewer.webinar.webinar_id
        assert attribute(page, r'data-session="(\w+)"') == viewer.registration.session_id
        assert attribute(page, r'data-kind="(\w+)"') == "recorded"
        assert attribute(page, r'id="badge">([^<]+)<') == "Запись"
        assert (
            attribute(page, r'<video id="player"[^>]* src="([^"?]+)') == "/static/demo/webinar.mp4"
        )
        assert viewer.position == 0
        assert viewer.viewers == 1
        assert 'id="timeline"' in page
        assert 'id="cta"' not in page
        assert re.search(r'hx-get="[^"]+" hx-trigger="every 5s', page)
        link = attribute(page, r'<a href="([^"]+)" data-room-link')
        assert link.endswith(f"/r/{viewer.registration.token}/")

    def test_page_has_no_menu(self, viewer: Viewer) -> None:
        viewer.open()
        assert "<nav" not in viewer.page

    def test_lines_so_far_are_there_and_no_later_ones(self, viewer: Viewer) -> None:
        viewer.open()
        viewer.open(39)
        assert messages(viewer.page) == [
            ("r0", 0, "recording"),
            ("r1", 5, "recording"),
            ("r2", 5, "recording"),
        ]
        assert viewer.page.count('<span class="message__mark">из записи</span>') == 3

    def test_recorded_line_is_escaped(self, viewer: Viewer) -> None:
        viewer.open()
        viewer.open(41)
        assert "&lt;b&gt;А если&lt;/b&gt; &amp; так?" in viewer.page
        assert "<b>А если" not in viewer.page

    def test_cta_is_there_while_it_is_shown(self, viewer: Viewer) -> None:
        for seconds, shown in ((0, False), (59, False), (60, True), (100, True)):
            viewer.open(seconds)
            assert ('id="cta"' in viewer.page) is shown

    def test_page_speaks_the_viewers_language(self, viewer: Viewer) -> None:
        assert 'lang="ru"' in viewer.open().text
        assert 'lang="en"' in viewer.open(1, query_string={"lang": "en"}).text


class TestSession:
    BEGINNING = [
        "autowebinar_session_created",
        "autowebinar_join",
        "client_webinar_entered",
    ]

    def test_first_page_begins_the_session_and_later_ones_nothing(self, viewer: Viewer) -> None:
        for seconds in (0, 1, 30):
            viewer.open(seconds)
        assert viewer.facts() == self.BEGINNING
        assert viewer.meta()["autowebinar_started_at"] == START

    @pytest.mark.parametrize(
        "header",
        [("Sec-Purpose", "prefetch;prerender"), ("Purpose", "prefetch"), ("X-Moz", "prefetch")],
    )
    def test_browser_that_guesses_ahead_begins_nothing(
        self, viewer: Viewer, header: tuple[str, str]
    ) -> None:
        assert viewer.open(headers=dict([header])).status_code == 200
        assert (viewer.position, viewer.viewers, viewer.facts()) == (0, 0, [])

    def test_head_begins_nothing(self, viewer: Viewer) -> None:
        assert viewer.client.head(viewer.address).status_code == 200
        assert viewer.facts() == []

    def test_position_goes_by_the_servers_clock(self, viewer: Viewer) -> None:
        found = []
        for seconds in (0, 12, 70):
            viewer.open(seconds)
            found.append(viewer.position)
        assert found == [0, 12, 70]

    def test_who_comes_back_after_a_stall_goes_on_where_they_were(self, viewer: Viewer) -> None:
        viewer.open()
        viewer.beat(10, 10)
        viewer.beat(20, 20)
        viewer.open(1000)
        assert viewer.position == 20
        viewer.open(1010)
        assert viewer.position == 30
        assert viewer.facts() == self.BEGINNING

    def test_later_registration_has_a_session_of_its_own(
        self, join: Callable[..., Viewer], viewer: Viewer
    ) -> None:
        viewer.open()
        viewer.open(50)
        other = join()
        other.open(50)
        assert (viewer.position, other.position) == (50, 0)


class TestBeat:
    def test_beat_tells_count_and_second(self, viewer: Viewer) -> None:
        viewer.open()
        answer = viewer.beat(10, 10.25)
        assert answer.status_code == 200
        assert attribute(answer.text, r'<span id="viewers">(\d+)</span>') == "1"
        assert json.loads(answer.headers["HX-Trigger"]) == {
            "room:second": {"second": 10, "clock": 10.25, "resumed": False, "ended": False}
        }
        assert "hx-get" not in answer.text

    @pytest.mark.parametrize("position", ["-1", "1e9", "NaN", "abc", "", "1000000000", "106"])
    def test_position_that_is_none_is_422_in_words_and_changes_nothing(
        self, viewer: Viewer, position: str
    ) -> None:
        viewer.open()
        before = viewer.meta()
        answer = viewer.beat(position, 10)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
        assert "Такой секунды в записи нет" in answer.text
        assert answer.headers["HX-Reswap"] == "none"
        assert (viewer.meta(), viewer.facts()) == (before, TestSession.BEGINNING)

    def test_position_beyond_the_clock_is_not_believed(self, viewer: Viewer) -> None:
        viewer.open()
        assert viewer.beat(DURATION, 10).status_code == 200
        assert viewer.facts() == TestSession.BEGINNING

    def test_watching_to_the_end_completes_once(self, viewer: Viewer) -> None:
        viewer.open()
        for second in range(10, DURATION + 1, 10):
            viewer.beat(second, second)
        viewer.beat(DURATION, DURATION + 1)
        facts = viewer.facts()
        assert facts.count("autowebinar_progress") == 4
        assert facts[-3:] == [
            "autowebinar_progress",
            "autowebinar_completed",
            "client_webinar_completed",
        ]
        assert facts.count("client_webinar_completed") == 1

    def test_frozen_session_gets_a_new_polling_element(self, viewer: Viewer) -> None:
        viewer.open()
        viewer.beat(20, 20)
        answer = viewer.beat(95, 1000, since=21, line=0)
        assert '"second": 20' in answer.headers["HX-Trigger"]
        address = viewer.poll_address(answer.text)
        assert address.endswith("?since=21&line=0")
        assert address != viewer.poll_address()

    def test_beat_of_a_prefetched_page_begins_the_session(self, viewer: Viewer) -> None:
        viewer.open(headers={"Purpose": "prefetch"})
        viewer.beat(0, 3)
        assert viewer.facts() == TestSession.BEGINNING

    @pytest.mark.parametrize("action", ["beat", "chat", "leave"])
    def test_forged_ticket_is_403_and_changes_nothing(self, viewer: Viewer, action: str) -> None:
        viewer.open()
        forged = viewer.fields()["viewer"][:-3] + "abc"
        for ticket in (forged, "", "x" * 5000):
            answer = viewer.post(action, 30, viewer=ticket, position=30, message="Привет")
            assert answer.status_code == 403
        assert (viewer.facts(), chat.recent(f"auto:{viewer.registration.session_id}")) == (
            TestSession.BEGINNING,
            [],
        )

    def test_ticket_of_another_room_is_403(self, viewer: Viewer, make: Make, app: Flask) -> None:
        viewer.open()
        other, _ = publish(make)
        data = viewer.fields() | {"position": "1"}
        answer = viewer.client.post(f"/autowebinar/{other.slug}/beat/", data=data)
        assert answer.status_code == 403

    def test_ticket_is_good_for_a_day(self, viewer: Viewer) -> None:
        viewer.open()
        assert viewer.beat(0, 86_300).status_code == 200
        assert viewer.beat(0, 86_500).status_code == 403

    def test_ticket_of_a_cancelled_place_is_403(self, viewer: Viewer) -> None:
        viewer.open()
        core.leads.erase(viewer.registration.lead_id)
        assert viewer.beat(1, 1).status_code == 403

    def test_beat_without_csrf_token_is_400(self, viewer: Viewer) -> None:
        viewer.open()
        assert viewer.beat(1, 1, csrf_token="").status_code == 400

    def test_farewell_is_the_reason_of_leaving(self, viewer: Viewer) -> None:
        viewer.open()
        assert viewer.post("leave", 5, headers={}).status_code == 204
        assert [each.reason for each in autowebinar.gone(after(100))] == ["user_exit"]


class TestViewers:
    def test_count_is_true(self, join: Callable[..., Viewer], app: Flask) -> None:
        first, second = join(), join()
        first.open(0)
        second.open(0)
        assert second.viewers == 2
        assert attribute(first.beat(10, 10).text, r">(\d+)</span>") == "2"
        first.open(10)
        assert first.viewers == 2
        late = join()
        late.open(41, headers={"Purpose": "prefetch"})
        assert late.viewers == 0

    def test_two_tabs_of_one_viewer_are_one(self, viewer: Viewer) -> None:
        viewer.open()
        viewer.open(1)
        assert viewer.viewers == 1

    def test_team_is_not_an_audience(self, app: Flask, make: Make, webinar: WebinarRecord) -> None:
        registration = make.registration(webinar)
        user = core.users.get(registration.user_id)
        assert user
        core.users.grant_role(user.user_id, "speaker", actor=make.user("admin"))
        client = app.test_client()
        client.get(f"/r/{registration.token}/")
        speaker = Viewer(client, webinar, registration)
        speaker.open()
        assert speaker.viewers == 0
        assert attribute(speaker.beat(1, 1).text, r">(\d+)</span>") == "0"


class TestPoll:
    def test_nothing_new_is_204(self, app: Flask, viewer: Viewer) -> None:
        viewer.open(0)
        answer = poll(app, viewer.poll_address(), 3)
        assert (answer.status_code, answer.data) == (204, b"")
        assert answer.headers["Cache-Control"] == "public, max-age=1"

    def test_lines_come_a_second_ahead_at_most_and_once(self, app: Flask, viewer: Viewer) -> None:
        viewer.open(0)
        answer = poll(app, viewer.poll_address(), 4)
        assert messages(answer.text) == [("r1", 5, "recording"), ("r2", 5, "recording")]
        following = viewer.poll_address(answer.text)
        assert following.endswith("?since=5&line=0")
        assert poll(app, following, 10).status_code == 204
        assert messages(poll(app, following, 41).text) == [("r3", 40, "recording")]

    def test_answer_is_one_polling_element_and_what_goes_elsewhere(
        self, app: Flask, viewer: Viewer
    ) -> None:
        viewer.open(0)
        text = poll(app, viewer.poll_address(), 5).text
        assert text.count('id="poll"') == 1
        assert 'hx-swap-oob="beforeend:#chat"' in text
        assert "#timeline" not in text

    def test_element_asks_at_the_second_of_the_next_moment(
        self, app: Flask, viewer: Viewer
    ) -> None:
        viewer.open(0)
        assert 'hx-trigger="every 5s, load delay:5s"' in viewer.page
        answer = poll(app, viewer.poll_address(), 5)
        assert 'hx-trigger="every 5s, load delay:35s"' in answer.text
        for seconds in (50, 61):
            viewer.open(seconds)
        assert 'hx-trigger="every 5s"' in viewer.page

    def test_cta_comes_at_its_second_and_stays(self, app: Flask, viewer: Viewer) -> None:
        viewer.open(0)
        viewer.open(50)
        answer = poll(app, viewer.poll_address(), CTA_FROM)
        assert 'hx-swap-oob="beforeend:#timeline"' in answer.text
        assert attribute(answer.text, r'id="cta" href="([^"]+)"').startswith(f"{viewer.address}go/")
        assert poll(app, viewer.poll_address(answer.text), 70).status_code == 204

    def test_cta_goes_at_its_second(self, app: Flask, make: Make) -> None:
        cues = [{"kind": "cta", "show_at": 10, "hide_at": 20, "text": "Сейчас"}]
        webinar, _ = publish(make, cues=cues, lines=[])
        registration = make.registration(webinar)
        client = app.test_client()
        client.get(f"/r/{registration.token}/")
        viewer = Viewer(client, webinar, registration)
        viewer.open(0)
        viewer.open(15)
        assert 'id="cta"' in viewer.page
        answer = poll(app, viewer.poll_address(), 21)
        assert 'hx-swap-oob="delete"' in answer.text
        assert 'id="cta"' not in answer.text

    def test_team_answer_comes_by_the_poll(self, app: Flask, viewer: Viewer) -> None:
        viewer.open(0)
        channel = f"auto:{viewer.registration.session_id}"
        chat.write(channel, "<i>Ответ</i>", author="Ольга", at_sec=2, origin="team", role="speaker")
        answer = poll(app, viewer.poll_address(), 3)
        assert messages(answer.text) == [("c1", 2, "team")]
        assert "&lt;i&gt;Ответ&lt;/i&gt;" in answer.text
        assert "команда" in answer.text
        assert viewer.poll_address(answer.text).endswith("?since=4&line=1")

    @pytest.mark.parametrize(
        "values", [["v1", 1, "c"], ["v1", 1, "c", "ru", "more"], ["v1", "1", "c", "ru"], 7]
    )
    def test_seat_of_another_release_has_the_page_loaded_anew(
        self, app: Flask, viewer: Viewer, values: Any
    ) -> None:
        viewer.open(0)
        old = URLSafeSerializer(str(app.secret_key), salt="autowebinar-seat").dumps(values)
        for address in (
            re.sub(r"/poll/[^/]+/", f"/poll/{old}/", viewer.poll_address()),
            f"{viewer.address}earlier/{old}/?r=1&c=1",
        ):
            answer = viewer.client.get(address, headers=HTMX)
            assert (answer.status_code, answer.headers["HX-Refresh"]) == (404, "true")
        forged = re.sub(r"/poll/[^/]+/", "/poll/forged/", viewer.poll_address())
        answer = viewer.client.get(forged, headers=HTMX)
        assert (answer.status_code, "HX-Refresh" in answer.headers) == (404, False)

    def test_ticket_of_an_older_release_that_said_less_is_good(
        self, app: Flask, viewer: Viewer
    ) -> None:
        """What has a default may be missing."""
        viewer.open(0)
        signer = URLSafeTimedSerializer(str(app.secret_key), salt="room-ticket")
        values = signer.loads(viewer.fields()["viewer"])
        answer = viewer.beat(5, 5, viewer=signer.dumps(values[:7]))
        assert answer.status_code == 200

    def test_poll_asks_no_database_and_sets_no_cookie(self, app: Flask, viewer: Viewer) -> None:
        viewer.open(0)
        viewer.say("Вопрос", 1)
        for seconds, status in ((4, 200), (3, 200)):
            answer, statements = counted(lambda s=seconds: poll(app, viewer.poll_address(), s))
            assert (answer.status_code, statements) == (status, [])
            assert "Set-Cookie" not in answer.headers
            assert "Cookie" not in answer.headers.get("Vary", "")

    def test_poll_of_a_signed_in_viewer_asks_no_database_either(
        self, viewer: Viewer, sign_in: Any
    ) -> None:
        sign_in(viewer.client, core.users.get(viewer.registration.user_id))
        viewer.open(0)
        with time_machine.travel(after(5), tick=False):
            answer, statements = counted(lambda: viewer.client.get(viewer.poll_address()))
        assert (answer.status_code, statements) == (200, [])
        assert "Set-Cookie" not in answer.headers

    def test_flush_of_redis_in_mid_room_loses_no_line(
        self, app: Flask, viewer: Viewer, redis_url: str
    ) -> None:
        viewer.open(0)
        channel = f"auto:{viewer.registration.session_id}"
        chat.write(channel, "Ответ", author="Ольга", at_sec=1, origin="team")
        redis.Redis.from_url(redis_url).flushall()
        assert poll(app, viewer.poll_address(), 2).status_code == 204
        viewer.beat(3, 3)
        assert messages(poll(app, viewer.poll_address(), 3).text) == [("c1", 1, "team")]
        viewer.open(4)
        assert ("c1", 1, "team") in messages(viewer.page)

    @pytest.mark.parametrize("query", ["since=-1&line=x", "since=1e9", "since=NaN&line=-5", ""])
    def test_odd_cursors_do_no_harm(self, app: Flask, viewer: Viewer, query: str) -> None:
        viewer.open(0)
        address = viewer.poll_address().partition("?")[0]
        assert poll(app, f"{address}?{query}", 5).status_code == 200

    def test_cursor_beyond_the_clock_is_nothing_new(self, app: Flask, viewer: Viewer) -> None:
        viewer.open(0)
        address = viewer.poll_address().partition("?")[0]
        assert poll(app, f"{address}?since={10**30}&line={10**30}", 5).status_code == 204

    def test_forged_address_is_404(self, app: Flask, viewer: Viewer) -> None:
        viewer.open(0)
        address = viewer.poll_address().partition("?")[0]
        assert poll(app, f"{address[:-4]}abc/?since=0", 5).status_code == 404

    def test_answer_speaks_the_language_of_the_page(self, app: Flask, viewer: Viewer) -> None:
        """Whoever asks: the address is shared, and so is the answer."""
        viewer.open(0, query_string={"lang": "en"})
        answer = poll(app, viewer.poll_address(), 5)
        with app.test_request_context(), force_locale("en"):
            assert f'<span class="message__mark">{gettext("из записи")}</span>' in answer.text


def counted(work: Callable[[], TestResponse]) -> tuple[TestResponse, list[str]]:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        return work(), statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


class TestChat:
    def test_own_line_comes_back_and_stays(self, viewer: Viewer) -> None:
        viewer.open(0)
        answer = viewer.say("Как считать партнёров?", 7)
        assert answer.status_code == 200
        assert messages(answer.text) == [("c1", 7, "viewer")]
        assert "Как считать партнёров?" in answer.text
        viewer.open(8)
        assert ("c1", 7, "viewer") in messages(viewer.page)

    def test_next_line_gets_a_key_of_its_own(self, viewer: Viewer) -> None:
        viewer.open(0)
        answer = viewer.say("раз", 1)
        key = attribute(answer.text, r'id="chat-key" name="form_key" value="([^"]+)"')
        assert key != viewer.fields()["form_key"]
        viewer.say("два", 2, form_key=key)
        viewer.say("два", 2, form_key=key)
        viewer.open(3)
        assert [name for name, _, origin in messages(viewer.page) if origin == "viewer"] == [
            "c1",
            "c2",
        ]

    def test_html_is_shown_as_it_was_written(self, viewer: Viewer) -> None:
        viewer.open(0)
        for answer in (viewer.say("<script>alert(1)</script>", 1), viewer.open(2)):
            assert "&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text
            assert "<script>alert(1)" not in answer.text

    @pytest.mark.parametrize(
        ("message", "words"),
        [
            ("я" * 5000, "Слишком длинно: не больше 1000 знаков."),
            (" \u202e ", "Напишите сообщение."),
        ],
    )
    def test_line_that_will_not_do_is_422_with_the_form_as_it_was(
        self, viewer: Viewer, message: str, words: str
    ) -> None:
        viewer.open(0)
        answer = viewer.say(message, 1)
        assert answer.status_code == 422
        assert re.search(rf'role="alert">{words}<', answer.text)
        assert answer.headers["HX-Retarget"] == "#chat-form"
        assert message[:500].strip() in answer.text
        assert chat.recent(f"auto:{viewer.registration.session_id}") == []

    def test_sixth_line_at_a_stretch_is_429(self, viewer: Viewer) -> None:
        viewer.open(0)
        for n in range(5):
            assert viewer.say(f"строка {n}", 1, form_key="").status_code == 200
        answer = viewer.say("шестая", 1, form_key="")
        assert answer.status_code == 429
        assert answer.headers["Retry-After"] == "10"
        assert "Слишком часто" in answer.text
        assert "шестая" in answer.text

    def test_form_works_without_scripts(self, viewer: Viewer) -> None:
        viewer.open(0)
        answer = viewer.say("Вопрос", 1, headers={})
        assert (answer.status_code, answer.headers["Location"]) == (303, viewer.address)
        refused = viewer.say("", 2, headers={})
        assert refused.status_code == 422
        assert 'id="room"' in refused.text
        assert "Напишите сообщение." in refused.text
        assert messages(refused.text)[-1] == ("c1", 1, "viewer")

    def test_nobody_else_sees_a_viewers_lines(
        self, app: Flask, join: Callable[..., Viewer]
    ) -> None:
        first, second = join(), join()
        first.open(0)
        second.open(0)
        first.say("Моя тайна", 1)
        assert "Моя тайна" not in second.open(2).text
        assert "Моя тайна" not in poll(app, second.poll_address(), 5).text

    def test_author_is_the_name_of_this_registration(self, viewer: Viewer) -> None:
        viewer.open(0)
        viewer.say("Вопрос", 1)
        (line,) = chat.recent(f"auto:{viewer.registration.session_id}")
        assert (line.author, line.at_sec, line.origin) == (viewer.registration.name, 1, "viewer")


class TestCallToAction:
    def click(self, viewer: Viewer, seconds: float, **more: Any) -> TestResponse:
        version = autowebinar.published(viewer.webinar.webinar_id)
        assert version
        with time_machine.travel(after(seconds), tick=False):
            return viewer.client.get(f"{viewer.address}go/{version.cues[0].cue_id}/", **more)

    def test_click_is_recorded_once_and_leads_on(self, viewer: Viewer) -> None:
        viewer.open(0)
        viewer.open(CTA_FROM)
        for seconds in (CTA_FROM, CTA_FROM + 3):
            answer = self.click(viewer, seconds)
            assert (answer.status_code, answer.headers["Location"]) == (
                303,
                f"{viewer.address}contact/",
            )
        assert viewer.facts().count("autowebinar_cta_click") == 1

    def test_link_of_the_author_is_followed(self, app: Flask, make: Make) -> None:
        cues = [CONTENT["cues"][0] | {"show_at": 0, "link": "https://example.org/offer?a=1"}]
        webinar, _ = publish(make, cues=cues)
        registration = make.registration(webinar)
        client = app.test_client()
        client.get(f"/r/{registration.token}/")
        viewer = Viewer(client, webinar, registration)
        viewer.open(0)
        assert self.click(viewer, 1).headers["Location"] == "https://example.org/offer?a=1"

    def test_click_before_its_second_is_404(self, viewer: Viewer) -> None:
        viewer.open(0)
        assert self.click(viewer, 30).status_code == 404
        assert "autowebinar_cta_click" not in viewer.facts()

    def test_browser_that_guesses_ahead_is_sent_away(self, viewer: Viewer) -> None:
        viewer.open(0)
        viewer.open(CTA_FROM)
        answer = self.click(viewer, CTA_FROM, headers={"Sec-Purpose": "prefetch"})
        assert answer.status_code == 503
        assert viewer.client.head(f"{viewer.address}go/x/").status_code == 503
        assert "autowebinar_cta_click" not in viewer.facts()

    def test_cue_of_another_webinar_is_404(self, viewer: Viewer, make: Make) -> None:
        _, other = publish(make)
        viewer.open(0)
        viewer.open(CTA_FROM)
        for cue_id in (other.cues[0].cue_id, "cue_none", "%27"):
            assert viewer.client.get(f"{viewer.address}go/{cue_id}/").status_code == 404


class TestContact:
    @pytest.fixture
    def address(self, viewer: Viewer) -> str:
        viewer.open(0)
        return f"{viewer.address}contact/"

    def test_page_names_who_invited_and_tells_no_address(
        self, app: Flask, make: Make, webinar: WebinarRecord
    ) -> None:
        partner = make.user("partner", name="Анна Лебедева", email="anna@example.org")
        with core.transaction():
            ingested = make.ingest(source="signup", ref=partner.ref_code)
            user_id, _ = core.users.ensure_for_lead(ingested.lead_id, None, new_lead=True)
            registration, _ = core.registrations.register(
                ingested.lead_id, user_id, webinar.webinar_id, proven=True
            )
        client = app.test_client()
        client.get(f"/r/{registration.token}/")
        page = client.get(f"/autowebinar/{webinar.slug}/contact/").text
        assert "Анна Лебедева" in page
        assert "anna@example.org" not in page

    def test_page_of_one_whom_nobody_invited_speaks_of_the_team(
        self, viewer: Viewer, address: str
    ) -> None:
        assert "командой вебинара" in viewer.client.get(address).text

    def submit(self, viewer: Viewer, address: str, csrf: Any, **fields: str) -> TestResponse:
        token = csrf(viewer.client, address)
        return viewer.client.post(address, data={"csrf_token": token} | fields)

    def test_form_is_passed_on_once(self, viewer: Viewer, address: str, csrf: Any) -> None:
        given = {"question": " Сколько стоит? ", "phone": "+7 999 123-45-67", "form_key": "k" * 20}
        for _ in range(2):
            answer = self.submit(viewer, address, csrf, **given)
            assert (answer.status_code, answer.headers["Location"]) == (303, address)
        (told,) = [
            each.payload
            for each in core.timeline.of_lead(viewer.registration.lead_id)
            if each.name == "client_webinar_form_submitted"
        ]
        assert told["form_payload"] == {"question": "Сколько стоит?", "phone": "+7 999 123-45-67"}
        assert told["session_id"] == viewer.registration.session_id
        assert "Передали вместе с вашим именем" in viewer.client.get(address).text

    @pytest.mark.parametrize(
        "fields",
        [
            {},
            {"question": "  "},
            {"phone": "<b>1234567"},
            {"question": "я" * 1001},
            {"phone": "12"},
        ],
    )
    def test_form_that_will_not_do_is_422(
        self, viewer: Viewer, address: str, csrf: Any, fields: dict[str, str]
    ) -> None:
        answer = self.submit(viewer, address, csrf, **fields)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
        assert "client_webinar_form_submitted" not in viewer.facts()


class TestWithoutRedis:
    @pytest.fixture
    def settings_overrides(self) -> dict[str, str]:
        return {"redis_url": ""}

    def test_beat_brings_the_lines_that_polls_cannot(self, app: Flask, viewer: Viewer) -> None:
        viewer.open(0)
        channel = f"auto:{viewer.registration.session_id}"
        chat.write(channel, "Ответ", author="Ольга", at_sec=1, origin="team")
        assert poll(app, viewer.poll_address(), 2).status_code == 204
        answer = viewer.beat(3, 3, since=0, line=0)
        assert messages(answer.text) == [("c1", 1, "team")]
        following = viewer.poll_address(answer.text)
        assert following.endswith("?since=3&line=1")
        assert "hx-get" not in viewer.beat(4, 4, since=3, line=1).text

    def test_room_goes_on(self, app: Flask, viewer: Viewer) -> None:
        viewer.open(0)
        assert viewer.viewers == 1
        for second in (10, 20, 26):
            assert viewer.beat(second, second).status_code == 200
        assert viewer.meta()["autowebinar_progress_percent"] == 25
        assert messages(poll(app, viewer.poll_address(), 5).text)[0] == ("r1", 5, "recording")


class TestFlood:
    @pytest.fixture
    def settings_overrides(self) -> dict[str, Any]:
        return {"ratelimit_enabled": True}

    def test_flood_of_beats_is_429_and_holds_up_nobody_else(
        self, join: Callable[..., Viewer]
    ) -> None:
        first, second = join(), join()
        first.open(0)
        second.open(0)
        statuses = [first.beat(1, 1).status_code for _ in range(125)]
        assert (statuses[0], statuses[-1]) == (200, 429)
        refused = first.beat(1, 1)
        assert refused.headers["HX-Reswap"] == "none"
        assert int(refused.headers["Retry-After"]) > 0
        assert second.beat(1, 1).status_code == 200
