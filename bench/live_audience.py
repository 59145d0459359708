"""An audience of a broadcast: some of them write, and all note when a line is on their page.

A process of its own like `bench.audience`: `python -m bench.live_audience` reads `Orders` and prints
what was answered, and how long each line took to each page.
"""

import asyncio
import json
import math
import re
import secrets
import sys
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from bench import audience
from bench.audience import Duty, Seat, Series, Viewer

WORDS = "Реплика {}"
LINE = re.compile(r'message__text">Реплика (\w+)<')


@dataclass(frozen=True, slots=True)
class Orders(audience.Orders):
    """`say`: where lines are posted. `writers` of them write a line each `write_every` seconds. `late`:
    a line is no part of the figures that was sent in so many last seconds."""

    say: str = ""
    writers: int = 0
    write_every: float = 20.0
    late: float = 5.0


@dataclass(slots=True)
class Lines:
    """When each line was sent, and how many seconds it took to each page that has it."""

    sent: dict[str, float] = field(default_factory=dict)
    seen: dict[str, list[float]] = field(default_factory=dict)

    def told(self, viewers: int, until: float) -> dict[str, Any]:
        """Of lines that there was time to see: the quantiles, with a page that never got one as
        the slowest."""
        old = [mark for mark, at in self.sent.items() if at < until]
        waits = sorted(wait for mark in old for wait in self.seen.get(mark, []))
        wanted = viewers * len(old)

        def within(share: float) -> float:
            place = math.ceil(share * wanted) - 1
            return waits[place] if 0 <= place < len(waits) else math.inf

        return {
            "lines": len(old),
            "missed": wanted - len(waits),
            "p50": within(0.5),
            "p95": within(0.95),
            "p99": within(0.99),
        }


class LiveViewer(Viewer):
    """One page of a broadcast. `writes`: whoever does so begins when all are there."""

    _orders: Orders

    def __init__(
        self, orders: Orders, seat: Seat, series: dict[str, Series], lines: Lines, *, writes: str
    ) -> None:
        super().__init__(orders, seat, series["polls"], series["beats"])
        self._said, self._lines, self._writes, self._count = series["said"], lines, writes, 0

    def _duties(self, come_in: float, share: float) -> list[Duty]:
        duties = super()._duties(come_in, share)
        if self._writes:
            wait = (1 - share) * self._orders.arrive + share * self._orders.write_every
            duties.append(Duty(come_in + wait, self._write))
        return duties

    async def _write(self) -> float:
        self._count += 1
        mark = f"{self._writes}x{self._count}"
        self._lines.sent[mark] = time.perf_counter()
        given = {"message": WORDS.format(mark), "form_key": secrets.token_urlsafe(18)}
        await self._timed(
            self._said, "POST", self._orders.say, urlencode(self._seat.fields | given)
        )
        return self._orders.write_every

    def _read(self, news: str) -> None:
        now = time.perf_counter()
        for mark in LINE.findall(news):
            if mark in self._lines.sent:
                self._lines.seen.setdefault(mark, []).append(now - self._lines.sent[mark])


async def _seated(orders: Orders) -> dict[str, Any]:
    series, lines = {name: Series() for name in ("polls", "beats", "said")}, Lines()
    viewers = [
        LiveViewer(orders, seat, series, lines, writes=_pen(orders, number))
        for number, seat in enumerate(orders.seats)
    ]
    cpu = await audience.together(orders, viewers, series.values())
    told = {name: each.told() for name, each in series.items()}
    return told | {
        "cpu": cpu,
        "seen": lines.told(len(viewers), time.perf_counter() - orders.late),
    }


def _pen(orders: Orders, number: int) -> str:
    """The name of a writer, evenly chosen; nothing for who only reads."""
    every = len(orders.seats) // orders.writers if orders.writers else 0
    return f"w{number}" if every and number % every == 0 else ""


def main() -> None:
    audience.as_many_files_as_allowed()
    given = json.load(sys.stdin)
    seats = [Seat(**seat) for seat in given.pop("seats")]
    json.dump(asyncio.run(_seated(Orders(**given, seats=seats))), sys.stdout)


if __name__ == "__main__":
    main()
