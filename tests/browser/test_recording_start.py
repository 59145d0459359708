"""A speaker sets where a trimmed recording begins: typed, or by the line that is heard, with the player
beside it; on a desk, on a phone, and without scripts."""

import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, expect

from app import chat, clock, core, live, media
from app.autowebinar import drafts
from app.blueprints.studio import live_steps
from app.core import UserRecord
from app.extensions import db
from tests.browser.studios import SIZES, Studio, enter
from tests.browser.test_axe import faults
from tests.fixtures.application import Make
from tests.fixtures.recordings import recording
from tests.fixtures.stack import DESK
from workers import media as worker

pytestmark = pytest.mark.browser
LINES = (
    (-20, "Всем привет, я из Казани"),
    (2, "Слышно хорошо"),
    (14, "А запись будет?"),
    (42, "Спасибо!"),
)


def _broadcast(webinar_id: str, user: UserRecord) -> None:
    """A minute on air that ended an hour ago, paused for ten seconds."""
    begins = clock.now() - timedelta(hours=1)
    with time_machine.travel(begins - timedelta(minutes=1), tick=False) as moment:
        live_steps.schedule(webinar_id, begins, user, again=False)
        steps = {0: "start", 20: "pause", 30: "resume", 60: "stop"}
        said = dict(LINES)
        for second in sorted({*steps, *said, 10, 16}):
            moment.move_to(begins + timedelta(seconds=second))
            if second in steps:
                live_steps.take(steps[second], webinar_id, user)  # type: ignore[arg-type]
            if second in (10, 16):
                live_steps.show_cta(webinar_id, user, visible=second == 10)
            if second in said:
                _say(webinar_id, said[second])
    db.session.remove()


def _say(webinar_id: str, text: str) -> None:
    key = live.places.room_key(webinar_id)
    chat.write(key, text, author="Мария", at_sec=0, webinar_id=webinar_id, shared=True)


@pytest.fixture
def opened(make: Make, site: str, app: Flask, chromium: Browser) -> Iterator[Any]:
    contexts: list[BrowserContext] = []

    def open_(size: Any = DESK, **options: Any) -> Studio:
        """The panel of a broadcast of a minute that was paused, with a recording of forty seconds."""
        user = make.user("speaker", name="Ольга Смирнова")
        webinar = make.webinar("live", published=False, speaker_id=user.user_id)
        _broadcast(webinar.webinar_id, user)
        data = recording(40)
        media.uploads.whole(
            "video",
            "Запись из Zoom.mp4",
            len(data),
            io.BytesIO(data),
            owner_id=user.user_id,
            webinar_id=webinar.webinar_id,
        )
        worker.drain_here()
        context = chromium.new_context(viewport=size, locale="ru-RU", **options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        enter(context, app, site, user)
        at = Studio(context.new_page(), site, user, webinar.slug)
        at.open("broadcast/")
        return at

    yield open_
    for context in contexts:
        context.close()


def made(at: Studio) -> list[tuple[int, str]]:
    db.session.remove()
    (auto,) = [e for e in core.webinars.worked_on(at.user.user_id) if e.type == "auto"]
    return [(line.at, line.text) for line in drafts.lines(auto.webinar_id)]


@pytest.mark.parametrize("size", SIZES)
def test_typed_start_is_previewed_played_and_made(opened: Any, size: Any) -> None:
    at = opened(size)
    outcome = at.page.locator("#recording-outcome")
    expect(outcome).to_contain_text("реплики чата: 2 из 4")
    at.page.get_by_label("Запись начинается на").fill("0:10")
    expect(outcome).to_contain_text("реплики, написанные до начала записи: 2")
    expect(outcome.locator("li").filter(has_text="А запись будет?")).to_contain_text("00:04")
    at.fits()
    assert faults(at.page) == []
    outcome.get_by_role("link", name="Смотреть с 00:04").click()
    video = at.page.locator("#video-state video")
    expect(video).to_have_js_property("paused", value=False)
    assert video.evaluate("each => each.currentTime") >= 4
    at.page.get_by_label("Запись начинается на").fill("сначала")
    expect(outcome.get_by_role("alert")).to_contain_text("Нужны минуты и секунды")
    assert faults(at.page) == []
    expect(at.page.get_by_role("button", name="Сделать автовебинар")).to_have_count(0)
    at.page.get_by_label("Запись начинается на").fill("0:10")
    at.press("Сделать автовебинар")
    at.told("Автовебинар создан.")
    assert made(at) == [(4, "А запись будет?"), (32, "Спасибо!")]


def test_line_that_is_heard_puts_the_start_where_it_must_be(opened: Any) -> None:
    at = opened()
    video = at.page.locator("#video-state video")
    video.evaluate("each => { each.currentTime = 24.5 }")
    line = at.page.locator(".recording-lines li").filter(has_text="А запись будет?")
    line.get_by_role("button", name="На текущую секунду").click()
    expect(at.page.get_by_label("Запись начинается на")).to_have_value("−00:10")
    outcome = at.page.locator("#recording-outcome")
    expect(outcome.locator("li").filter(has_text="А запись будет?")).to_contain_text("00:24")
    at.press("Сохранить начало")
    at.told("Начало записи сохранено.")
    expect(at.page.get_by_label("Запись начинается на")).to_have_value("−00:10")


def test_pauses_that_were_cut_are_told_by_a_tick(opened: Any) -> None:
    at = opened()
    at.page.get_by_label("Паузы эфира из записи вырезаны").check()
    outcome = at.page.locator("#recording-outcome")
    expect(outcome).to_contain_text("реплики чата: 3 из 4")
    at.press("Сделать автовебинар")
    at.told("Автовебинар создан.")
    assert made(at) == [(2, "Слышно хорошо"), (14, "А запись будет?"), (32, "Спасибо!")]


def test_without_scripts_what_comes_of_it_is_shown_by_a_button(opened: Any) -> None:
    at = opened(java_script_enabled=False)
    at.page.get_by_label("Запись начинается на").fill("0:10")
    at.press("Показать, что выйдет")
    at.told("реплики, написанные до начала записи: 2")
    link = at.page.get_by_role("link", name="Смотреть с 00:04")
    assert (link.get_attribute("href") or "").endswith("#t=4")
    at.press("Сделать автовебинар")
    at.told("Автовебинар создан.")
    assert made(at) == [(4, "А запись будет?"), (32, "Спасибо!")]
