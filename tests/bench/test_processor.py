"""Processor time as the kernel counts it."""

import os
import subprocess
import sys
import time

from bench import processor

TICK = 1 / processor.TICKS_PER_SECOND


def burn(seconds: float) -> None:
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


def test_seconds_used_grow_by_what_was_burnt() -> None:
    before = processor.seconds_used([os.getpid()])
    burn(0.2)
    assert abs(processor.seconds_used([os.getpid()]) - before - 0.2) < 3 * TICK


def test_seconds_used_do_not_grow_while_waiting() -> None:
    before = processor.seconds_used([os.getpid()])
    time.sleep(0.1)
    assert processor.seconds_used([os.getpid()]) - before < 3 * TICK


def test_children_are_those_that_still_run() -> None:
    before = processor.children_of(os.getpid())
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert sorted(set(processor.children_of(os.getpid())) - set(before)) == [child.pid]
    child.communicate(b"\n")
    assert child.pid not in processor.children_of(os.getpid())
