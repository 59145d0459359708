"""Waiting for a child process: to be ready, or to be done; a stop or its death ends the wait."""

import re
import time
from collections.abc import Callable, Iterable

from deploy.runner.console import Refusal, Stopped
from workers.child_process import Child
from workers.stop_signal import StopSignal

LAST_LINES = 8
POLL_SECONDS = 0.05
NOISE = re.compile(
    r"\s|.*Traceback \(most recent call last\)|During handling of|The above exception"
)
ERROR = re.compile(r"[\w.]+(?:Error|Exception)\b.*: ")


def wait_until(
    ready: Callable[[], bool], children: Iterable[Child], stop: StopSignal, seconds: float
) -> None:
    """Return once `ready()`; refuse when a child ends before that, or the time does."""
    children = list(children)
    deadline = time.monotonic() + seconds
    while not ready():
        if stop.asked:
            raise Stopped
        for child in children:
            if not child.running:
                raise died(child)
        if time.monotonic() > deadline:
            raise Refusal(
                f"Не дождались готовности за {seconds:.0f} с",
                f"Not ready after {seconds:.0f} s",
                [line for child in children for line in last_words(child)],
            )
        stop.wait(POLL_SECONDS)


def run_to_end(
    child: Child, stop: StopSignal, *, meanwhile: Callable[[], None] = lambda: None
) -> str:
    """Run a command and return what it wrote; refuse when it fails. Nothing of it stays behind."""
    try:
        child.start()
        while child.running:
            if stop.asked:
                raise Stopped
            stop.wait(4 * POLL_SECONDS)
            meanwhile()
    except OSError as error:
        raise Refusal(
            f"«{child.name}» не запускается: {error}", f"“{child.name}” cannot be started"
        ) from None
    finally:
        child.kill()
    if child.code:
        raise died(child)
    return child.output()


def died(child: Child) -> Refusal:
    return Refusal(
        f"«{child.name}» завершился с кодом {child.code}; весь журнал: {child.log or 'выше'}",
        f"“{child.name}” ended with code {child.code}; the whole log: {child.log or 'above'}",
        last_words(child),
    )


def last_words(child: Child) -> list[str]:
    """The last lines that a person can use: of a stack trace only what it ends with."""
    lines = [line for line in child.output().splitlines() if not NOISE.match(line)]
    return [line for line in lines if line.strip()][-LAST_LINES:]


def reason(lines: list[str]) -> str:
    """Of the last words of a command the one line that says why it failed."""
    errors = [line for line in lines if ERROR.match(line)]
    return (errors or lines or ["?"])[-1]
