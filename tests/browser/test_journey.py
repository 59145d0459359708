"""One viewer through a whole recording, on a desk and on a phone: what is shown at which second, what
may be answered, what stays after a reload, what it says of itself."""

from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from app.extensions import db
from tests.autowebinar.recording import publish
from tests.browser.rooms import Room, plays
from tests.browser.studios import SIZES
from tests.fixtures.application import Make

pytestmark = pytest.mark.browser

LINES = [{"at": 3, "author": "Ирина", "text": "Звук есть"}]
CUES = [
    {"kind": "cta", "show_at": 5, "hide_at": 30, "text": "Получить разбор"},
    {"kind": "note", "show_at": 5, "hide_at": 60, "text": "План на сегодня", "note": "Три шага"},
    {"kind": "poll", "show_at": 5, "hide_at": 60, "text": "Где?", "options": ["Там", "Тут"]},
    {"kind": "handout", "show_at": 5, "text": "Чек-лист", "link": "/static/img/mark.svg"},
    {"kind": "offer", "show_at": 40, "text": "Со скидкой", "link": "/policy/", "minutes": 15},
    {"kind": "question", "show_at": 70, "text": "Что мешает начать?"},
]
MUTED_ALONE = """
    const play = HTMLMediaElement.prototype.play;
    HTMLMediaElement.prototype.play = function () {
      return this.muted || navigator.userActivation.hasBeenActive ? play.call(this)
        : Promise.reject(new DOMException("no gesture", "NotAllowedError"));
    };
"""


@pytest.fixture
def room(make: Make, site: str, redis_url: str) -> Room:
    webinar, _ = publish(make, lines=LINES, cues=CUES, duration_sec=160)
    registration = make.registration(webinar)
    db.session.remove()
    return Room(site, registration, redis_url)


def at(room: Room, page: Page, second: int) -> None:
    room.rewind(second)
    room.open(page)
    plays(page, second)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("size", SIZES)
def test_viewer_meets_each_cue_at_its_second(size: Any, room: Room, chromium: Browser) -> None:
    context = chromium.new_context(viewport=size, locale="ru-RU", has_touch=size["width"] < 500)
    page = context.new_page()
    at(room, page, 26)
    expect(page.locator(".message", has_text="Звук есть")).to_contain_text("из записи")
    expect(page.locator("#timeline")).to_contain_text("Три шага")
    page.get_by_label("Тут").check()
    page.locator(".cue--poll").get_by_role("button", name="Ответить").click()
    expect(page.locator(".cue--poll")).to_contain_text("Ваш ответ: Тут")
    expect(page.locator(".cue__results")).to_contain_text("100 % · 1")
    with page.expect_popup() as file:
        page.get_by_role("link", name="Чек-лист").click()
    assert file.value.url.endswith("/static/img/mark.svg")
    file.value.close()
    expect(page.locator("#cta")).to_have_count(0, timeout=10_000)
    assert 29 <= room.second() < 36
    at(room, page, 45)
    expect(page.locator(".cue--poll")).to_contain_text("Ваш ответ: Тут")
    deadline = page.locator(".cue__deadline")
    expect(deadline.get_by_role("timer")).to_contain_text("14:")
    before = deadline.locator("[data-holds]").inner_text().partition(",")[0]
    page.reload()
    expect(deadline.locator("[data-holds]")).to_contain_text(before)
    with page.expect_popup() as offer:
        page.locator("#cta").click()
    assert offer.value.url.endswith("/policy/")
    offer.value.close()
    at(room, page, 75)
    page.get_by_placeholder("Ваш ответ").fill("Нет времени")
    page.locator(".cue--question").get_by_role("button", name="Ответить").click()
    expect(page.locator(".cue--question")).to_contain_text("Ваш ответ: Нет времени")
    page.locator("#message").fill("А дальше?")
    page.locator("#chat-form button").click()
    expect(page.locator('.message[data-origin="viewer"]')).to_contain_text("А дальше?")
    page.locator("#honest summary").click()
    expect(page.locator("#honest")).to_contain_text("Реплик из того эфира в чате: 1.")
    expect(page.locator("#viewers")).to_have_text("1")
    context.close()


def test_sound_that_is_held_up_is_offered(room: Room, context: BrowserContext) -> None:
    """A browser that lets nothing sound before a gesture plays muted, in step; one press gives
    the sound."""
    context.add_init_script(MUTED_ALONE)
    page = context.new_page()
    at(room, page, 20)
    player = page.locator("#player")
    expect(page.locator(".room__start")).to_be_hidden()
    assert player.evaluate("player => player.muted") is True
    page.get_by_role("button", name="Включить звук").click()
    assert player.evaluate("player => [player.muted, player.paused]") == [False, False]
    expect(page.get_by_role("button", name="Выключить звук")).to_be_visible()


def test_nothing_moves_for_who_wants_no_motion(room: Room, chromium: Browser) -> None:
    context = chromium.new_context(reduced_motion="reduce")
    page = context.new_page()
    at(room, page, 20)
    moving = page.evaluate(
        "() => document.getAnimations().filter((each) => each.playState === 'running'"
        " && each.effect.getComputedTiming().duration > 1).length"
    )
    assert moving == 0
    context.close()
