"""A child process that its parent can always end, and that never outlives it.

Standard library only, for the local runner uses it before anything is installed.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

PR_SET_PDEATHSIG = 1


class Child:
    """One process, in a session of its own together with all that it starts.

    `log` is the file that its output is appended to; without one it writes where we write.
    On Linux the kernel kills it when we die, however we die; for that it must be started from
    the main thread, since the kernel watches the thread and not the process.
    """

    def __init__(
        self,
        name: str,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        log: Path | None = None,
    ) -> None:
        self.name = name
        self.argv = list(argv)
        self.env = env
        self.cwd = cwd
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._log_start = 0

    def start(self) -> None:
        """Start it, or start it again once it has ended. Raises OSError where it cannot."""
        self.kill()  # what an earlier start may have left behind
        self._started_at = time.monotonic()
        if self.log is None:
            self._process = self._open(None)
            return
        with self.log.open("ab") as output:
            self._log_start = output.tell()
            self._process = self._open(output.fileno())

    def _open(self, output: int | None) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self.argv,
            env=self.env,
            cwd=self.cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=dying_with(os.getpid()),
        )

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def code(self) -> int | None:
        """How it ended: its exit code, minus the signal's number, or None while it runs."""
        return self._process.poll() if self._process else None

    @property
    def age(self) -> float:
        """Seconds since the last start."""
        return time.monotonic() - self._started_at

    def terminate(self) -> None:
        """Ask it to end; what it started is its own to end."""
        if self._process and self.running:
            self._process.terminate()

    def kill(self) -> None:
        """End what is left of its session, the process itself and what it left behind."""
        if self._process is None:
            return
        with suppress(ProcessLookupError, PermissionError):  # macOS says the latter of a zombie
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def output(self) -> str:
        """What it wrote to its log since the last start."""
        if self.log is None or not self.log.exists():
            return ""
        with self.log.open("rb") as written:
            written.seek(self._log_start)
            return written.read().decode("utf-8", "replace")


def dying_with(parent: int, number: int = signal.SIGKILL) -> Callable[[], None] | None:
    """What to call in a new process so that it gets signal `number` when `parent` ends.

    None where the system has no such thing.
    """
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl

    def leash() -> None:
        prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:  # it ended before the leash was on
            os.kill(os.getpid(), number)

    return leash
