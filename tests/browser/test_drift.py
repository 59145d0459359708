"""How far the picture is from the server's clock: sampled in a real browser, after what happens to
real ones. The bound is a second for 95 of 100 samples."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.autowebinar import seen
from app.extensions import db
from tests.autowebinar.recording import publish
from tests.browser.rooms import Room, plays
from tests.browser.slow_video import SlowVideo
from tests.fixtures.application import Make

pytestmark = pytest.mark.browser

MOST = 1.0
SHARE = 0.95
SAMPLES = 60
EVERY_MS = 100
RECOVERS_IN_MS = 8_000
DURATION = 160
SAMPLER = """
    ({started, samples, every}) => new Promise((done) => {
      const player = document.querySelector('#player');
      const found = [];
      const timer = setInterval(() => {
        found.push(player.currentTime - (Date.now() / 1000 - started));
        if (found.length === samples) { clearInterval(timer); done(found); }
      }, every);
    })
"""
CAUGHT_UP = """
    (started) => {
      const player = document.querySelector('#player');
      const drift = player.currentTime - (Date.now() / 1000 - started);
      return !player.paused && player.readyState > 2 && Math.abs(drift) < 1;
    }
"""


@pytest.fixture
def room(make: Make, site: str, redis_url: str, slow_video: SlowVideo) -> Room:
    webinar, _ = publish(
        make, video="/slow/webinar.mp4", lines=[], cues=[], duration_sec=DURATION, captions=""
    )
    registration = make.registration(webinar)
    db.session.remove()
    return Room(site, registration, redis_url)


def started_at(room: Room) -> float:
    found: Any = room.meta()[seen.STARTED_AT]
    return float(found.timestamp())


def in_step(page: Page, room: Room) -> None:
    """Within some seconds of whatever happened, and from then on."""
    page.wait_for_function(CAUGHT_UP, arg=started_at(room), timeout=RECOVERS_IN_MS)
    wanted = {"started": started_at(room), "samples": SAMPLES, "every": EVERY_MS}
    drifts: list[float] = page.evaluate(SAMPLER, wanted)
    near = [drift for drift in drifts if abs(drift) <= MOST]
    assert len(near) >= SHARE * SAMPLES, [round(drift, 2) for drift in drifts]


@pytest.fixture
def watched(room: Room, visitor: Page) -> Page:
    room.rewind(20)
    room.open(visitor)
    plays(visitor, 20)
    return visitor


def test_picture_is_in_step(room: Room, watched: Page) -> None:
    in_step(watched, room)


def test_picture_is_in_step_again_after_a_stall(
    room: Room, watched: Page, slow_video: SlowVideo
) -> None:
    before = started_at(room)
    slow_video.hold()
    watched.wait_for_function("() => document.querySelector('#player').readyState < 3")
    expect(watched.locator(".room__wait")).to_be_visible()
    watched.wait_for_timeout(3_000)
    slow_video.go()
    in_step(watched, room)
    assert started_at(room) == before
    expect(watched.locator("#moved")).to_be_hidden()


def test_picture_is_in_step_after_a_while_in_the_background(room: Room, watched: Page) -> None:
    other = watched.context.new_page()
    other.bring_to_front()
    watched.evaluate(
        """() => {
          Object.defineProperty(document, 'hidden', {value: true, configurable: true});
          document.dispatchEvent(new Event('visibilitychange'));
          document.querySelector('#player').pause();
        }"""
    )
    watched.wait_for_timeout(3_000)
    watched.bring_to_front()
    watched.evaluate(
        """() => {
          Object.defineProperty(document, 'hidden', {value: false, configurable: true});
          document.dispatchEvent(new Event('visibilitychange'));
        }"""
    )
    in_step(watched, room)
    expect(watched.locator(".room__start")).to_be_hidden()


def test_picture_is_in_step_after_a_page_was_frozen(room: Room, watched: Page) -> None:
    """As a browser freezes a page that it puts aside: timers stand still, and go on."""
    lifecycle = watched.context.new_cdp_session(watched)
    lifecycle.send("Page.setWebLifecycleState", {"state": "frozen"})
    watched.wait_for_timeout(3_000)
    lifecycle.send("Page.setWebLifecycleState", {"state": "active"})
    in_step(watched, room)


@pytest.mark.parametrize("slept", [40, 600], ids=["a stall", "a sleep"])
def test_picture_is_in_step_after_the_machine_slept(
    room: Room, watched: Page, slept: int, drifting_clock: Callable[[Page, int], None]
) -> None:
    """The wall clock went on, the page's own did not. A session silent for over a minute goes on
    from where it was; a shorter silence is a stall, and the clock ran on."""
    if slept > 60:
        room.rewind(30, unseen_for=slept)
    else:
        room.rewind(20 + slept)
    drifting_clock(watched, slept)
    moved = watched.locator("#moved")
    if slept > 60:
        expect(moved).to_contain_text("Продолжаем с 00:30")
    else:
        expect(moved).to_contain_text("Эфир шёл без вас")
    in_step(watched, room)
    assert 20 <= room.second() < 100


@pytest.fixture
def drifting_clock() -> Callable[[Page, int], None]:
    """Put the page's wall clock forward against its timers, as a sleep does, and let it notice."""

    def sleep(page: Page, seconds: int) -> None:
        with page.expect_response("**/beat/"):
            page.evaluate(
                """(slept) => {
                  const now = Date.now;
                  Date.now = () => now() + slept * 1000;
                  setTimeout(() => { Date.now = now; }, 1200);
                }""",
                seconds,
            )

    return sleep


def test_small_drift_is_made_good_by_ear_alone(room: Room, watched: Page) -> None:
    """By a few hundredths of the speed, and back to the plain one."""
    watched.wait_for_function(CAUGHT_UP, arg=started_at(room))
    watched.evaluate(
        "started => { document.querySelector('#player').currentTime ="
        " Date.now() / 1000 - started - 0.5; }",
        started_at(room),
    )
    player = watched.locator("#player")
    watched.wait_for_function("() => document.querySelector('#player').playbackRate > 1")
    assert player.evaluate("player => player.playbackRate") == 1.05
    watched.evaluate("document.querySelector('#player').playbackRate = 2")
    watched.wait_for_function("() => document.querySelector('#player').playbackRate <= 1.05")
