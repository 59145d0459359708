"""The LIVE room over HTTP: who comes in, what is shown at each state, what may be done there."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeSerializer, URLSafeTimedSerializer

from app import chat, clock, core, live
from app.core import RegistrationRecord, WebinarRecord
from app.live import polls, questions
from tests.fixtures import queries
from tests.fixtures.application import TOKEN, Make
from tests.live.conftest import AT, Studio, at, moment, studio, webinar  # noqa: F401

POLL = re.compile(r'hx-get="([^"]*/poll/[^"]*)"')
TICKET = re.compile(r'name="viewer" value="([^"]+)"')


class Viewer:
    """A viewer's browser in the room."""

    def __init__(self, client: FlaskClient, registration: RegistrationRecord) -> None:
        self.client = client
        self.registration = registration
        self.page = ""

    def come(self) -> str:
        self.client.get(f"/r/{self.registration.token}/")
        answer = self.client.get("/live/on-air/")
        assert answer.status_code == 200, answer.text
        self.page = answer.text
        return self.page

    def poll(self) -> Any:
        found = POLL.search(self.page)
        assert found
        answer = self.client.get(html.unescape(found[1]))
        if answer.status_code == 200:
            self.page = POLL.sub(f'hx-get="{POLL.search(answer.text)[1]}"', self.page)  # type: ignore[index]
        return answer

    def post(self, path: str, *, htmx: bool = True, **data: str) -> Any:
        ticket, token = TICKET.search(self.page), TOKEN.search(self.page)
        assert ticket
        assert token
        headers = {"HX-Request": "true"} if htmx else {}
        given = {"viewer": ticket[1], "csrf_token": token[1], **data}
        return self.client.post(f"/live/on-air/{path}", data=given, headers=headers)

    def scene(self) -> str:
        found = re.search(r'data-scene="(\w+)"', self.page)
        assert found
        return found[1]


@pytest.fixture
def come(app: Flask, make: Make, webinar: WebinarRecord) -> Callable[..., Viewer]:  # noqa: F811
    def arrive(**more: Any) -> Viewer:
        viewer = Viewer(app.test_client(), make.registration(webinar, **more))
        viewer.come()
        return viewer

    return arrive


def test_guest_is_led_to_sign_up_and_a_draft_is_not_there(
    client: FlaskClient,
    webinar: WebinarRecord,  # noqa: F811
    make: Make,
) -> None:
    answer = client.get("/live/on-air/")
    assert (answer.status_code, answer.location) == (303, "/signup/?webinar=on-air")
    make.webinar("live", published=False, slug="draft")
    make.webinar("auto", slug="recorded")
    for slug in ("draft", "recorded", "nothing", "No-Such"):
        assert client.get(f"/live/{slug}/").status_code == 404


def test_room_has_its_hooks_and_no_menu(come: Callable[..., Viewer], studio: Studio) -> None:  # noqa: F811
    studio.start(0)
    studio.clock.move_to(at(75))
    page = come().page
    for hook in (
        'id="room"',
        'data-kind="live"',
        'data-position="75"',
        'id="player"',
        'id="badge"',
        "Прямой эфир",
        'id="chat"',
        'id="chat-form"',
        'id="timeline"',
        'id="viewers"',
        'hx-trigger="every 1.5s"',
    ):
        assert hook in page, hook
    assert "<nav" not in page
    assert 'id="cta"' not in page


def test_stage_goes_with_the_state(come: Callable[..., Viewer], studio: Studio) -> None:  # noqa: F811
    viewer = come()
    assert viewer.scene() == "lobby"
    studio.start(0)
    for act, scene in ((studio.pause, "pause"), (studio.resume, "picture"), (studio.stop, "over")):
        act(100)
        viewer.come()
        assert viewer.scene() == scene
    live.broadcasts.set_up(studio.webinar_id, recording="/media/x/webinar.mp4")
    viewer.come()
    assert viewer.scene() == "recording"
    assert 'data-kind="recorded"' in viewer.page
    assert re.search(r'id="badge"[^>]*>Запись', viewer.page)


def test_open_page_hears_of_the_start_within_one_poll(
    come: Callable[..., Viewer],
    studio: Studio,  # noqa: F811
) -> None:
    viewer = come()
    assert viewer.poll().status_code == 204
    studio.start(0)
    news = viewer.poll()
    assert news.status_code == 200
    assert 'data-scene="picture"' in news.text
    assert 'id="stage"' in news.text
    assert viewer.poll().status_code == 204
    live.broadcasts.pin(studio.webinar_id, "Материалы ниже")
    news = viewer.poll().text
    assert "Материалы ниже" in news
    assert 'id="stage"' not in news, "the picture must not be begun again"


def test_poll_knows_nobody_and_asks_no_database(
    app: Flask,
    come: Callable[..., Viewer],
    studio: Studio,  # noqa: F811
) -> None:
    studio.start(0)
    one, other = come(), come()
    addresses = {POLL.search(each.page)[1] for each in (one, other)}  # type: ignore[index]
    assert len(addresses) == 1, "all viewers share the address"
    with queries.asked() as statements:
        answer = app.test_client().get(html.unescape(addresses.pop()))
    assert statements == []
    assert answer.status_code == 204
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "public, max-age=1"
    assert answer.headers["X-Accel-Expires"] == f"@{clock.unix(clock.now())}", "this second alone"
    assert "Cookie" not in answer.headers.get("Vary", "")


def test_forged_poll_address_is_not_found(client: FlaskClient, webinar: WebinarRecord) -> None:  # noqa: F811
    assert client.get("/live/on-air/poll/forged/").status_code == 404


def test_page_of_another_release_is_told_to_load_itself_anew(
    come: Callable[..., Viewer],
    app: Flask,
) -> None:
    """Its seat, or its ticket, has other fields than this release knows."""
    viewer = come()
    old = seat_of_another_release(app, "live-seat", "wb_1", "on-air", "obs", "x", "ru", "new")
    answer = viewer.client.get(f"/live/on-air/poll/{old}/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Refresh"]) == (404, "true")
    ticket = URLSafeTimedSerializer(str(app.secret_key), salt="room-ticket")
    for values in (["on-air", 1], ["on-air", "1", "s", True, "c"], ["on-air"] * 20, "on-air"):
        viewer.page = TICKET.sub(f'name="viewer" value="{ticket.dumps(values)}"', viewer.page)
        answer = viewer.post("beat/")
        assert (answer.status_code, answer.headers["HX-Refresh"]) == (403, "true")
    answer = viewer.post("beat/", viewer="forged")
    assert (answer.status_code, "HX-Refresh" in answer.headers) == (403, False)


@pytest.mark.parametrize(
    "values",
    [
        ("wb_1", "on-air", "obs", "x"),
        ("wb_1", "on-air", "obs", "x", "ru", "more"),
        ("wb_1", "on-air", "obs", "x", 7),
        ("wb_1", "on-air", None, "x", "ru"),
    ],
)
@pytest.mark.parametrize("page", ["poll", "earlier"])
def test_seat_of_another_shape_is_not_found(
    client: FlaskClient,
    webinar: WebinarRecord,  # noqa: F811
    app: Flask,
    page: str,
    values: tuple[Any, ...],
) -> None:
    token = seat_of_another_release(app, "live-seat", *values)
    assert client.get(f"/live/on-air/{page}/{token}/").status_code == 404


def seat_of_another_release(app: Flask, purpose: str, *values: Any) -> str:
    return str(URLSafeSerializer(str(app.secret_key), salt=purpose).dumps(values))


def test_line_is_seen_by_all_at_the_next_poll(
    come: Callable[..., Viewer],
    studio: Studio,  # noqa: F811
) -> None:
    studio.start(0)
    writer, reader = come(), come()
    studio.clock.move_to(at(42))
    said = writer.post("chat/", message="Слышно <b>отлично</b>")
    assert said.status_code == 200
    news = reader.poll().text
    assert "Слышно &lt;b&gt;отлично&lt;/b&gt;" in news
    assert 'data-at="42"' in news


def test_line_shows_name_role_and_the_country_that_its_writer_chose(
    come: Callable[..., Viewer],
    studio: Studio,  # noqa: F811
    make: Make,
) -> None:
    """Of a proven address alone: whoever typed somebody's address shows nothing of that person."""
    studio.start(0)
    partner = make.user("partner", email="partner@example.org", name="Анна")
    core.users.choose_country(partner.user_id, "KZ")
    silent, typed = come(), come(email="partner@example.org", proven=False)
    chosen = come(email="partner@example.org")
    for number, viewer in enumerate((silent, typed, chosen)):
        viewer.post("chat/", message=f"Строка {number}")
    news = silent.poll().text
    lines = [line.partition("</div>")[0] for line in news.split('<div class="message"')[1:]]
    assert [("партнёр" in each, "Казахстан" in each) for each in lines] == [
        (False, False),
        (False, False),
        (True, True),
    ]
    assert "Казахстан" in silent.come(), "the page shows what polls brought"
    core.users.choose_country(partner.user_id, "")
    chosen.post("chat/", message="Без страны")
    assert "Казахстан" not in silent.poll().text


def test_late_viewer_sees_the_newest_lines_at_once(
    come: Callable[..., Viewer],
    studio: Studio,  # noqa: F811
) -> None:
    studio.start(0)
    for number in range(230):
        studio.clock.move_to(at(3 * number))
        chat.write(f"live:{studio.webinar_id}", f"Строка {number}", author="Кто-то", at_sec=number)
    page = come().page
    assert "Строка 229" in page
    assert "Строка 0<" not in page


def test_outside_platform_has_its_own_chat_and_opens_in_a_new_tab(
    come: Callable[..., Viewer],
    studio: Studio,  # noqa: F811
) -> None:
    core.webinars.edit(studio.webinar_id, stream_type="zoom", stream_source="https://zoom.us/j/123")
    studio.start(0)
    viewer = come()
    assert viewer.scene() == "outside"
    assert 'id="chat-form"' not in viewer.page
    link = re.search(r'<a id="player"[^>]*>', viewer.page)
    assert link
    assert 'href="https://zoom.us/j/123"' in link[0]
    assert 'target="_blank"' in link[0]
    assert viewer.post("chat/", message="Эй").status_code == 403


def test_cta_is_there_only_while_shown_and_leads_out_in_a_new_tab(
    come: Callable[..., Viewer],
    studio: Studio,  # noqa: F811
    client: FlaskClient,
) -> None:
    studio.start(0)
    viewer = come()
    assert viewer.client.get("/live/on-air/go/").status_code == 404
    context = {"actor_id": studio.speaker.user_id, "timestamp": 1, "source": "studio"}
    with core.transaction():
        core.request(
            core.events.core_webinar_set_cta_visibility,
            {"webinar_id": studio.webinar_id, "visible": True, "context": context},
            raiser="studio",
        )
        live.broadcasts.changed_elsewhere(studio.webinar_id)
    news = viewer.poll().text
    assert re.search(r'<a id="cta" href="/live/on-air/go/" target="_blank"', news)
    assert viewer.client.get("/live/on-air/go/").location == "/live/on-air/contact/"
    live.broadcasts.set_up(studio.webinar_id, cta_link="https://example.org/offer")
    assert viewer.client.get("/live/on-air/go/").location == "https://example.org/offer"


def test_vote_and_question_without_javascript_lead_back_to_the_room(
    come: Callable[..., Viewer],
    studio: Studio,  # noqa: F811
) -> None:
    studio.start(0)
    poll_id = polls.open_poll(studio.webinar_id, "Пробовали?", ["Да", "Нет"])
    viewer = come()
    voted = viewer.post(f"poll/{poll_id}/vote/", htmx=False, choice="1")
    assert (voted.status_code, voted.location) == (303, "/live/on-air/")
    asked = viewer.post("question/", htmx=False, message="Сколько стоит?")
    assert (asked.status_code, asked.location) == (303, "/live/on-air/")
    page = viewer.come()
    assert re.search(r'data-choice="1" aria-pressed="true"', page)
    assert "Сколько стоит?" in page


def test_refused_vote_and_question_are_told_in_words_and_change_nothing(
    come: Callable[..., Viewer],
    studio: Studio,  # noqa: F811
) -> None:
    studio.start(0)
    poll_id = polls.open_poll(studio.webinar_id, "Пробовали?", ["Да", "Нет"])
    polls.close(studio.webinar_id, poll_id)
    viewer = come()
    for choice in ("0", "7", "x", ""):
        refused = viewer.post(f"poll/{poll_id}/vote/", choice=choice)
        assert refused.status_code == 422
        assert 'role="alert"' in refused.text
    refused = viewer.post("question/", message=" ")
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert questions.queue(studio.webinar_id) == []


@pytest.mark.parametrize("htmx", [True, False])
@pytest.mark.parametrize("deed", ["mute", "ban"])
def test_who_may_not_write_may_not_ask(
    come: Callable[..., Viewer],
    studio: Studio,  # noqa: F811
    make: Make,
    deed: str,
    htmx: bool,
) -> None:
    studio.start(0)
    viewer, admin = come(), make.user("admin")
    whose = viewer.registration.registration_id, studio.webinar_id
    if deed == "mute":
        chat.moderation.mute(*whose, chat.moderation.MUTES[0], actor=admin)
    else:
        chat.moderation.ban(*whose, actor=admin)
    refused = viewer.post("question/", htmx=htmx, message="Купите у меня?")
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert "Купите у меня?" in refused.text, "the words stay in the form"
    assert questions.queue(studio.webinar_id) == []


def test_link_in_the_pinned_note_opens_beside_the_room(
    come: Callable[..., Viewer],
    studio: Studio,  # noqa: F811
) -> None:
    live.broadcasts.pin(studio.webinar_id, "Слайды: https://example.org/?a=1&b=2 <b>")
    link = '<a href="https://example.org/?a=1&amp;b=2" target="_blank" rel="noopener nofollow">'
    viewer = come()
    assert f"Слайды: {link}https://example.org/?a=1&amp;b=2</a> &lt;b&gt;" in viewer.page
    live.broadcasts.pin(studio.webinar_id, "Код: efir-2026")
    assert '<p class="room__note">Код: efir-2026</p>' in viewer.poll().text


def test_post_without_a_ticket_or_with_a_foreign_one_is_refused(
    come: Callable[..., Viewer],
    studio: Studio,  # noqa: F811
    make: Make,
) -> None:
    studio.start(0)
    viewer = come()
    for path in ("beat/", "leave/", "chat/", "question/", "poll/1/vote/", "question/1/vote/"):
        assert viewer.post(path, viewer="forged").status_code == 403, path


def test_beat_counts_true_viewers_and_leaves_the_team_out(
    come: Callable[..., Viewer],
    studio: Studio,  # noqa: F811
    make: Make,
    app: Flask,
    sign_in: Any,
) -> None:
    studio.start(0)
    first, second = come(), come()
    counted = first.post("beat/")
    assert re.search(r'id="viewers">2<', counted.text)
    assert "room:second" in counted.headers["HX-Trigger"]
    assert second.post("leave/").status_code == 204


def test_nothing_is_taken_when_it_is_over(come: Callable[..., Viewer], studio: Studio) -> None:  # noqa: F811
    studio.start(0)
    viewer = come()
    studio.stop(10)
    assert viewer.post("chat/", message="Ещё").status_code == 403
    assert viewer.post("question/", message="Ещё?").status_code == 403


def test_calendar_file_has_the_hour_and_the_planned_length(
    come: Callable[..., Viewer],
    studio: Studio,  # noqa: F811
    make: Make,
) -> None:
    viewer = come()
    assert viewer.client.get("/live/on-air/calendar.ics").status_code == 404
    core.webinar_states.reschedule(studio.webinar_id, at(60), actor_id=None)
    file = viewer.client.get("/live/on-air/calendar.ics")
    assert file.mimetype == "text/calendar"
    assert f"DTSTART:{at(60):%Y%m%dT%H%M%SZ}" in file.text
    assert f"DTEND:{at(60 + 90 * 60):%Y%m%dT%H%M%SZ}" in file.text
    linked = viewer.client.get(f"/r/{viewer.registration.token}/calendar.ics")
    assert linked.text == file.text, "the thank-you page gives the same"


def test_calendar_file_of_a_move_and_of_a_cancelling_replaces_the_earlier_entry(
    come: Callable[..., Viewer],
    studio: Studio,  # noqa: F811
) -> None:
    viewer = come(starts_at=AT)

    def entry() -> tuple[str, ...]:
        text = viewer.client.get("/live/on-air/calendar.ics").text
        return tuple(re.findall(r"(?:UID|SEQUENCE|STATUS):(.*?)\r", text))

    uid = f"{viewer.registration.session_id}@localhost"
    assert sorted(entry()) == sorted((uid, "0", "CONFIRMED"))
    for hours in (1, 2):
        core.webinar_states.reschedule(studio.webinar_id, at(3600 * hours), actor_id=None)
    assert sorted(entry()) == sorted((uid, "2", "CONFIRMED"))
    core.webinar_states.cancel(studio.webinar_id, actor_id=None)
    assert sorted(entry()) == sorted((uid, "3", "CANCELLED"))


def test_media_server_is_answered_by_the_key_alone(
    client: FlaskClient,
    studio: Studio,  # noqa: F811
) -> None:
    broadcast = live.broadcasts.of(studio.webinar_id)

    def told(call: str, key: str = broadcast.stream_key, **more: str) -> int:
        data = {"call": call, "name": broadcast.stream_id, "key": key, **more}
        return client.post("/hooks/rtmp/", data=data).status_code

    assert told("publish", key="wrong") == 403
    assert told("publish", key="") == 403
    assert client.post("/hooks/rtmp/", data={"call": "publish"}).status_code == 403
    assert live.streams.publishing_since(studio.webinar_id) is None
    assert told("publish") == 200
    assert live.streams.publishing_since(studio.webinar_id) is not None
    assert told("publish_done") == 200
    assert live.streams.publishing_since(studio.webinar_id) is None
    for _ in range(2):
        assert told("record_done", path="/var/lib/efir/stream/recordings/x-1.flv") == 200
    assert told("record_done") == 400
    assert told("record_done", path="a\0b") == 400
    assert len(live.streams.new_recordings()) == 1
    studio.start(0)
    studio.stop(10)
    assert told("publish") == 403


def test_missing_picture_is_told_to_the_open_page_and_taken_back(
    come: Callable[..., Viewer],
    studio: Studio,  # noqa: F811
) -> None:
    """By itself, and nothing of the broadcast ends."""
    missing = "Картинки от спикера сейчас нет"
    studio.start(0)
    live.streams.began(studio.webinar_id, at(0))
    viewer = come()
    assert missing not in viewer.page
    live.streams.ended(studio.webinar_id, clock.now())
    assert missing in viewer.poll().text
    assert missing in come().page
    assert live.state.of(studio.webinar_id).status == "live"
    live.streams.began(studio.webinar_id, at(40))
    news = viewer.poll().text
    assert 'id="no-picture"' in news
    assert missing not in news


@pytest.mark.parametrize(
    ("stream_type", "source"),
    [("zoom", "https://zoom.us/j/1"), ("obs", "https://a.example/x.m3u8")],
)
def test_stream_from_elsewhere_is_not_missed(
    make: Make,
    studio: Studio,  # noqa: F811
    stream_type: str,
    source: str,
) -> None:
    core.webinars.edit(studio.webinar_id, stream_type=stream_type, stream_source=source)
    studio.start(0)
    assert live.state.of(studio.webinar_id).no_picture is False


def test_key_never_shows_in_what_viewers_get(
    come: Callable[..., Viewer],
    studio: Studio,  # noqa: F811
) -> None:
    studio.start(0)
    broadcast = live.broadcasts.of(studio.webinar_id)
    viewer = come()
    assert f"/hls/{broadcast.stream_id}.m3u8" in viewer.page
    assert broadcast.stream_key not in viewer.page
    assert AT is not None


def test_nothing_is_voted_for_after_the_end(come: Callable[..., Viewer], studio: Studio) -> None:  # noqa: F811
    studio.start(0)
    questions.ask(come().registration, "Будет ли запись?", at_sec=1, form_key=None)
    polls.open_poll(studio.webinar_id, "Где?", ["Там", "Тут"])
    viewer = come()
    votes = re.compile(r'<button class="(?:question__vote|poll__option)"[^>]*>')
    assert [" disabled" in each for each in votes.findall(viewer.page)] == [False] * 3
    studio.stop(60)
    page = viewer.come()
    assert [" disabled" in each for each in votes.findall(page)] == [True]


def show_cta(studio: Studio, *, visible: bool) -> None:  # noqa: F811
    context = {"actor_id": studio.speaker.user_id, "timestamp": 0, "source": "studio"}
    asked = {"webinar_id": studio.webinar_id, "visible": visible, "context": context}
    core.request(core.events.core_webinar_set_cta_visibility, asked, raiser="studio")


def test_after_the_end_one_way_on_remains(come: Callable[..., Viewer], studio: Studio) -> None:  # noqa: F811
    """A note, a poll and a second button have had their time; a recording changes what is said."""
    contact = 'href="/live/on-air/contact/"'
    studio.start(0)
    polls.open_poll(studio.webinar_id, "Где?", ["Там", "Тут"])
    live.broadcasts.pin(studio.webinar_id, "Ссылка в описании")
    show_cta(studio, visible=True)
    viewer = come()
    assert all(each in viewer.page for each in ("Ссылка в описании", "Где?", 'id="cta"'))
    assert "Что дальше" not in viewer.page
    studio.stop(60)
    page = viewer.come()
    assert "Ссылка в описании" not in page
    assert "Где?" not in page
    assert "Что дальше" in page
    assert "Когда появится запись" in page
    assert (page.count('id="cta"'), contact in page) == (1, False)
    show_cta(studio, visible=False)
    live.broadcasts.set_up(studio.webinar_id, recording="https://youtu.be/dQw4w9WgXcQ")
    page = viewer.come()
    assert (page.count('id="cta"'), contact in page) == (0, True)
    assert "Эфир завершён" in page
    assert "Запись здесь же" in page
    policy = viewer.client.get("/live/on-air/").headers["Content-Security-Policy"]
    assert "frame-src https://www.youtube-nocookie.com" in policy


def test_what_is_quiet_says_so(come: Callable[..., Viewer], studio: Studio) -> None:  # noqa: F811
    viewer = come()
    assert "Поздоровайтесь первым" in viewer.page
    assert "Здесь будет прямой эфир" in viewer.page
    studio.start(0)
    studio.stop(60)
    page = viewer.come()
    assert "В чате этого эфира никто не писал" in page
    assert "Чат закрыт: эфир закончился" in page
    assert 'id="chat-form"' not in page


def test_what_is_said_of_the_broadcast_changes_with_it(
    come: Callable[..., Viewer],
    studio: Studio,  # noqa: F811
) -> None:
    """Who came before the start is not told for the whole hour that it is to come."""
    viewer = come()
    studio.start(0)
    news = viewer.poll().text
    assert "всё происходит сейчас" in re.search(r'id="honesty" hx-swap-oob.*?</p>', news, re.S)[0]
    studio.stop(60)
    news = viewer.poll().text
    assert "происходит сейчас" not in re.search(r'id="honesty" hx-swap-oob.*?</p>', news, re.S)[0]


def test_own_vote_is_named_with_its_poll(come: Callable[..., Viewer], studio: Studio) -> None:  # noqa: F811
    studio.start(0)
    poll_id = polls.open_poll(studio.webinar_id, "Где?", ["Там", "Тут"])
    viewer = come()
    assert 'data-vote=""' in viewer.page
    polls.vote(studio.webinar_id, poll_id, viewer.registration.registration_id, 1)
    assert f'data-vote="{poll_id}:1"' in viewer.come()


def test_question_in_the_chatter_is_chatter(come: Callable[..., Viewer], studio: Studio) -> None:  # noqa: F811
    """Questions to the speaker have a place of their own."""
    studio.start(0)
    viewer = come()
    assert "Вопрос команде" not in viewer.page
    answer = viewer.post("chat/", message="Здравствуйте! Слышно?", form_key="a" * 24, to_team="y")
    assert answer.status_code == 200
    assert chat.questions.page(None, "open") == []
    assert "Вопрос команде" not in viewer.post("chat/", message=" ", form_key="b" * 24).text
