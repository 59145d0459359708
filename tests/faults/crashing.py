"""Named points of the product at which a process can be made to die: from outside, for tests alone.

A point is a function of the product, before its call or after it. A process that was entered by
`tests.faults` has every point wrapped; nothing happens there until somebody arms the point by a
file in `EFIR_FAULTS_DIR`. The first process that comes by takes the file and is gone.
"""

import functools
import importlib
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import time_machine

FOLDER = "EFIR_FAULTS_DIR"
# Seconds by which this process's clock is ahead of the host's. In the process itself: what Debian
# has for that (faketime 0.9.10) breaks either the sleep or the waits of Python 3.11.
AHEAD = "EFIR_FAULTS_CLOCK_AHEAD"


@dataclass(frozen=True, slots=True)
class Point:
    """`place`: `module:attribute`. It strikes where `when` holds of the arguments and, after the
    call, its result."""

    place: str
    after: bool = False
    number: signal.Signals = signal.SIGKILL
    when: Callable[[tuple[Any, ...], Any], object] = lambda _arguments, _result: True


def _had_a_result(_arguments: tuple[Any, ...], result: Any) -> bool:
    return bool(result)


POINTS = {
    "form.answering": Point("app.blueprints.integration_web_form.views:_thank"),
    "lead.before_commit": Point("app.core.ingest:_tell", after=True),
    "bell.before_ring": Point("app.core.bus:_ring_now"),
    "engine.run_made": Point("app.scenario_engine.engine:_new_run", after=True, when=_had_a_result),
    "executor.before_plan": Point("app.messages.announce:to_team_and_lead"),
    "executor.one_planned": Point("app.messages.announce:plan", after=True),
    "sender.claimed": Point("workers.sender:_write", after=True, when=_had_a_result),
    "sender.answered": Point("app.messages:settle_all", when=lambda given, _: given[0]),
    "sender.settled": Point("workers.sender:_write", after=True, when=lambda given, _: given[0]),
    "rq.taken": Point("rq:SimpleWorker.execute_job", number=signal.SIGTERM),
}


def enter() -> None:
    """Call it before the application is made: every point is wrapped, the clock made wrong."""
    ahead = float(os.environ.get(AHEAD) or 0)
    if ahead:
        time_machine.travel(time.time() + ahead, tick=True).start()
        time.time()  # its clock begins to tick when it is first looked at
    for name, point in POINTS.items():
        _wrap(name, point)


def _wrap(name: str, point: Point) -> None:
    holder, attribute = found(point.place)
    function = getattr(holder, attribute)

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if not point.after and point.when(args, None):
            _die_if_armed(name, point)
        result = function(*args, **kwargs)
        if point.after and point.when(args, result):
            _die_if_armed(name, point)
        return result

    setattr(holder, attribute, wrapped)


def found(place: str) -> tuple[Any, str]:
    """The holder of a named function, and the function's name there."""
    module, _, path = place.partition(":")
    *parents, attribute = path.split(".")
    holder = functools.reduce(getattr, parents, importlib.import_module(module))
    assert callable(getattr(holder, attribute)), place
    return holder, attribute


def _die_if_armed(name: str, point: Point) -> None:
    armed = Path(os.environ[FOLDER]) / name
    try:
        armed.rename(armed.with_name(f"{name}.struck"))
    except FileNotFoundError:
        return
    os.kill(os.getpid(), point.number)


class Points:
    """The other side: arms a point and waits until it struck."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def arm(self, name: str) -> Callable[[], bool]:
        """What was returned answers whether it has struck since."""
        assert name in POINTS, name
        struck = self._folder / f"{name}.struck"
        struck.unlink(missing_ok=True)
        (self._folder / name).touch()
        return struck.exists

    def disarm(self) -> None:
        for name in POINTS:
            (self._folder / name).unlink(missing_ok=True)
