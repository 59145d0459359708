import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.requirements import need
from tests.run.marked_process import MarkedProcess, eventually
from workers.supervisor import Backoff

need(Path("/proc/self/environ").exists(), "processes are found by /proc, which is Linux's")

SUPERVISOR = """
import logging, sys
from workers.supervisor import Supervisor
logging.basicConfig(format="%(message)s")
parts = {name: [sys.executable, "-c", code] for name, code in zip(sys.argv[2::2], sys.argv[3::2])}
raise SystemExit(Supervisor(parts, patience=float(sys.argv[1])).run())
"""
NOTE_START = "import os, pathlib, time; pathlib.Path({file!r}).open('a').write('started '); "
WAIT = NOTE_START + "time.sleep(600)"
END_AT_ONCE = NOTE_START + "raise SystemExit(3)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + WAIT
TIDY = (
    "import os, signal, sys; "
    "signal.signal(signal.SIGTERM, lambda *_: (os.write(1, b'put away. '), sys.exit(0))); "
) + WAIT

Supervise = Callable[..., MarkedProcess]


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[Supervise]:
    """Start a supervisor over parts: name = code, in which {file} is where a part notes starts."""
    started: list[MarkedProcess] = []

    def start(*, patience: float = 10.0, **parts: str) -> MarkedProcess:
        filled = {
            name: code.replace("{file!r}", repr(str(tmp_path / name)))
            for name, code in parts.items()
        }
        arguments = [part for pair in filled.items() for part in pair]
        argv = [sys.executable, "-c", SUPERVISOR, str(patience), *arguments]
        started.append(MarkedProcess(argv, tmp_path / "output.txt", PYTHONPATH="."))
        assert eventually(lambda: all(_starts(tmp_path / name) for name in parts))
        return started[-1]

    yield start
    for process in started:
        process.kill_all()


def _starts(file: Path) -> int:
    return len(file.read_text().split()) if file.exists() else 0


def _part(supervisor: MarkedProcess, name: str) -> int:
    (pid,) = (pid for pid in supervisor.alive(f"/{name}'") if pid != supervisor.pid)
    return pid


def test_backoff_doubles_to_ten_seconds() -> None:
    backoff = Backoff()
    delays = [backoff.after(1.0) for _ in range(8)]
    assert delays == pytest.approx([0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10.0, 10.0])


def test_backoff_forgets_after_a_healthy_life() -> None:
    backoff = Backoff()
    for _ in range(5):
        backoff.after(1.0)
    assert [backoff.after(30.0), backoff.after(29.9)] == pytest.approx([0.2, 0.4])


def test_supervisor_restarts_a_killed_part_and_leaves_the_others(
    supervise: Supervise, tmp_path: Path
) -> None:
    supervisor = supervise(relay=WAIT, ticker=WAIT)
    os.kill(_part(supervisor, "relay"), signal.SIGKILL)
    assert eventually(lambda: _starts(tmp_path / "relay") == 2)
    assert _starts(tmp_path / "ticker") == 1
    assert supervisor.says("part relay ended with code -9, starts again in 0.2 s")


def test_supervisor_waits_longer_for_each_restart(supervise: Supervise) -> None:
    supervisor = supervise(relay=END_AT_ONCE)
    assert supervisor.says("ended with code 3, starts again in 0.8 s")
    assert [line.rpartition(" in ")[2] for line in supervisor.output.splitlines()[:3]] == [
        "0.2 s",
        "0.4 s",
        "0.8 s",
    ]


def test_supervisor_logs_a_part_that_cannot_be_started(tmp_path: Path) -> None:
    code = (
        "import logging; from workers.supervisor import Supervisor; logging.basicConfig(); "
        "Supervisor({'ghost': ['/nowhere/at/all']}).run()"
    )
    supervisor = MarkedProcess([sys.executable, "-c", code], tmp_path / "output.txt")
    assert supervisor.says("part ghost cannot be started")
    supervisor.signal(signal.SIGTERM)
    assert supervisor.ends() == 0
    assert "Traceback" not in supervisor.output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_supervisor_lets_its_parts_finish(supervise: Supervise, number: signal.Signals) -> None:
    supervisor = supervise(relay=TIDY, ticker=TIDY)
    supervisor.signal(number)
    assert supervisor.ends() == 0
    assert supervisor.output == "put away. put away. "
    assert supervisor.alive() == []


def test_supervisor_kills_what_does_not_finish_in_time(supervise: Supervise) -> None:
    supervisor = supervise(patience=0.3, relay=STUBBORN)
    supervisor.signal(signal.SIGTERM)
    assert supervisor.ends(5.0) == 0
    assert supervisor.alive() == []


def test_supervisor_hurries_at_a_second_signal(supervise: Supervise) -> None:
    supervisor = supervise(patience=600.0, relay=STUBBORN)
    supervisor.signal(signal.SIGTERM)
    assert not eventually(lambda: supervisor.code is not None, 0.3)
    supervisor.signal(signal.SIGTERM)
    assert supervisor.ends(5.0) == 0
    assert supervisor.alive() == []


def test_supervisor_killed_takes_its_parts_along(supervise: Supervise) -> None:
    supervisor = supervise(relay=WAIT, ticker=STUBBORN)
    supervisor.signal(signal.SIGKILL)
    assert supervisor.ends() == -signal.SIGKILL
    assert eventually(lambda: supervisor.alive() == [])
