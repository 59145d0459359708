"""A broadcast on air and its viewers: pages that poll, give signs of life and write, all the while.

Each keeps what it saw, so that what was said can be looked for on every page and in SQL.
"""

import asyncio
import json
import re
import secrets
import threading
import time
from collections import Counter
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

from bench import room
from bench.audience import Duty, Orders, Seat, Series, Viewer
from tests.faults.catalogue import Scene
from tests.fixtures.servers import wait_until

POLL_EVERY, BEAT_EVERY, WRITE_EVERY = 1.5, 2.0, 3.0
RETRY = 0.3
TRY_AGAIN = (0, 429, 503)
LINE = re.compile(r'data-message-id="c(\d+)"(?:(?!data-message-id).)*?Реплика (\w+)<', re.DOTALL)
COUNT = re.compile(r'id="viewers">(\d+)<')
NO_PICTURE, MISSING = 'id="no-picture"', "Картинки от спикера сейчас нет"
SEEN_WITHIN = 20.0
SAID = "SELECT text, count(*) FROM chat_line WHERE channel = :channel GROUP BY text"


class Page(Viewer):
    """A viewer's page, and the person who writes in it: whoever is not answered sends the same form
    again, as the room asks them to."""

    def __init__(self, orders: Orders, seat: Seat, say: str, name: str, *, writes: bool) -> None:
        super().__init__(orders, seat, Series(), Series())
        self._say, self._name, self._writes = say, name, writes
        self.seen: dict[str, set[str]] = {}
        self.said: list[str] = []
        self.wrong: list[str] = []
        self.heard_at = 0.0
        self.viewers = 0
        self.misses_the_picture = False
        self.writing = self._silent = False

    def hush(self) -> None:
        """What is being sent is sent to its end."""
        self._silent = True

    @property
    def refusals(self) -> list[str]:
        """Answers that no page should get. A connection that was cut is no answer, and a sign of life
        that is asked for again is given again."""
        polls = [each for each in self._polls.errors if each[-3:].isdecimal()]
        beats = [each for each in self._beats.errors if each[-3:].isdecimal()]
        wrong = [each for each in beats if int(each[-3:]) not in TRY_AGAIN]
        return polls + wrong + self.wrong

    def _duties(self, come_in: float, share: float) -> list[Duty]:
        duties = super()._duties(come_in, share)
        if self._writes:
            duties.append(Duty(come_in + share * WRITE_EVERY, self._write))
        return duties

    async def _ask_for_news(self) -> float:
        before = len(self._polls.times)
        wait = await super()._ask_for_news()
        if len(self._polls.times) > before:
            self.heard_at = time.monotonic()
        return wait

    def _read(self, news: str) -> None:
        if NO_PICTURE in news:
            self.misses_the_picture = MISSING in news
        for number, mark in LINE.findall(news):
            self.seen.setdefault(mark, set()).add(number)

    async def _give_a_sign(self) -> float:
        status, body = await self._timed(
            self._beats, "POST", self._seat.beat, urlencode(self._seat.fields)
        )
        if status == 200 and (found := COUNT.search(body)):
            self.viewers = int(found[1])
        return self._orders.beat_every

    async def _write(self) -> float:
        if not self._silent:
            self.writing = True
            await self._say_until_taken(f"{self._name}x{len(self.said) + 1}")
            self.writing = False
        return WRITE_EVERY

    async def _say_until_taken(self, mark: str) -> None:
        given = {"message": f"Реплика {mark}", "form_key": secrets.token_urlsafe(18)}
        body = urlencode(self._seat.fields | given)
        while True:
            status, _ = await self._timed(Series(), "POST", self._say, body)
            if status == 200:
                return self.said.append(mark)
            if status not in TRY_AGAIN:
                return self.wrong.append(f"POST {self._say}: {status}")
            await asyncio.sleep(RETRY)


class Hall:
    """So many viewers of a broadcast of this scene's own, some of whom write, until the block ends."""

    def __init__(self, scene: Scene, viewers: int, *, writers: int) -> None:
        self._scene = scene
        self.slug = scene.load.tag
        made = json.loads(scene.load.ask("broadcast", {"slug": self.slug, "viewers": viewers}))
        self.webinar_id: str = made["webinar_id"]
        self.key: str = made["key"]
        seats = room.seats(scene.plant, made["links"])
        orders = Orders(scene.plant.port, 3600, seats, poll_every=POLL_EVERY, beat_every=BEAT_EVERY)
        say = f"/live/{self.slug}/chat/"
        self.pages = [
            Page(orders, seat, say, f"v{number}", writes=number < writers)
            for number, seat in enumerate(seats)
        ]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="hall", daemon=True)
        self._watching: Future[None] | None = None

    @property
    def stream_id(self) -> str:
        return self.key.partition("?")[0]

    @property
    def channel(self) -> str:
        return f"live:{self.webinar_id}"

    def __enter__(self) -> Self:
        self._thread.start()
        self._watching = asyncio.run_coroutine_threadsafe(self._watch(), self._loop)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._watching
        self._watching.cancel()
        asyncio.run_coroutine_threadsafe(_last(), self._loop).result(20)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(20)
        self._loop.close()
        if not self._watching.cancelled():
            self._watching.result()

    async def _watch(self) -> None:
        count = len(self.pages)
        watching = [page.watch(n / count, float("inf")) for n, page in enumerate(self.pages)]
        try:
            await asyncio.gather(*watching)
        finally:
            for page in self.pages:
                page.close()
            await asyncio.sleep(0.1)

    def lines(self) -> int:
        return sum(len(page.said) for page in self.pages)

    def until_said(self, more: int) -> None:
        """Wait until so many more lines were taken."""
        wanted = self.lines() + more
        wait_until(lambda: self.lines() >= wanted, 60)

    def until_all_hear(self, seconds: float = 30.0) -> float:
        """Wait until every page was answered anew; seconds that it took the last one."""
        began = time.monotonic()
        wait_until(lambda: all(page.heard_at > began for page in self.pages), seconds)
        return time.monotonic() - began

    def until_all_count(self, viewers: int, seconds: float = 30.0) -> float:
        """Wait until a page is told this true number anew; seconds that it took."""
        began = time.monotonic()
        for page in self.pages:
            page.viewers = 0
        wait_until(lambda: any(page.viewers == viewers for page in self.pages), seconds)
        return time.monotonic() - began

    def until_all_miss_the_picture(self, missing: bool, seconds: float) -> float:
        """Wait until every page says so, or says so no more; seconds that it took."""
        began = time.monotonic()
        wait_until(lambda: all(page.misses_the_picture is missing for page in self.pages), seconds)
        return time.monotonic() - began

    def fall_silent(self) -> None:
        """Nobody writes any more; they go on watching."""
        for page in self.pages:
            page.hush()
        wait_until(lambda: not any(page.writing for page in self.pages), 60)

    def compare(self) -> None:
        """What was said is in SQL once and on every page once, or the scene has lost or doubled it."""
        self.fall_silent()
        said = {mark for page in self.pages for mark in page.said}
        self._wait_to_be_seen(said)
        scene = self._scene
        kept = Counter(dict(map(tuple, scene.plant.database.ask(SAID, channel=self.channel))))
        for mark in said:
            found = kept[f"Реплика {mark}"]
            if found == 0:
                scene.lost.append(f"line {mark}: not in SQL")
            if found > 1:
                scene.doubled.append(f"line {mark}: {found} times in SQL")
        for number, page in enumerate(self.pages):
            missed = said - page.seen.keys()
            scene.lost += [f"line {mark}: never seen by viewer {number}" for mark in missed]
            twice = [mark for mark, ids in page.seen.items() if len(ids) > 1]
            scene.doubled += [f"line {mark}: twice at viewer {number}" for mark in twice]
            scene.failures += page.refusals[:3]
        scene.notes.append(
            f"зрителей / viewers {len(self.pages)}, реплик / lines {len(said)},"
            f" показов / shown {sum(len(page.seen) for page in self.pages)}"
        )

    def _wait_to_be_seen(self, said: set[str]) -> None:
        deadline = time.monotonic() + SEEN_WITHIN
        while time.monotonic() < deadline:
            if all(said <= page.seen.keys() for page in self.pages):
                return
            time.sleep(0.1)


async def _last() -> None:
    """What was cancelled comes to its end."""
    mine = asyncio.current_task()
    await asyncio.gather(*(asyncio.all_tasks() - {mine}), return_exceptions=True)


def stopped_by(database: Any, webinar_id: str) -> list[int | None]:
    """Who ended it, by the event log: one a stop."""
    payloads = database.ask(
        "SELECT payload FROM event WHERE webinar_id = :id AND name = 'core_webinar_status_changed'",
        id=webinar_id,
    )
    found = [json.loads(row[0]) if isinstance(row[0], str) else row[0] for row in payloads]
    return [each["context"]["actor_id"] for each in found if each["after"] == "finished"]
