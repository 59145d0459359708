"""`python -m tests.faults`: inject the faults, print the table, write it to `bench/faults.md`.

`SEED` for what is random, `FAULTS=6,18` for some of them, `DATABASES=sqlite` for one database; a
part of them is printed and not written. Ends with 1 where something did not hold.
"""

import os
import signal
import sys
import time
import traceback
from contextlib import ExitStack
from types import FrameType

from bench import machine
from tests.faults import catalogue, plant, runner, small_disk, table
from tests.faults.catalogue import Fault
from tests.faults.plant import POSTGRESQL, SQLITE, Plant
from tests.faults.runner import Outcome
from tests.fixtures import servers

LONGEST_SECONDS = 3600


def main() -> int:
    for number in (signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, _give_up)
    signal.alarm(LONGEST_SECONDS)
    seed, began, load = int(os.environ.get("SEED") or 1), time.monotonic(), machine.load()
    known, chosen = catalogue.everything(), catalogue.chosen()
    outcomes = [each for kind in _databases() for each in _on(kind, chosen, seed)]
    outcomes.sort(key=lambda each: (each.number, each.database != SQLITE))
    print(table.drawn(outcomes))
    print(table.reasons(outcomes))
    if len(chosen) == len(known) and len(_databases()) == 2:
        seconds = time.monotonic() - began
        page = table.page(outcomes, known, seed=seed, load=load, seconds=seconds)
        table.PAGE.write_text(page, "utf-8")
    return 0 if outcomes and all(each.holds for each in outcomes) else 1


def _databases() -> list[str]:
    wanted = os.environ.get("DATABASES", "").replace(",", " ").split() or [SQLITE, POSTGRESQL]
    if POSTGRESQL in wanted and servers.postgres_binaries() is None:
        print("PostgreSQL не найден / not found: SQLite alone", file=sys.stderr)
        wanted.remove(POSTGRESQL)
    return wanted


def _on(kind: str, chosen: list[Fault], seed: int) -> list[Outcome]:
    """One product for all that can share it, and one each for what needs its own surroundings."""
    mine = [each for each in chosen if kind in each.databases and _can_be(each)]
    shared = [each for each in mine if not each.small_disk]
    outcomes = _in_one_product(kind, shared, seed)
    for each in mine:
        if each.small_disk:
            with small_disk.mounted() as folder, plant.running(kind, folder=folder) as product:
                outcomes.append(_one(each, product, seed))
    return outcomes


def _can_be(fault: Fault) -> bool:
    """Skipped with a plain word where the machine lacks what it needs; REQUIRE_ALL=1 ends there."""
    lacking = fault.needs()
    if lacking and os.environ.get("REQUIRE_ALL") == "1":
        raise SystemExit(f"{fault.number}: нужно / needs {lacking}")
    if lacking:
        print(f"{fault.number} пропущен / skipped: {lacking}", file=sys.stderr)
    return not lacking


def _in_one_product(kind: str, faults: list[Fault], seed: int) -> list[Outcome]:
    """A product that did not survive a fault is replaced by a new one for the next."""
    outcomes: list[Outcome] = []
    product: Plant | None = None
    with ExitStack() as parts:
        for each in faults:
            if product is None:
                product = parts.enter_context(plant.running(kind))
            outcomes.append(_one(each, product, seed))
            if not outcomes[-1].holds:
                parts.close()
                product = None
    return outcomes


def _one(fault: Fault, product: Plant, seed: int) -> Outcome:
    print(f"{fault.number} {product.database.kind}: {fault.name}…", file=sys.stderr, flush=True)
    try:
        outcome = runner.run(fault, product, seed=seed, quick=False)
    except Exception as error:
        traceback.print_exc()
        outcome = Outcome(fault.number, fault.name, product.database.kind)
        outcome.findings.other.append(f"{type(error).__name__}: {error}")
    if not outcome.holds:
        print("\n".join(outcome.reasons[:10]), product.written(), sep="\n", file=sys.stderr)
    return outcome


def _give_up(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(f"faults: {signal.Signals(number).name}")


if __name__ == "__main__":
    sys.exit(main())
