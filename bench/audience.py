"""An audience: viewers of a room as their pages behave, each with a connection of its own.

A process of its own, so that its processor time is told apart: `python -m bench.audience` reads
a JSON object from standard input (`Orders`) and prints one (`Told`).
"""

import asyncio
import gzip
import html
import json
import re
import resource
import ssl
import sys
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from statistics import quantiles
from typing import Any
from urllib.parse import urlencode

HOST = "127.0.0.1"
PATIENCE_SECONDS = 20
POLL = re.compile(r'hx-get="([^"]*/poll/[^"]*)"')
SOON = re.compile(r"load delay:(\d+)s")
TRIES = 2  # a kept connection that the server has just closed is opened anew, as browsers do


@dataclass(frozen=True, slots=True)
class Seat:
    """What one viewer's page asks for: the poll's address; the beat's address and fields."""

    poll: str
    beat: str
    fields: dict[str, str]
    cookie: str


@dataclass(frozen=True, slots=True)
class Orders:
    port: int
    seconds: float
    seats: list[Seat]
    poll_every: float = 5.0
    beat_every: float = 10.0
    authority: str = ""
    """A PEM file to trust; with one, connections are TLS."""
    arrive: float = 0.0
    """Seconds in which they come in; what is answered until then is no part of the figures. 0: they
    come in over one interval, and all counts."""


@dataclass(slots=True)
class Series:
    """Seconds of each answer, and what was answered otherwise."""

    times: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def begin(self) -> None:
        """What came before was no part of it. An error always is."""
        self.times.clear()

    def told(self) -> dict[str, Any]:
        cuts = quantiles(self.times, n=100) if len(self.times) > 1 else [0.0] * 99
        return {
            "answers": len(self.times),
            "errors": len(self.errors),
            "first_errors": self.errors[:3],
            "p50": cuts[49],
            "p95": cuts[94],
            "p99": cuts[98],
        }


class Connection:
    """HTTP/1.1 over one kept connection. The little of it that a viewer's page needs."""

    def __init__(self, port: int, trust: ssl.SSLContext | None) -> None:
        self._port = port
        self._trust = trust
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, head: str, body: bytes = b"") -> tuple[int, bytes]:
        for attempt in range(TRIES):
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    return await self._ask(head, body)
            except (ConnectionError, asyncio.IncompleteReadError):
                self.close()
                if attempt + 1 == TRIES:
                    raise
        raise AssertionError("unreachable")

    async def _ask(self, head: str, body: bytes) -> tuple[int, bytes]:
        if self._streams is None:
            name = "localhost" if self._trust else None
            self._streams = await asyncio.open_connection(
                HOST, self._port, ssl=self._trust, server_hostname=name
            )
        reader, writer = self._streams
        writer.write(head.encode() + body)
        await writer.drain()
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
        answer = await _body(reader, headers)
        if headers.get("connection") == "close":
            self.close()
        return int(lines[0].split(" ")[1]), answer

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def _body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if headers.get("transfer-encoding") == "chunked":
        whole = b"".join([chunk async for chunk in _chunks(reader)])
    else:
        whole = await reader.readexactly(int(headers.get("content-length", "0")))
    return gzip.decompress(whole) if headers.get("content-encoding") == "gzip" else whole


async def _chunks(reader: asyncio.StreamReader) -> Any:
    while size := int(await reader.readuntil(b"\r\n"), 16):
        yield (await reader.readexactly(size + 2))[:-2]
    await reader.readuntil(b"\r\n")


@lru_cache
def _trust(authority: str) -> ssl.SSLContext | None:
    return ssl.create_default_context(cafile=authority) if authority else None


@dataclass(slots=True)
class Duty:
    """Something that a page does again and again: when next; `do` answers seconds until then."""

    at: float
    do: Callable[[], Awaitable[float]]


class Viewer:
    """One page: polls at the server's pace, and beats less often."""

    def __init__(self, orders: Orders, seat: Seat, polls: Series, beats: Series) -> None:
        self._connection = Connection(orders.port, _trust(orders.authority))
        self._orders = orders
        self._seat = seat
        self._poll = seat.poll
        self._polls, self._beats = polls, beats

    async def watch(self, share: float, until: float) -> None:
        """`share`: of the audience that came in before."""
        come_in = time.monotonic() + share * (self._orders.arrive or self._orders.poll_every)
        duties = self._duties(come_in, share)
        while (duty := min(duties, key=lambda each: each.at)).at < until:
            await asyncio.sleep(max(0.0, duty.at - time.monotonic()))
            duty.at += await duty.do()
        self.close()

    def close(self) -> None:
        self._connection.close()

    def _duties(self, come_in: float, share: float) -> list[Duty]:
        first_beat = come_in + share * self._orders.beat_every
        return [Duty(come_in, self._ask_for_news), Duty(first_beat, self._give_a_sign)]

    async def _ask_for_news(self) -> float:
        """Seconds until the page asks again."""
        status, body = await self._timed(self._polls, "GET", self._poll)
        found = POLL.search(body)
        if status != 200 or found is None:
            return self._orders.poll_every
        self._poll = html.unescape(found[1])
        self._read(body)
        soon = SOON.search(body)
        return min(self._orders.poll_every, float(soon[1]) if soon else self._orders.poll_every)

    def _read(self, news: str) -> None:
        """What a poll brought, for those who look at it."""

    async def _give_a_sign(self) -> float:
        await self._timed(self._beats, "POST", self._seat.beat, urlencode(self._seat.fields))
        return self._orders.beat_every

    async def _timed(
        self, series: Series, method: str, path: str, body: str = ""
    ) -> tuple[int, str]:
        began = time.perf_counter()
        try:
            status, answer = await self._connection.ask(
                self._head(method, path, body), body.encode()
            )
        except (OSError, TimeoutError, asyncio.IncompleteReadError, ValueError) as error:
            series.errors.append(f"{method} {path}: {type(error).__name__}")
            self._connection.close()
            return 0, ""
        if status in (200, 204):
            series.times.append(time.perf_counter() - began)
        else:
            series.errors.append(f"{method} {path}: {status}")
        return status, answer.decode()

    @property
    def _origin(self) -> str:
        """As a browser says where a form stands: with the port, where TLS is on one."""
        port = f":{self._orders.port}" if self._orders.authority else ""
        return f"https://localhost{port}"

    def _head(self, method: str, path: str, body: str) -> str:
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "HX-Request: true"]
        lines.append("Accept-Encoding: gzip")
        if method == "POST":
            lines += [
                "Content-Type: application/x-www-form-urlencoded",
                f"Content-Length: {len(body)}",
                f"Referer: {self._origin}{path}",
            ]
            lines.append(f"Cookie: {self._seat.cookie}")
        return "\r\n".join(lines) + "\r\n\r\n"


async def _seated(orders: Orders) -> dict[str, Any]:
    polls, beats = Series(), Series()
    viewers = [Viewer(orders, seat, polls, beats) for seat in orders.seats]
    cpu = await together(orders, viewers, [polls, beats])
    return {"polls": polls.told(), "beats": beats.told(), "cpu": cpu}


async def together(orders: Orders, viewers: Iterable[Viewer], counted: Iterable[Series]) -> float:
    """All watch, having come in evenly one after another; processor seconds since all are there."""
    until = time.monotonic() + orders.arrive + orders.seconds
    count = len(orders.seats)
    pages = [
        asyncio.create_task(viewer.watch(number / count, until))
        for number, viewer in enumerate(viewers)
    ]
    await asyncio.sleep(orders.arrive)
    cpu = time.process_time() if orders.arrive else 0.0
    for series in counted:
        series.begin()
    await asyncio.gather(*pages)
    return time.process_time() - cpu


def as_many_files_as_allowed() -> None:
    """A viewer is a connection, and a connection is a file."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def main() -> None:
    as_many_files_as_allowed()
    given = json.load(sys.stdin)
    seats = [Seat(**seat) for seat in given.pop("seats")]
    json.dump(asyncio.run(_seated(Orders(**given, seats=seats))), sys.stdout)


def written(orders: Orders) -> str:
    """What the process reads."""
    return json.dumps(asdict(orders))


if __name__ == "__main__":
    main()
