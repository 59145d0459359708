"""`python -m bench`: measure, print the table, write it to `bench/results.md`.

With names of parts (`python -m bench send room`) those alone are measured and printed, and nothing
is written. Ends with 1 where a bound was missed. The whole run is bounded in time.
"""

import signal
import sys
import time
import traceback
from collections.abc import Callable
from types import FrameType

from bench import crowd, flat, form, full_room, live_room, machine, poll, report, sending, table
from bench.product import running
from bench.ratio import Verdict
from bench.table import Row

LONGEST_SECONDS = 1200


def main(chosen: list[str]) -> int:
    """A part that broke is a row that says so, and what the others measured is kept."""
    if unknown := set(chosen) - PARTS.keys():
        raise SystemExit(f"bench: {', '.join(sorted(unknown))}? {', '.join(PARTS)}")
    began, load = time.monotonic(), machine.load()
    _end_in_time()
    parts = {name: part for name, part in PARTS.items() if not chosen or name in chosen}
    rows = [row for name, part in parts.items() for row in _told(name, part)]
    signal.alarm(0)
    print(table.drawn(rows))
    if not chosen:
        page = report.written(rows, load=load, seconds=time.monotonic() - began)
        report.RESULTS.write_text(page, "utf-8")
    return 1 if any(row.verdict is Verdict.MISSED for row in rows) else 0


def _form() -> list[Row]:
    """With the whole product running, unhindered by the limits that keep strangers in check."""
    with running(workers=True, RATELIMIT_ENABLED="0", **form.NO_SENDING_LIMITS) as product:
        return form.measure(product)


def _crowd() -> list[Row]:
    with running(workers=True, RATELIMIT_ENABLED="0", **form.NO_SENDING_LIMITS) as product:
        return crowd.measure(product)


def _poll() -> list[Row]:
    """With the site alone, as it is configured in production."""
    with running(workers=False) as product:
        return poll.measure(product)


def _flat() -> list[Row]:
    """Two products at once, so that what a base has grown to is compared in one run."""
    with (
        running(workers=False, RATELIMIT_ENABLED="0") as large,
        running(workers=False, RATELIMIT_ENABLED="0") as small,
    ):
        return [*flat.sessions(large, small), *flat.lines(small)]


def _room() -> list[Row]:
    """As in production, with workers beside the web."""
    with running(workers=True) as product:
        return full_room.measure(product)


PARTS: dict[str, Callable[[], list[Row]]] = {
    "form": _form,
    "crowd": _crowd,
    "poll": _poll,
    "flat": _flat,
    "room": _room,
    "live": live_room.on_air,
    "shared": live_room.recorded,
    "limit": sending.at_the_limit,
    "send": sending.without_limits,
    "planned": sending.with_many_planned,
}


def _told(name: str, measure: Callable[[], list[Row]]) -> list[Row]:
    """Each row is said as soon as it is known."""
    print(f"{name}…", file=sys.stderr, flush=True)
    try:
        rows = measure()
    except Exception as error:
        traceback.print_exc()
        rows = [Row.of_failure(f"{name}: не измерено", f"{type(error).__name__}: {error}"[:200])]
    for row in rows:
        print("  ", " | ".join(filter(None, row.cells())), file=sys.stderr, flush=True)
    return rows


def _end_in_time() -> None:
    """SIGTERM and too long a run end like an error: every server is stopped on the way out."""
    signal.signal(signal.SIGALRM, _give_up)
    signal.signal(signal.SIGTERM, _give_up)
    signal.alarm(LONGEST_SECONDS)


def _give_up(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(f"bench: {signal.Signals(number).name}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
