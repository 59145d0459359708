"""A process whose every descendant can be found again, also when its parents are gone.

By a variable in its environment; and, since some programs write their title over that, by having
been seen as a descendant before.
"""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MARK = "EFIR_TEST_MARK"
SETTINGS = (
    "REDIS_URL",
    "SECRET_KEY",
    "PUBLIC_URL",
    "EFIR_DEMO_TELEGRAM",
    "TELEGRAM_BOT_TOKEN",
    "MAKEFLAGS",
    "MAKELEVEL",
)


def eventually(holds: Callable[[], object], seconds: float = 10.0) -> bool:
    """Whether it comes true within that time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.02)
    return bool(holds())


class MarkedProcess:
    """Runs a command in the checkout, its output in a file."""

    def __init__(self, argv: Sequence[str], output: Path, **settings: str) -> None:
        self._mark = uuid.uuid4().hex
        self._output = output
        self._seen: set[tuple[int, int]] = set()
        with output.open("wb") as written:
            self._process = subprocess.Popen(
                argv,
                cwd=ROOT,
                env=_environment() | settings | {MARK: self._mark},
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=written,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def output(self) -> str:
        return self._output.read_text("utf-8")

    @property
    def code(self) -> int | None:
        return self._process.poll()

    def says(self, text: str, seconds: float = 180.0) -> bool:
        """Whether it says so before it ends."""
        eventually(lambda: text in self.output or self.code is not None, seconds)
        return text in self.output

    def ends(self, seconds: float = 15.0) -> int | None:
        """Its exit code, or None where it still runs."""
        eventually(lambda: self.code is not None, seconds)
        return self.code

    def signal(self, number: signal.Signals) -> None:
        self._look()
        self._process.send_signal(number)

    def alive(self, command: str = "") -> list[int]:
        """Which of its processes, itself among them, run now; those with `command` in theirs."""
        self._look()
        return sorted(
            pid
            for pid, born in self._seen
            if command.encode() in _read(pid, "cmdline") and _state(pid)[1:] == (False, born)
        )

    def kill_all(self) -> None:
        for pid in self.alive():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()

    def _look(self) -> None:
        """Remember each marked process and each descendant, by its id and time of birth."""
        mark = f"{MARK}={self._mark}".encode()
        states = {pid: _state(pid) for pid in _pids()}
        family = {pid for pid in states if mark in _read(pid, "environ")}
        grown = True
        while grown:
            children = {pid for pid, state in states.items() if state[0] in family}
            grown = not children <= family
            family |= children
        self._seen |= {(pid, states[pid][2]) for pid in family}


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]


def _state(pid: int) -> tuple[int, bool, int]:
    """Its parent, whether it is only a zombie, and when it was born (clock ticks)."""
    fields = _read(pid, "stat").rpartition(b")")[2].split()
    if not fields:
        return (0, True, 0)
    return int(fields[1]), fields[0] in (b"Z", b"X"), int(fields[19])


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in SETTINGS}


def _read(pid: int, what: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{what}").read_bytes()
    except OSError:  # it has ended meanwhile
        return b""


def local_run(data: Path, output: Path, **settings: str) -> MarkedProcess:
    """`deploy/local.py run` on a data directory of its own and any free port."""
    own = {
        "PORT": "0",
        "EFIR_ENV": "development",
        "EFIR_DATA_DIR": str(data),
        "DATABASE_URL": f"sqlite:///{data}/efir.db",
    }
    return MarkedProcess([sys.executable, "deploy/local.py", "run"], output, **(own | settings))
