"""How far the picture is from the server's clock: sampled in a real browser, after what happens to
real ones. The bound is a second for 95 of 100 samples."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from app.autowebinar import seen
from app.extensions import db
from tests.autowebinar.recording import publish
from tests.browser import machines
from tests.browser.rooms import Room, current_time, plays
from tests.browser.slow_video import SlowVideo
from tests.fixtures.application import Make

pytestmark = pytest.mark.browser

MOST = 1.0
SHARE = 0.95
SAMPLES = 60
EVERY_MS = 75
RECOVERS_IN_MS = 8_000
DURATION = 160
SLEEPS = {40: "a stall", 600: "a sleep"}
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


@pytest.fixture(scope="module")
def own_machine(
    chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[machines.Machine]:
    with machines.machine(chromium.browser_type, tmp_path_factory.mktemp("profile")) as started:
        yield started


@pytest.fixture
def watched(room: Room, own_machine: machines.Machine) -> Iterator[Page]:
    room.rewind(20)
    page = own_machine.tab()
    room.open(page)
    plays(page, 20)
    yield page
    own_machine.forget_all()


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


def test_picture_is_in_step_after_a_while_in_the_background(
    room: Room, watched: Page, own_machine: machines.Machine
) -> None:
    """Behind another tab, its timers held back, its picture stopped by the system, as phones do."""
    own_machine.put_behind(watched)
    watched.evaluate("document.querySelector('#player').pause()")
    watched.wait_for_timeout(4_000)
    assert watched.evaluate("document.querySelector('#player').paused") is True
    watched.bring_to_front()
    in_step(watched, room)
    expect(watched.locator(".room__start")).to_be_hidden()


def test_picture_is_in_step_after_a_page_was_frozen(
    room: Room, watched: Page, own_machine: machines.Machine
) -> None:
    """Put aside by the browser: hidden, its timers and its picture stand still, and go on."""
    own_machine.put_behind(watched)
    before = current_time(watched)
    with own_machine.frozen(watched):
        watched.wait_for_timeout(3_000)
    assert current_time(watched) < before + 2
    watched.bring_to_front()
    in_step(watched, room)


@pytest.mark.parametrize("slept", SLEEPS, ids=SLEEPS.values())
def test_picture_is_in_step_after_a_phone_was_in_a_pocket(
    room: Room, watched: Page, own_machine: machines.Machine, slept: int
) -> None:
    """Behind, and then no process of the browser ran. While it slept, so much time passed by the
    server's clock."""
    own_machine.put_behind(watched)
    with own_machine.asleep():
        time.sleep(2)
        went_by(room, slept)
    watched.bring_to_front()
    is_told(watched, slept)
    in_step(watched, room)
    assert 20 <= room.second() < 100


@pytest.mark.parametrize("slept", SLEEPS, ids=SLEEPS.values())
def test_picture_is_in_step_after_a_laptop_slept(
    room: Room, watched: Page, slept: int, drifting_clock: Callable[[Page, int], None]
) -> None:
    """In front all along: the wall clock went on, the page's own did not."""
    went_by(room, slept)
    drifting_clock(watched, slept)
    is_told(watched, slept)
    in_step(watched, room)
    assert 20 <= room.second() < 100


def went_by(room: Room, slept: int) -> None:
    """A session silent for over a minute goes on from where it was; a shorter silence is a stall,
    and the clock ran on."""
    if slept > 60:
        room.rewind(30, unseen_for=slept)
    else:
        room.rewind(20 + slept)


def is_told(page: Page, slept: int) -> None:
    words = "Продолжаем с 00:30" if slept > 60 else "Эфир шёл без вас"
    expect(page.locator("#moved")).to_contain_text(words, timeout=RECOVERS_IN_MS)


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
