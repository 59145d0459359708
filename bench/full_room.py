"""`room`: viewers who poll every five seconds and give signs of life every ten, all at once.

The recording says a line every ten seconds, so each page also asks at that very second. The
whole product runs beside it. How many viewers a machine holds is told by `python -m
bench.full_room N …`, which is no part of `make bench`.
"""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any

from bench import audience, processor, room
from bench.product import Product, running
from bench.table import Row, milliseconds, number

VIEWERS = 2000
SECONDS = 40.0
LIMIT_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Told:
    """Percentiles in seconds; processor seconds per answer of the web, per second of who asks."""

    polls: dict[str, Any]
    beats: dict[str, Any]
    web: float
    generator: float
    busy: float

    @property
    def p95(self) -> float:
        return max(float(self.polls["p95"]), float(self.beats["p95"]))

    @property
    def errors(self) -> int:
        return int(self.polls["errors"]) + int(self.beats["errors"])

    @property
    def answers(self) -> int:
        return int(self.polls["answers"]) + int(self.beats["answers"])


def measure(product: Product) -> list[Row]:
    told = watched(product, VIEWERS, SECONDS)
    figures = f"{milliseconds(told.p95)}, p50 {milliseconds(told.polls['p50'])}"
    generator = f"{milliseconds(told.generator)}/с"
    return [
        Row.of_limit(
            f"room: {VIEWERS} зрителей, p95",
            ours=figures,
            value=told.p95,
            limit=LIMIT_SECONDS,
            most="≤ 250 мс",
            generator=generator,
        ),
        Row.of_count(
            f"room: {VIEWERS} зрителей, ответов без ошибки",
            kept=told.answers,
            sent=told.answers + told.errors,
            rounds=1,
            generator=generator,
        ),
    ]


def watched(product: Product, viewers: int, seconds: float) -> Told:
    """So many come in, and then watch for so long."""
    made = product.flask(
        "bench-room", "--slug", f"full-{viewers}", "--viewers", str(viewers), "--from", "5"
    )
    orders = audience.Orders(product.port, seconds, room.seats(product, made.split()))
    before, began = processor.seconds_used(product.web_pids), time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "bench.audience"],
        input=audience.written(orders),
        capture_output=True,
        text=True,
        check=True,
    )
    elapsed = time.monotonic() - began
    used = processor.seconds_used(product.web_pids) - before
    told = json.loads(done.stdout)
    answers = told["polls"]["answers"] + told["beats"]["answers"]
    return Told(
        polls=told["polls"],
        beats=told["beats"],
        web=used / max(1, answers),
        generator=told["cpu"] / elapsed,
        busy=used / elapsed,
    )


def main(counts: list[int]) -> None:
    """A line for each number of viewers."""
    print("зрителей | p50 | p95 | p99 | ошибок | CPU на ответ | занято ядер веб | CPU нагрузки")
    for count in counts:
        with running(workers=True) as product:
            told = watched(product, count, SECONDS)
        cells = [
            str(count),
            *(milliseconds(told.polls[each]) for each in ("p50", "p95", "p99")),
            str(told.errors),
            milliseconds(told.web),
            number(told.busy),
            number(told.generator),
        ]
        print(" | ".join(cells), flush=True)


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [VIEWERS])
