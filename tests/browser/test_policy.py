"""A room breaks no rule of its own content policy, whatever is shown in it and drawn anew."""

from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app import live
from app.core import WebinarRecord
from app.extensions import db
from bench import broadcast
from tests.autowebinar.recording import publish
from tests.browser.rooms import Room, plays
from tests.fixtures.application import Make

pytestmark = pytest.mark.browser
WATCH = """
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (event) => window.violations.push(
      [event.effectiveDirective, event.blockedURI, event.sourceFile, event.lineNumber,
       event.columnNumber, event.sample]
    ));
"""


@pytest.fixture
def webinar(app: Flask) -> WebinarRecord:
    return broadcast.on_air("on-air")


class Watched:
    """A page, and what its browser says against the policy."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._said: list[str] = []
        page.on("console", lambda said: self._said.append(said.text))
        page.add_init_script(WATCH)

    @property
    def faults(self) -> list[Any]:
        told = [each for each in self._said if "Content Security Policy" in each]
        return [*self.page.evaluate("window.violations"), *told]


def say(page: Page, words: str) -> None:
    """From a field that a person has made larger by its corner: the browser gives it a style."""
    page.evaluate("document.querySelector('#message').style.height = '90px'")
    page.fill("#message", words)
    page.press("#message", "Enter")
    expect(page.locator(".message__text", has_text=words)).to_have_count(1)


def test_a_fault_would_be_seen(
    webinar: WebinarRecord, make: Make, site: str, redis_url: str, visitor: Page
) -> None:
    place = make.registration(webinar)
    db.session.remove()
    watched = Watched(visitor)
    Room(site, place, redis_url).open(visitor)
    visitor.evaluate("document.body.setAttribute('style', '')")
    visitor.evaluate("document.head.append(document.createElement('style'))")
    visitor.wait_for_function("window.violations.length > 0")
    assert watched.faults


def test_room_of_a_broadcast_breaks_no_rule(
    webinar: WebinarRecord, make: Make, site: str, redis_url: str, visitor: Page
) -> None:
    """Lines, a note, a poll, a question: what is drawn anew comes by the same rules."""
    place = make.registration(webinar)
    db.session.remove()
    watched = Watched(visitor)
    Room(site, place, redis_url).open(visitor)
    say(visitor, "Слышно хорошо")
    live.broadcasts.pin(webinar.webinar_id, "Материалы: https://example.org/")
    live.polls.open_poll(webinar.webinar_id, "Пробовали?", ["Да", "Нет"])
    live.questions.ask(place, "Будет запись?", at_sec=0, form_key=None)
    db.session.remove()
    expect(visitor.get_by_text("Материалы:")).to_be_visible()
    expect(visitor.get_by_text("Пробовали?")).to_be_visible()
    visitor.get_by_text("Кто смотрит").click()
    expect(visitor.locator("#people")).to_be_visible()
    assert watched.faults == []


def test_room_of_a_recording_breaks_no_rule(
    make: Make, site: str, redis_url: str, visitor: Page
) -> None:
    cues = [{"kind": "cta", "show_at": 0, "hide_at": None, "text": "Получить разбор"}]
    webinar, _ = publish(make, lines=[], duration_sec=160, cues=cues)
    place = make.registration(webinar)
    db.session.remove()
    watched = Watched(visitor)
    Room(site, place, redis_url).open(visitor)
    expect(visitor.get_by_text("Получить разбор")).to_be_visible()
    plays(visitor)
    say(visitor, "Слышно хорошо")
    assert watched.faults == []
