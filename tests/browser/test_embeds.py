"""Players of other sites, by stand-ins that speak their protocols: in step, muted, paused, held up."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Frame, Route, expect

from app.autowebinar import seen
from app.extensions import db
from tests.autowebinar.recording import publish
from tests.browser.embeds import VIDEOS, StandIn
from tests.browser.rooms import Room
from tests.browser.screens import Opens, Screen
from tests.fixtures.application import Make

pytestmark = pytest.mark.browser


class Embed:
    """A room whose picture is a stand-in, and that stand-in."""

    def __init__(self, kind: str, room: Room, screen: Screen) -> None:
        self.room, self.screen, self.page = room, screen, screen.page
        self.stand_in = StandIn(kind, self.page.context)
        self.host = self.stand_in.host

    def wish(self, script: str) -> None:
        self.stand_in.wishes = script

    def open(self) -> "Embed":
        self.room.open(self.page)
        return self

    @property
    def frame(self) -> Frame:
        return self.stand_in.frame(self.page)

    def told(self) -> list[list[Any]]:
        return self.stand_in.told(self.page)

    def started(self) -> float:
        return float(self.room.meta()[seen.STARTED_AT].timestamp())

    def in_step(self) -> None:
        """The film runs, within a second of the server's clock."""
        started = self.started()
        self.frame.wait_for_function(
            "([started]) => film.since !== null"
            " && Math.abs(filmTime() - (Date.now() / 1000 - started)) < 1",
            arg=[started],
            timeout=15_000,
        )


@pytest.fixture
def embed_on(make: Make, site: str, redis_url: str) -> Callable[[str, Screen], Embed]:
    def made(kind: str, screen: Screen) -> Embed:
        webinar, _ = publish(make, video=VIDEOS[kind][1], lines=[], cues=[], duration_sec=160)
        registration = make.registration(webinar)
        db.session.remove()
        room = Room(site, registration, redis_url)
        room.rewind(40)
        return Embed(kind, room, screen)

    return made


@pytest.fixture
def embed(embed_on: Callable[[str, Screen], Embed], screen: Opens) -> Callable[[str], Embed]:
    """On a desk, where the screen does not matter."""
    return lambda kind: embed_on(kind, screen("desk"))


@pytest.fixture
def embeds(
    embed_on: Callable[[str, Screen], Embed], both: list[Screen]
) -> Callable[[str], list[Embed]]:
    return lambda kind: [embed_on(kind, screen) for screen in both]


@pytest.mark.parametrize("kind", VIDEOS)
def test_embed_is_brought_to_the_second_and_kept_there(
    kind: str, embeds: Callable[[str], list[Embed]]
) -> None:
    said: list[str] = []
    opened = embeds(kind)
    for found in opened:
        found.page.on("console", lambda message: said.append(message.text))
        found.page.on("pageerror", lambda error: said.append(str(error)))
        found.open()
    for found in opened:
        found.in_step()
        found.frame.evaluate("filmSeek(120)")
    for found in opened:
        found.in_step()
        with found.page.expect_response("**/beat/") as beat:
            found.page.evaluate("htmx.trigger('#beat', 'beat')")
        posted = beat.value.request.post_data or ""
        assert 38 <= int(posted.split("position=")[1].split("&")[0]) < 90
        assert found.page.locator("#player").evaluate("player => player.tagName") == "IFRAME"
        expect(found.page.locator(".room__start")).to_be_hidden()
        found.screen.fits()
    assert said == []


@pytest.mark.parametrize("kind", VIDEOS)
def test_embed_that_may_not_sound_begins_muted_and_offers_sound(
    kind: str, embeds: Callable[[str], list[Embed]]
) -> None:
    opened = embeds(kind)
    for found in opened:
        found.wish("window.holdsSound = true;")
        found.open()
    for found in opened:
        offer = found.screen.button("Включить звук")
        expect(offer).to_be_visible(timeout=15_000)
        found.in_step()
        assert found.frame.evaluate("film.muted") is True
        found.screen.press(offer)
        found.frame.wait_for_function("() => !film.muted")
        expect(found.screen.button("Выключить звук")).to_be_visible()


def test_player_that_was_ready_before_the_page_listened_plays_all_the_same(
    embed: Callable[[str], Embed],
) -> None:
    """Rutube says so once; on a busy machine the room's script comes later than that."""
    found = embed("rutube")
    held: list[Route] = []
    found.page.context.route("**/js/room.js*", lambda each: held.append(each))
    with found.page.expect_event("framenavigated", lambda each: each.url.startswith(found.host)):
        found.page.goto(found.room.link, wait_until="commit")
    found.frame.wait_for_function("() => words.length")
    held.pop().continue_()
    found.in_step()
    assert found.frame.evaluate("film.muted") is False


def test_player_that_is_ready_late_is_told_again(embed: Callable[[str], Embed]) -> None:
    """What it was told before it could hear is lost, and the sound stays on all the same."""
    found = embed("rutube")
    found.wish("window.readyAfter = 3500;")
    found.open().in_step()
    assert found.frame.evaluate("film.muted") is False
    assert found.frame.evaluate("deaf").count("play") == 1


@pytest.mark.parametrize("kind", VIDEOS)
def test_embed_that_may_not_play_at_all_shows_one_button(
    kind: str, embeds: Callable[[str], list[Embed]]
) -> None:
    opened = embeds(kind)
    for found in opened:
        found.wish("window.shut = true;")
        found.open()
    for found in opened:
        start = found.screen.button("Начать просмотр")
        expect(start).to_be_visible(timeout=20_000)
        found.frame.evaluate("window.shut = false")
        found.screen.press(start)
        found.in_step()
        expect(start).to_be_hidden()


@pytest.mark.parametrize("kind", VIDEOS)
def test_embed_that_was_stopped_elsewhere_waits_for_its_button(
    kind: str, embeds: Callable[[str], list[Embed]]
) -> None:
    """By a media key, or by the machine."""
    opened = embeds(kind)
    for found in opened:
        found.open()
    for found in opened:
        found.in_step()
        name = {"youtube": "pauseVideo", "vk": "pause", "rutube": "pause"}[kind]
        found.frame.evaluate(f"COMMANDS.{name}()")
        start = found.screen.button("Начать просмотр")
        expect(start).to_be_visible()
        found.screen.press(start)
        found.in_step()
        expect(start).to_be_hidden()


def test_advertisement_is_left_to_the_viewer_and_then_caught_up(
    embed: Callable[[str], Embed],
) -> None:
    found = embed("vk")
    found.open().in_step()
    player = found.page.locator("#player")
    assert player.evaluate("player => getComputedStyle(player).pointerEvents") == "none"
    found.frame.evaluate("advertise(true)")
    expect(player).to_have_class("is-open")
    assert player.evaluate("player => getComputedStyle(player).pointerEvents") == "auto"
    before = len([each for each in found.told() if each[0] == "seek"])
    found.page.wait_for_timeout(1_500)
    assert len([each for each in found.told() if each[0] == "seek"]) == before
    found.frame.evaluate("advertise(false)")
    found.in_step()
    expect(player).not_to_have_class("is-open")


def test_words_of_other_windows_are_not_heard(embed: Callable[[str], Embed]) -> None:
    found = embed("rutube")
    found.open().in_step()
    found.page.evaluate(
        """() => {
          const lie = JSON.stringify({type: 'player:playComplete', data: {}});
          window.postMessage(lie, '*');
          window.postMessage('{not json', '*');
        }"""
    )
    found.page.wait_for_timeout(700)
    assert found.page.locator("#room").get_attribute("data-state") == "playing"
    found.in_step()


def test_end_of_an_embed_is_the_end(embed: Callable[[str], Embed]) -> None:
    found = embed("youtube")
    found.room.rewind(156)
    found.open()
    expect(found.page.locator("#ended")).to_be_visible(timeout=20_000)
    expect(found.page.locator(".room__screen")).to_be_hidden()
