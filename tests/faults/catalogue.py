"""The faults: by number, each with its name, where it applies, how it is injected, what it may cost.

The same definitions serve `make faults`, where all of them run, and the tests, where the quick
ones do. The numbers and what must hold are those of the plan of 35 faults; those of a broadcast
follow.
"""

import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.faults.load import Load
from tests.faults.plant import POSTGRESQL, SQLITE, Plant
from tests.fixtures.servers import wait_until

BOTH = (SQLITE, POSTGRESQL)
Inject = Callable[["Scene"], None]


@dataclass(slots=True)
class Scene:
    """What a fault has at hand, and what it says of itself.

    `injected`: how often it struck. `allowed`: how many messages may end unknown by it: requests
    in flight at kills, ambiguous answers. `after`: the last message before. `lost`, `doubled`: of what
    the ledgers of leads and messages do not know. `failures`: what else did not hold.
    """

    plant: Plant
    load: Load
    random: random.Random
    quick: bool
    injected: int = 0
    allowed: int = 0
    after: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def begin_anew(self) -> None:
        """What came before is none of the ledgers' business."""
        self.plant.sandbox.tell("reset")
        self.after = self.plant.database.last_message()

    def wait_for_quiet(self, seconds: float = 60.0) -> None:
        """Until nothing is left to do that is due."""
        wait_until(lambda: not self.plant.database.unfinished(), seconds)

    def must(self, holds: object, words: str) -> None:
        if not holds:
            self.failures.append(words)


@dataclass(frozen=True, slots=True)
class Fault:
    """`quick`: on these databases it runs in `make test`. `limit_holds`: nothing of it excuses a 429 of flood control.

    `patience`: seconds in which all must be done once the fault is over. `why`: a note for the
    reader of the table of what applies. `needs`: what the machine lacks for it, "" for nothing. `small_disk`: the product lives on a small disk of its own.
    """

    number: int
    name: str
    inject: Inject
    databases: tuple[str, ...] = BOTH
    quick: tuple[str, ...] = ()
    limit_holds: bool = True
    patience: float = 60.0
    why: str = ""
    needs: Callable[[], str] = lambda: ""
    small_disk: bool = False


_faults: dict[int, Fault] = {}


def fault(number: int, name: str, **options: object) -> Callable[[Inject], Inject]:
    """Enter a fault into the catalogue."""

    def enter(inject: Inject) -> Inject:
        assert number not in _faults, number
        _faults[number] = Fault(number, name, inject, **options)  # type: ignore[arg-type]
        return inject

    return enter


def everything() -> list[Fault]:
    """All faults in the order of the plan."""
    from tests.faults import kinds

    assert kinds
    return [_faults[number] for number in sorted(_faults)]


def chosen() -> list[Fault]:
    """Those that `FAULTS` names in the environment, or all."""
    wanted = os.environ.get("FAULTS", "").replace(",", " ").split()
    numbers = {int(each) for each in wanted}
    return [each for each in everything() if not numbers or each.number in numbers]
