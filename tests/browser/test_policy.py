"""A broadcast's room breaks no rule of its own content policy, whatever is shown in it."""

from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app import chat, live
from app.core import WebinarRecord
from app.extensions import db
from bench import broadcast
from tests.browser.rooms import Room
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


def test_room_breaks_no_rule_of_its_policy(
    webinar: WebinarRecord, make: Make, site: str, redis_url: str, visitor: Page
) -> None:
    """Lines, a poll, a vote, a note, a question: what is drawn anew comes by the same rules."""
    place = make.registration(webinar)
    db.session.remove()
    complaints: list[str] = []
    visitor.on("console", lambda said: complaints.append(said.text))
    visitor.add_init_script(WATCH)
    Room(site, place, redis_url).open(visitor)
    visitor.fill("#message", "Слышно хорошо")
    visitor.press("#message", "Enter")
    expect(visitor.locator(".message__text", has_text="Слышно хорошо")).to_have_count(1)
    chat.write(
        live.places.room_key(webinar.webinar_id),
        "И мне слышно",
        author="Пётр",
        at_sec=1,
        webinar_id=webinar.webinar_id,
        shared=True,
    )
    live.broadcasts.pin(webinar.webinar_id, "Материалы: https://example.org/")
    live.polls.open_poll(webinar.webinar_id, "Пробовали?", ["Да", "Нет"])
    live.questions.ask(place, "Будет запись?", at_sec=0, form_key=None)
    db.session.remove()
    expect(visitor.locator(".message__text", has_text="И мне слышно")).to_have_count(1)
    expect(visitor.get_by_text("Материалы:")).to_be_visible()
    expect(visitor.get_by_text("Пробовали?")).to_be_visible()
    found: list[Any] = visitor.evaluate("window.violations")
    assert found == []
    assert [each for each in complaints if "Content Security Policy" in each] == []
