"""`python -m bench`: measure, print the table, write it to `bench/results.md`.

Ends with 1 where a bound was missed. The whole run is bounded in time.
"""

import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from types import FrameType

from bench import crowd, flat, form, full_room, machine, poll, report, sending, table
from bench.product import Product, running
from bench.ratio import Verdict
from bench.table import Row

LONGEST_SECONDS = 600


def main() -> int:
    began, load = time.monotonic(), machine.load()
    _end_in_time()
    rows = [*_in_workers(), *_in_web(), *_side_by_side(), *_in_full(), *_of_the_ledger()]
    signal.alarm(0)
    print(table.drawn(rows))
    page = report.written(rows, load=load, seconds=time.monotonic() - began)
    report.RESULTS.write_text(page, "utf-8")
    return 1 if any(row.verdict is Verdict.MISSED for row in rows) else 0


def _in_workers() -> list[Row]:
    """With the whole product running, unhindered by the limits that keep strangers in check."""
    with running(workers=True, RATELIMIT_ENABLED="0", **form.NO_SENDING_LIMITS) as product:
        return [*_told("form", form.measure, product), *_told("crowd", crowd.measure, product)]


def _in_web() -> list[Row]:
    """With the site alone, as it is configured in production."""
    with running(workers=False) as product:
        return _told("poll", poll.measure, product)


def _side_by_side() -> list[Row]:
    """Two products at once, so that what a base has grown to is compared in one run."""
    with (
        running(workers=False, RATELIMIT_ENABLED="0") as large,
        running(workers=False, RATELIMIT_ENABLED="0") as small,
    ):
        rows = _told("flat", partial(flat.sessions, large), small)
        return [*rows, *flat.lines(small)]


def _in_full() -> list[Row]:
    """As in production, with workers beside the web."""
    with running(workers=True) as product:
        return _told("room", full_room.measure, product)


def _of_the_ledger() -> list[Row]:
    print("send…", file=sys.stderr, flush=True)
    return sending.measure()


def _told(name: str, measure: Callable[[Product], list[Row]], product: Product) -> list[Row]:
    print(f"{name}…", file=sys.stderr, flush=True)
    return measure(product)


def _end_in_time() -> None:
    """SIGTERM and too long a run end like an error: every server is stopped on the way out."""
    signal.signal(signal.SIGALRM, _give_up)
    signal.signal(signal.SIGTERM, _give_up)
    signal.alarm(LONGEST_SECONDS)


def _give_up(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(f"bench: {signal.Signals(number).name}")


if __name__ == "__main__":
    sys.exit(main())
