"""What `deploy/local.py` can be told to do; each ends with one line and a code, never a trace."""

import os
import signal
from collections.abc import Sequence
from pathlib import Path

from deploy.runner import embedded_redis, local_run, virtualenv
from deploy.runner.console import Refusal, Stopped, complain
from workers.child_process import dying_with
from workers.stop_signal import StopSignal

FAILED = 1
INTERRUPTED = 130
USAGE = Refusal("Команды: run; install [test] [lint]", "Commands: run; install [test] [lint]")


def run_command(arguments: Sequence[str]) -> int:
    """The exit code of `run` (stopping it is no failure) or of `install EXTRA...`."""
    with StopSignal() as stop:
        leave_with_make()
        try:
            match list(arguments):
                case ["run"]:
                    return local_run.run(stop)
                case ["install", *extras]:
                    return install(extras, stop)
                case _:
                    raise USAGE
        except Refusal as refusal:
            complain(refusal)
            return FAILED
        except Stopped:
            return INTERRUPTED
        except Exception as error:
            named = f"{type(error).__name__}: {error}"
            complain(Refusal(f"Не получилось: {named}", f"It failed: {named}"))
            return FAILED


def install(extras: Sequence[str], stop: StopSignal) -> int:
    virtualenv.prepare(extras, stop)
    if "test" in extras:
        embedded_redis.find_or_fetch(stop)  # what needs one says so by itself
    return 0


def leave_with_make() -> None:
    """Stop when `make` is gone, even by `kill -9`: nobody would be left to stop us."""
    parent = os.getppid()
    if _name_of(parent) in ("make", "gmake"):
        leash = dying_with(parent, signal.SIGTERM)
        if leash:
            leash()


def _name_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""
