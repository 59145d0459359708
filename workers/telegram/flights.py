"""Messages under way at the same time, while the caller does something else.

The transport's loop runs in a thread of its own for as long as there is something to send. A
message leaves at its moment, whatever the caller's thread is busy with, and lands in a queue.
"""

from __future__ import annotations

import asyncio
import math
import queue
import threading
import time
from collections import deque
from dataclasses import dataclass
from types import TracebackType
from typing import Generic, Self, TypeVar

from workers.telegram.outcome import Outcome
from workers.telegram.transport import Request, TelegramTransport

K = TypeVar("K")

REMEMBERED = 1000
FEWEST = 30
CERTAIN = 0.9
"""The part of the quickest way that every way surely takes."""


class Ways:
    """How long messages were under way of late, there and back."""

    def __init__(self) -> None:
        self._seconds: deque[float] = deque(maxlen=REMEMBERED)

    def note(self, seconds: float) -> None:
        self._seconds.append(seconds)

    @property
    def least(self) -> float:
        """What every way takes; nothing as long as few are known."""
        return CERTAIN * min(self._seconds) if len(self._seconds) >= FEWEST else 0.0


@dataclass(frozen=True, slots=True)
class Landed(Generic[K]):
    """How the message `key` ended. Without an outcome it was called back and never left.

    `arrived` is the latest moment, on the monotonic clock, at which Telegram may have counted it.
    """

    key: K
    outcome: Outcome | None
    arrived: float


class Flights(Generic[K]):
    """Enter it to send; leaving it waits for what is under way."""

    def __init__(self, transport: TelegramTransport, ways: Ways | None = None) -> None:
        self._transport = transport
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._fly, name="flights", daemon=True)
        self._ready = threading.Event()
        self._landed: queue.SimpleQueue[Landed[K]] = queue.SimpleQueue()
        self._ways = ways or Ways()
        self._under_way = 0
        self._failure: BaseException | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            raise self._failure
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._call(self._closed.set)
        self._thread.join()

    @property
    def under_way(self) -> int:
        """How many were launched and not yet fetched by `landed`."""
        return self._under_way

    def launch(self, key: K, request: Request, at: float) -> None:
        """Send at this moment of the monotonic clock, or now if it has passed."""
        self._under_way += 1
        self._call(self._start, key, request, at)

    def call_back(self) -> None:
        """Those whose moment has not come yet land at once, unsent."""
        self._call(self._recall)

    def landed(self, wait: float = 0.0) -> list[Landed[K]]:
        """All that have landed since; waits so many seconds for the first."""
        found: list[Landed[K]] = []
        try:
            found.append(self._landed.get(timeout=wait) if wait > 0 else self._landed.get_nowait())
            while True:
                found.append(self._landed.get_nowait())
        except queue.Empty:
            self._under_way -= len(found)
            return found

    def _call(self, work: object, *arguments: object) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(work, *arguments)  # type: ignore[arg-type]

    def _fly(self) -> None:
        try:
            self._transport.run(self._until_closed())
        except BaseException as failure:
            self._failure = failure
            self._ready.set()

    async def _until_closed(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._closed = asyncio.Event()
        self._recalled = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._ready.set()
        await self._closed.wait()
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _start(self, key: K, request: Request, at: float) -> None:
        task = asyncio.get_running_loop().create_task(self._one(key, request, at, self._recalled))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _recall(self) -> None:
        self._recalled.set()
        self._recalled = asyncio.Event()

    async def _one(self, key: K, request: Request, at: float, recalled: asyncio.Event) -> None:
        outcome: Outcome | None = Outcome("unknown", "lost")
        arrived = math.inf
        try:
            if await _set_before(recalled, at):
                outcome = None
                return
            left = time.monotonic()
            outcome = await self._transport.send_async(request)
            self._ways.note(time.monotonic() - left)
            arrived = time.monotonic() - self._ways.least
        finally:
            # Whatever happens it lands: who waits for a landing waits for ever otherwise.
            self._landed.put(Landed(key, outcome, min(arrived, time.monotonic())))


async def _set_before(event: asyncio.Event, moment: float) -> bool:
    """Whether it was set by that moment of the monotonic clock; waits until then at most."""
    wait = moment - time.monotonic()
    if wait <= 0:
        return False
    try:
        await asyncio.wait_for(event.wait(), wait)
    except TimeoutError:
        return False
    return True
