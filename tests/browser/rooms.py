"""A room that a test watches in a real browser, over a real server, and whose clock it sets."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import redis
from playwright.sync_api import Page

from app import chat, clock, core
from app.autowebinar import seen
from app.core import RegistrationRecord
from app.extensions import db

BLOCK_AUTOPLAY = """
    const play = HTMLMediaElement.prototype.play;
    let touched = false;
    addEventListener("click", () => { touched = true; }, true);
    HTMLMediaElement.prototype.play = function () {
      return touched ? play.call(this)
        : Promise.reject(new DOMException("no gesture", "NotAllowedError"));
    };
"""
NOTE = """
    ([sign]) => {
      const { promise, resolve } = Promise.withResolvers();
      const [selector, words] = sign.split("|");
      const there = (each) => each.checkVisibility() && each.textContent.includes(words ?? "");
      const look = () => [...document.querySelectorAll(selector)].some(there)
        ? resolve(Date.now() / 1000) : requestAnimationFrame(look);
      look();
      (window.noted ??= {})[sign] = promise;
    }
"""
NO_STREAMS = """
    const can = HTMLMediaElement.prototype.canPlayType;
    HTMLMediaElement.prototype.canPlayType = function (kind) {
      return /mpegurl/i.test(kind) ? "" : can.call(this, kind);
    };
"""


@dataclass
class Room:
    """One viewer's place, and the browser that it is opened in."""

    url: str
    registration: RegistrationRecord
    redis_url: str

    @property
    def link(self) -> str:
        return f"{self.url}/r/{self.registration.token}/"

    def open(self, page: Page) -> Page:
        page.goto(self.link)
        return page

    def rewind(self, seconds: int, *, unseen_for: int = 0) -> None:
        """Have the session begun so many seconds ago, and be last seen then."""
        now = clock.now()
        values: dict[str, Any] = {
            seen.SESSION_ID: self.registration.session_id,
            seen.STARTED_AT: now - timedelta(seconds=seconds + unseen_for),
            seen.LAST_SEEN_AT: now - timedelta(seconds=unseen_for),
            seen.LAST_POSITION: seconds,
            seen.PROGRESS: 0,
            seen.COMPLETED: False,
        }
        scope = str(self.registration.registration_id)
        seen.meta.write(self.registration.user_id, scope, values)
        db.session.remove()
        redis.Redis.from_url(self.redis_url).flushall()

    def second(self) -> float:
        """By the server's clock."""
        db.session.remove()
        meta = self.meta()
        return (clock.now() - meta[seen.STARTED_AT]).total_seconds()

    def meta(self) -> dict[str, Any]:
        db.session.remove()
        scope = str(self.registration.registration_id)
        found: dict[str, Any] = core.user_meta.read(self.registration.user_id, scope)
        return found

    def answer(self, text: str) -> None:
        channel = f"auto:{self.registration.session_id}"
        chat.write(channel, text, author="Ольга", at_sec=1, origin="team", role="speaker")
        db.session.remove()


def current_time(page: Page) -> float:
    seconds: float = page.evaluate("document.querySelector('#player').currentTime")
    return seconds


def in_step(page: Page, room: Room, seconds: int = 10) -> None:
    """The picture finds the server's second, and soon, on a busy machine too."""
    for _ in range(seconds * 10):
        if abs(current_time(page) - room.second()) < 1.5:
            return
        page.wait_for_timeout(100)
    assert abs(current_time(page) - room.second()) < 1.5


def look_out(page: Page, *signs: str) -> None:
    """From now on the page notes the moment at which each is seen, a selector and «|words»: how long
    the test takes to ask does not matter."""
    for sign in signs:
        page.evaluate(NOTE, [sign])


def second_of(page: Page, room: Room, sign: str) -> float:
    """Of the recording, at which it was there."""
    moment: float = page.evaluate("sign => window.noted[sign]", sign)
    started: float = room.meta()[seen.STARTED_AT].timestamp()
    return moment - started


def plays(page: Page, since: float = 0.5) -> None:
    page.wait_for_function(
        "since => { const p = document.querySelector('#player');"
        " return !p.paused && p.readyState > 2 && p.currentTime > since; }",
        arg=since,
    )
