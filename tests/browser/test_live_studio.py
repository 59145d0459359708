"""A speaker at work on a broadcast: the console in one hand, and the recording brought afterwards."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, expect

from app import clock, core
from app.blueprints.studio import live_steps
from app.extensions import db
from tests.browser.studios import Studio, enter
from tests.fixtures.application import Make
from tests.fixtures.recordings import recording
from tests.fixtures.stack import DESK, PHONE
from workers import media as worker

pytestmark = pytest.mark.browser
BUTTONS = ("#console-pause", "#console-ask-stop")
SLIM = 120
"""Pixels: what is over the questions and the chat of a phone all the time."""


@pytest.fixture
def speaks(make: Make, site: str, app: Flask, chromium: Browser) -> Iterator[Any]:
    opened: list[BrowserContext] = []

    def open_(size: Any) -> Studio:
        """A speaker's browser, and a broadcast of theirs that is announced."""
        user = make.user("speaker", name="Ольга Смирнова")
        webinar = make.webinar("live", published=False, speaker_id=user.user_id)
        at = clock.now() + timedelta(hours=1)
        live_steps.schedule(webinar.webinar_id, at, user, again=False)
        context = chromium.new_context(viewport=size, locale="ru-RU")
        context.set_default_timeout(15_000)
        opened.append(context)
        enter(context, app, site, user)
        return Studio(context.new_page(), site, user, webinar.slug)

    yield open_
    for context in opened:
        context.close()


def test_console_is_slim_on_a_phone_and_what_it_says_is_dismissed(speaks: Any) -> None:
    at = speaks(PHONE)
    at.open("live/")
    at.press("Начать эфир")
    said = at.page.locator("#console-said")
    expect(said).to_contain_text("Вы в эфире.")
    bar = at.page.locator(".console__bar").bounding_box()
    assert bar is not None
    assert bar["height"] <= SLIM
    pause, stop = (at.page.locator(each).bounding_box() for each in BUTTONS)
    assert pause is not None and stop is not None
    assert pause["y"] == stop["y"]
    assert min(pause["height"], stop["height"]) >= 44
    hanging = said.bounding_box()
    assert hanging is not None
    assert hanging["y"] >= bar["y"] + bar["height"]
    at.page.get_by_role("button", name="Закрыть сообщение").click()
    expect(said).to_be_hidden()


def test_what_is_refused_stays_until_it_is_dismissed(speaks: Any) -> None:
    at = speaks(DESK)
    at.page.route("**/live/news/**", lambda route: route.abort())
    at.open("live/")
    live_steps.take("start", at.webinar.webinar_id, at.user)
    db.session.remove()
    at.page.locator("#console-start").click()
    said = at.page.locator("#console-said")
    expect(said).to_contain_text("его начал другой ведущий")
    assert said.evaluate("each => getComputedStyle(each).animationName") == "none"
    at.page.get_by_role("button", name="Закрыть сообщение").press("Enter")
    expect(said).to_be_hidden()


def test_recording_is_brought_in_pieces_and_made_an_autowebinar(speaks: Any) -> None:
    at = speaks(DESK)
    for step in ("start", "stop"):
        live_steps.take(step, at.webinar.webinar_id, at.user)
    db.session.remove()
    at.open("broadcast/")
    file = {"name": "Запись.mp4", "mimeType": "video/mp4", "buffer": recording(2)}
    at.page.locator("#file-video").set_input_files(file)
    at.press("Загрузить")
    expect(at.page.locator("[data-upload-state=received]")).to_contain_text(
        "Проверяем «Запись.mp4»"
    )
    db.session.remove()
    worker.drain_here()
    expect(at.page.locator("#video-state video")).to_be_visible()
    at.press("Сделать автовебинар")
    expect(at.page.get_by_text("Автовебинар создан.")).to_be_visible()
    db.session.remove()
    assert [each.type for each in core.webinars.worked_on(at.user.user_id)] == ["auto", "live"]
