"""A broadcast's room in a real browser while the site stalls, is away and comes back."""

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from werkzeug.serving import BaseWSGIServer, make_server

from app import chat, live
from app.core import WebinarRecord
from app.extensions import db
from bench import broadcast
from tests.browser.rooms import Room
from tests.fixtures import servers
from tests.fixtures.application import Make

pytestmark = pytest.mark.browser
LOST = "Связь прервалась, соединяемся…"
NOTICED = 20_000


class Site:
    """The application on a port that it keeps: stopped and begun again, or swallowing requests: those
    are never answered, whatever comes after."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._swallows, self._over = False, threading.Event()
        self._running: tuple[BaseWSGIServer, threading.Thread] | None = None
        self.port = servers.free_port()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        server = make_server("127.0.0.1", self.port, self._answer, threaded=True)
        server.daemon_threads = True  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        self._running = (server, thread)

    def stop(self) -> None:
        if self._running:
            server, thread = self._running
            server.shutdown()
            thread.join()
            server.server_close()
            self._running = None

    def swallow(self, what: bool) -> None:
        self._swallows = what

    def end(self) -> None:
        self._over.set()
        self.stop()

    def _answer(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        if self._swallows:
            self._over.wait()
            start_response("503 Service Unavailable", [("Content-Length", "0")])
            return []
        return self._app(environ, start_response)


@pytest.fixture
def site(app: Flask) -> Iterator[Site]:
    running = Site(app)
    running.start()
    yield running
    running.end()


@pytest.fixture
def webinar(app: Flask) -> WebinarRecord:
    return broadcast.on_air("on-air")


@pytest.fixture
def room(webinar: WebinarRecord, make: Make, site: Site, redis_url: str) -> Room:
    registration = make.registration(webinar)
    db.session.remove()
    return Room(site.url, registration, redis_url)


def somebody_says(webinar: WebinarRecord, text: str) -> None:
    """Another viewer, whose lines come by another process."""
    channel = live.places.room_key(webinar.webinar_id)
    chat.write(channel, text, author="Пётр", at_sec=1, webinar_id=webinar.webinar_id, shared=True)
    db.session.remove()


def lines(page: Page, text: str) -> Any:
    return page.locator(".message__text", has_text=text)


def is_connected(page: Page, webinar: WebinarRecord, word: str) -> None:
    somebody_says(webinar, word)
    expect(lines(page, word)).to_have_count(1)
    expect(page.locator("#lost")).to_be_hidden()


def test_room_outlives_a_deploy_and_says_so(
    webinar: WebinarRecord, room: Room, site: Site, visitor: Page
) -> None:
    """What others wrote meanwhile comes, what the viewer could not send is still there to be sent."""
    room.open(visitor)
    is_connected(visitor, webinar, "Слышно")
    site.stop()
    expect(visitor.locator("#lost")).to_be_visible(timeout=NOTICED)
    expect(visitor.locator("#lost")).to_have_text(LOST)
    expect(visitor.locator("#lost")).to_have_attribute("role", "status")
    visitor.fill("#message", "А запись будет?")
    visitor.press("#message", "Enter")
    expect(visitor.locator("#unsent")).to_be_visible()
    somebody_says(webinar, "Сказано без вас")
    site.start()
    expect(lines(visitor, "Сказано без вас")).to_have_count(1)
    expect(visitor.locator("#lost")).to_be_hidden()
    expect(visitor.locator("#message")).to_have_value("А запись будет?")
    visitor.press("#message", "Enter")
    expect(lines(visitor, "А запись будет?")).to_have_count(1)
    expect(visitor.locator("#unsent")).to_be_hidden()
    is_connected(visitor, webinar, "Снова все вместе")
    expect(lines(visitor, "Слышно")).to_have_count(1)


def test_room_outlives_a_site_that_takes_requests_and_never_answers(
    webinar: WebinarRecord, room: Room, site: Site, visitor: Page
) -> None:
    """Requests that were swallowed hold nothing up: the page gives them up and asks again."""
    room.open(visitor)
    is_connected(visitor, webinar, "Слышно")
    site.swallow(True)
    expect(visitor.locator("#lost")).to_be_visible(timeout=NOTICED)
    somebody_says(webinar, "Сказано в тишине")
    site.swallow(False)
    expect(lines(visitor, "Сказано в тишине")).to_have_count(1)
    expect(visitor.locator("#lost")).to_be_hidden()
    is_connected(visitor, webinar, "Снова все вместе")


def test_votes_of_others_lead_nobody_away_from_what_is_shown(
    webinar: WebinarRecord, room: Room, visitor: Page, make: Make
) -> None:
    """A focus stays where it was, and what is shown is not said anew to who hears the page."""
    others = [make.registration(webinar).registration_id for _ in range(2)]
    poll_id = live.polls.open_poll(webinar.webinar_id, "Слышно?", ["Да", "Нет"])
    question = live.questions.ask(make.registration(webinar), "Почему?", at_sec=1, form_key=None)
    db.session.remove()
    room.open(visitor)
    yes = visitor.locator("[data-choice='0']")
    yes.focus()
    visitor.evaluate(
        "new MutationObserver((all) => { window.added = all.flatMap((e) => [...e.addedNodes])"
        ".filter((e) => e.nodeType === 1).length })"
        ".observe(document.getElementById('timeline'), { childList: true, subtree: true })"
    )
    live.polls.vote(webinar.webinar_id, poll_id, others[0], 0)
    live.state.put(webinar.webinar_id)
    expect(yes.locator(".poll__votes")).to_have_text("1")
    expect(yes.locator("progress")).to_have_js_property("value", 1)
    expect(visitor.locator(".poll__total")).to_have_text("Голосов: 1")
    expect(yes).to_be_focused()
    assert not visitor.evaluate("window.added"), "no element is put in anew"
    want = visitor.locator(f"#want-{question}")
    visitor.locator("[data-tab]").last.click()
    want.focus()
    live.questions.vote(webinar.webinar_id, question, others[0])
    live.state.put(webinar.webinar_id)
    expect(want).to_have_text("▲ 1")
    expect(want).to_be_focused()
    live.polls.close(webinar.webinar_id, poll_id)
    expect(visitor.locator(".poll__total")).to_contain_text("опрос закрыт")
