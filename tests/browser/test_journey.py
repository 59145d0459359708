"""One viewer through a whole recording, on a desk and on a phone: what is shown at which second, what
may be answered, what stays after a reload, what it says of itself."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from app import clock
from app.autowebinar import deadlines, seen
from app.extensions import db
from tests.autowebinar.recording import publish
from tests.browser.rooms import Room, plays
from tests.browser.screens import Screen
from tests.fixtures.application import Make

pytestmark = pytest.mark.browser

Viewer = tuple[Screen, Page, Room]
LINES = [{"at": 3, "author": "Ирина", "text": "Звук есть", "source": "broadcast"}]
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
def viewers(make: Make, site: str, redis_url: str, both: list[Screen]) -> list[Viewer]:
    """Two people of one recording, each with a session of their own."""
    webinar, _ = publish(make, lines=LINES, cues=CUES, duration_sec=160)
    places = [make.registration(webinar) for _ in both]
    db.session.remove()
    return [
        (screen, screen.page, Room(site, place, redis_url))
        for screen, place in zip(both, places, strict=True)
    ]


def at(viewers: list[Viewer], second: int) -> None:
    for _, page, room in viewers:
        room.rewind(second)
        room.open(page)
    for screen, page, _ in viewers:
        plays(page, second)
        screen.fits()


def test_viewer_meets_each_cue_at_its_second(viewers: list[Viewer]) -> None:
    at(viewers, 24)
    for count, (screen, page, _) in enumerate(viewers, start=1):
        expect(page.locator(".message", has_text="Звук есть")).to_contain_text("из записи")
        expect(page.locator("#timeline")).to_contain_text("Три шага")
        expect(page.locator("#cta")).to_have_text("Получить разбор")
        screen.press(page.get_by_label("Тут"))
        screen.press(page.locator(".cue--poll").get_by_role("button", name="Ответить"))
        expect(page.locator(".cue--poll")).to_contain_text("Ваш ответ: Тут")
        expect(page.locator(".cue__results")).to_contain_text(f"100 % · {count}")
    for screen, page, room in viewers:
        expect(page.locator("#cta")).to_have_count(0, timeout=10_000)
        assert 29 <= room.second() < 40
        with page.expect_popup() as file:
            screen.press(page.get_by_role("link", name="Чек-лист"))
        assert file.value.url.endswith("/static/img/mark.svg")
        file.value.close()
    at(viewers, 45)
    for screen, page, _ in viewers:
        expect(page.locator(".cue--poll")).to_contain_text("Ваш ответ: Тут")
        deadline = page.locator(".cue__deadline")
        expect(deadline.get_by_role("timer")).to_contain_text("14:")
        before = deadline.locator("[data-holds]").inner_text().partition(",")[0]
        page.reload()
        expect(deadline.locator("[data-holds]")).to_contain_text(before)
        with page.expect_popup() as offer:
            screen.press(page.locator("#cta"))
        assert offer.value.url.endswith("/policy/")
        offer.value.close()
    at(viewers, 75)
    for screen, page, _ in viewers:
        page.get_by_placeholder("Ваш ответ").fill("Нет времени")
        screen.press(page.locator(".cue--question").get_by_role("button", name="Ответить"))
        expect(page.locator(".cue--question")).to_contain_text("Ваш ответ: Нет времени")
        page.locator("#message").fill("А дальше?")
        screen.press(screen.button("Отправить"))
        expect(page.locator('.message[data-origin="viewer"]')).to_contain_text("А дальше?")
        screen.press(page.locator("#honest summary"))
        expect(page.locator("#honest")).to_contain_text("«Из записи» — написаны в том эфире: 1.")
        page.evaluate("htmx.trigger('#beat', 'beat')")
        expect(page.locator("#viewers")).to_have_text("2")
        screen.fits()


def test_offer_that_is_over_is_over_wherever_its_link_is_opened(viewers: list[Viewer]) -> None:
    """The deadline is the server's: the page loses its button, and its link says so."""
    at(viewers, 45)
    links = {}
    for screen, page, room in viewers:
        expect(page.locator(".cue__deadline").get_by_role("timer")).to_contain_text("14:")
        links[screen.name] = page.locator("#cta").get_attribute("href")
        ends_in(room, 3)
        page.reload()
        expect(page.locator("#cta")).to_be_visible()
    for screen, page, room in viewers:
        expect(page.locator("[data-over]")).to_contain_text("Предложение закончилось")
        expect(page.locator("#cta")).to_have_count(0)
        page.goto(room.url + str(links[screen.name]))
        expect(page.locator("h1")).to_have_text("Предложение закончилось")
        screen.fits()
        screen.press(screen.link("Вернуться к записи"))
        expect(page.locator("#room")).to_be_visible()


def ends_in(room: Room, seconds: int) -> None:
    """The time that the offer was given is nearly over."""
    (key,) = (name for name in room.meta() if name.startswith(deadlines.PREFIX))
    scope = str(room.registration.registration_id)
    ends_at = clock.now() + timedelta(seconds=seconds)
    seen.meta.write(room.registration.user_id, scope, {key: ends_at})
    db.session.remove()


def test_sound_that_is_held_up_is_offered(viewers: list[Viewer]) -> None:
    """A browser that lets nothing sound before a gesture plays muted, in step; one press gives
    the sound."""
    for _, page, _ in viewers:
        page.context.add_init_script(MUTED_ALONE)
    at(viewers, 20)
    for screen, page, _ in viewers:
        player = page.locator("#player")
        expect(page.locator(".room__start")).to_be_hidden()
        assert player.evaluate("player => player.muted") is True
        screen.press(screen.button("Включить звук"))
        assert player.evaluate("player => [player.muted, player.paused]") == [False, False]
        expect(screen.button("Выключить звук")).to_be_visible()


def test_nothing_moves_for_who_wants_no_motion(viewers: list[Viewer]) -> None:
    for _, page, _ in viewers:
        page.emulate_media(reduced_motion="reduce")
    at(viewers, 20)
    for _, page, _ in viewers:
        moving = page.evaluate(
            "() => document.getAnimations().filter((each) => each.playState === 'running'"
            " && each.effect.getComputedTiming().duration > 1).length"
        )
        assert moving == 0
