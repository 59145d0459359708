"""`live`: viewers of a broadcast behind the documented nginx, some of whom write.

Polls at the server's own pace, signs of life each ten seconds. A line counts as seen when it is on a
page; a page that never got it is the slowest of all. Beside it those who watch a recording by the same
session: they too share what they ask for. `python -m bench.live_room N …` tells of other numbers.
"""

import json
import math
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bench import audience, front, live_audience, processor, room
from bench.front import Polls
from bench.product import Product, running
from bench.table import Row, milliseconds, number
from bench.visitor import Visitor
from tests.fixtures.nginx import Nginx

VIEWERS, CROWD = 2000, 5000
WRITERS = 60
SECONDS, SHORT, ARRIVE = 20.0, 10.0, 12.0
FULL, MORE = (VIEWERS, SECONDS), (CROWD, SHORT)
LIMIT_SECONDS, SEEN_WITHIN = 0.25, 2.5
PACE = re.compile(r'id="poll"[^>]*hx-trigger="every ([\d.]+)s')


@dataclass(frozen=True, slots=True)
class Told:
    """What the audience told, and beside it: processor seconds of the web per second, of who asks
    per second; polls by nginx's log."""

    series: dict[str, Any]
    seen: dict[str, Any]
    busy: float
    generator: float
    polls: Polls

    @property
    def p95(self) -> float:
        return max(float(each["p95"]) for each in self.series.values())

    @property
    def answers(self) -> int:
        return sum(int(each["answers"]) for each in self.series.values())

    @property
    def errors(self) -> int:
        return sum(int(each["errors"]) for each in self.series.values())


def on_air() -> list[Row]:
    """A broadcast of as many as are promised, and of more."""
    with _behind_nginx() as places:
        full, more = (watched(*places, count, seconds) for count, seconds in (FULL, MORE))
    return [*_bounded(full), _of_a_crowd(more)]


def recorded() -> list[Row]:
    """A recording, by one session for all."""
    with _behind_nginx() as places:
        return [_recorded(*places, count) for count in (VIEWERS, CROWD)]


@contextmanager
def _behind_nginx() -> Iterator[tuple[Product, Nginx]]:
    """FileNotFoundError where the machine has no nginx: what was not measured has not held."""
    if not front.is_there():
        raise FileNotFoundError("nginx не найден / not found")
    with running(workers=True, **front.BEHIND) as product, front.before(product) as nginx:
        yield product, nginx


def _bounded(told: Told) -> list[Row]:
    generator = f"{milliseconds(told.generator)}/с"
    name = f"live: {VIEWERS} зрителей за nginx"
    return [
        Row.of_limit(
            f"{name}, p95",
            ours=f"{milliseconds(told.p95)}, p50 {milliseconds(told.series['polls']['p50'])}",
            value=told.p95,
            limit=LIMIT_SECONDS,
            most="≤ 250 мс",
            generator=generator,
        ),
        Row.of_count(
            f"{name}, ответов без ошибки",
            kept=told.answers,
            sent=told.answers + told.errors,
            rounds=1,
            generator=generator,
        ),
        Row.of_limit(
            f"{name}, реплику видят 95 %",
            ours=f"{number(told.seen['p95'])} с ({told.seen['lines']} реплик)",
            value=told.seen["p95"],
            limit=SEEN_WITHIN,
            most="≤ 2,5 с",
            generator=generator,
        ),
        Row.of_figure(
            f"{name}, опросов дошло до приложения",
            ours=_share(told.polls),
            against=f"из {told.polls.asked}; веб: {number(told.busy)} ядра",
            generator=generator,
        ),
    ]


def _of_a_crowd(told: Told) -> Row:
    return Row.of_figure(
        f"live: {CROWD} зрителей за nginx, p95",
        ours=f"{milliseconds(told.p95)}, ошибок {told.errors}",
        against=f"реплика {_seconds(told.seen['p95'])}; веб: {number(told.busy)} ядра",
        generator=f"{milliseconds(told.generator)}/с",
    )


def _recorded(product: Product, nginx: Nginx, viewers: int) -> Row:
    """A recording by one session: a line every ten seconds, a poll every five."""
    room_of_it = ("bench-room", "--slug", f"one-session-{viewers}", "--viewers", "1", "--from", "5")
    seats = room.seats_like_one(product, product.flask(*room_of_it).strip(), viewers)
    orders = audience.Orders(
        nginx.port, SHORT, seats, authority=front.authority(nginx), arrive=_arrival(viewers)
    )
    told = _told(product, nginx, "bench.audience", orders)
    return Row.of_figure(
        f"room: {viewers} зрителей одного сеанса за nginx, p95",
        ours=f"{milliseconds(told.p95)}, ошибок {told.errors}",
        against=f"дошло опросов {_share(told.polls)}; веб: {number(told.busy)} ядра",
        generator=f"{milliseconds(told.generator)}/с",
    )


def _arrival(viewers: int) -> float:
    return ARRIVE if viewers <= VIEWERS else 1.25 * ARRIVE


def watched(product: Product, nginx: Nginx, viewers: int, seconds: float) -> Told:
    """So many come into a broadcast that is on air, and then watch for so long."""
    slug = f"on-air-{viewers}"
    link = product.flask("bench-live", "--slug", slug).strip()
    orders = live_audience.Orders(
        nginx.port,
        seconds,
        room.seats_like_one(product, link, viewers),
        poll_every=_pace(product, link),
        authority=front.authority(nginx),
        arrive=_arrival(viewers),
        say=f"/live/{slug}/chat/",
        writers=min(WRITERS, viewers // 2),
    )
    return _told(product, nginx, "bench.live_audience", orders)


def _pace(product: Product, link: str) -> float:
    with Visitor(product.port) as visitor:
        found = PACE.search(visitor.get(visitor.get(link, 303).location).body)
    assert found
    return float(found[1])


def _told(product: Product, nginx: Nginx, module: str, orders: audience.Orders) -> Told:
    polls, before, began = front.polls(nginx), _used(product), time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", module],
        input=audience.written(orders),
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout)
    return Told(
        series={name: told[name] for name in ("polls", "beats", "said") if name in told},
        seen=told.get("seen", {}),
        busy=(_used(product) - before) / (time.monotonic() - began),
        generator=told["cpu"] / orders.seconds,
        polls=front.polls(nginx).since(polls),
    )


def _used(product: Product) -> float:
    return processor.seconds_used(product.web_pids)


def _share(polls: Polls) -> str:
    return f"{polls.through} ({number(100 * polls.through / max(1, polls.asked), 1)} %)"


def _seconds(value: float) -> str:
    return "—" if math.isinf(value) else f"{number(value)} с"


def main(counts: list[int]) -> None:
    """Lines for each number of viewers."""
    with _behind_nginx() as places:
        for count in counts:
            told = watched(*places, count, SECONDS)
            print(count, json.dumps(told.series), json.dumps(told.seen), sep="\n")
            print(f"polls {told.polls}, web {told.busy:.2f}, generator {told.generator:.2f}\n")


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [VIEWERS])
