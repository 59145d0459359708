"""Keeps the parts of a worker machine running, and ends them together."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence

from workers.child_process import Child
from workers.stop_signal import StopSignal

PATIENCE_SECONDS = 10.0
HASTE_SECONDS = 0.2

log = logging.getLogger(__name__)

Told = Callable[[Child, float], None]


class Backoff:
    """How long to wait before a part that ended is started again."""

    FIRST_SECONDS = 0.2
    LONGEST_SECONDS = 10.0
    HEALTHY_AFTER_SECONDS = 30.0

    def __init__(self) -> None:
        self._delay = 0.0

    def after(self, age: float) -> float:
        """Seconds until the next start of what has lived for `age` seconds: double each time."""
        healthy = age >= self.HEALTHY_AFTER_SECONDS
        doubled = 0.0 if healthy else min(self._delay * 2, self.LONGEST_SECONDS)
        self._delay = doubled or self.FIRST_SECONDS
        return self._delay


class Supervisor:
    """Runs each part (name: command line) as a child process until told to stop.

    A part that ends, with whatever code, is started again. SIGTERM and SIGINT reach the parts
    as SIGTERM; they have `patience` seconds to finish what they do, then they are killed. A
    second signal hurries. The parts die with the supervisor on Linux, even when it is killed.
    """

    def __init__(
        self, parts: Mapping[str, Sequence[str]], *, patience: float = PATIENCE_SECONDS
    ) -> None:
        self._children = [Child(name, argv) for name, argv in parts.items()]
        self._patience = patience

    def run(self) -> int:
        """Returns the exit code of the process, once nothing of the parts is left."""
        with StopSignal() as stop:
            try:
                keep_running(self._children, stop, tell=_log_end)
            finally:
                drain(self._children, stop, self._patience)
        return 0


def keep_running(children: Sequence[Child], stop: StopSignal, *, tell: Told) -> None:
    """Start what does not run, and start again what ends, until asked to stop.

    `tell` hears of each end, with the seconds until the next start.
    """
    backoff = {child: Backoff() for child in children}
    due = {child: 0.0 for child in children if not child.running}
    while not stop.asked:
        for child in children:
            if child not in due and not child.running:
                delay = backoff[child].after(child.age)
                due[child] = time.monotonic() + delay
                tell(child, delay)
        for child in [child for child in due if due[child] <= time.monotonic()]:
            if _started(child):
                del due[child]
            else:
                due[child] = time.monotonic() + backoff[child].after(0)
        stop.wait(_until_next(due))


def _started(child: Child) -> bool:
    try:
        child.start()
    except OSError as error:
        log.error("part %s cannot be started: %s", child.name, error)
        return False
    return True


def _until_next(due: Mapping[Child, float]) -> float | None:
    return max(0.0, min(due.values()) - time.monotonic()) if due else None


def drain(children: Sequence[Child], stop: StopSignal, patience: float) -> None:
    """Ask all to end, and kill what has not ended in time; a hurried stop leaves little time."""
    ask_to_end(children, stop, patience)
    for child in children:
        child.kill()


def ask_to_end(children: Sequence[Child], stop: StopSignal, patience: float) -> None:
    """Ask all to end and wait for it, `patience` seconds at most."""
    for child in children:
        child.terminate()
    deadline = time.monotonic() + patience
    while any(child.running for child in children):
        if stop.hurried:
            deadline = min(deadline, time.monotonic() + HASTE_SECONDS)
        left = deadline - time.monotonic()
        if left <= 0:
            return
        stop.wait(left)


def _log_end(child: Child, delay: float) -> None:
    log.warning("part %s ended with code %s, starts again in %.1f s", child.name, child.code, delay)
