"""What processes cost the processor, as the kernel counts it."""

import os
from collections.abc import Iterable
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
USER_TIME, SYSTEM_TIME = 11, 12  # of the fields of /proc/<pid>/stat after the name
PARENT = 1


def seconds_used(pids: Iterable[int]) -> float:
    """User and system time of these processes, all threads, since they began; in ticks of 10 ms."""
    ticks = 0
    for pid in pids:
        fields = _stat(pid)
        ticks += int(fields[USER_TIME]) + int(fields[SYSTEM_TIME])
    return ticks / TICKS_PER_SECOND


def children_of(parent: int) -> list[int]:
    """The processes that `parent` started and that still run."""
    return sorted(pid for pid in _processes() if _parent_of(pid) == parent)


def _processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]


def _parent_of(pid: int) -> int | None:
    try:
        return int(_stat(pid)[PARENT])
    except OSError:  # it has ended meanwhile
        return None


def _stat(pid: int) -> list[str]:
    """The fields after the name, which itself may hold spaces and brackets."""
    return Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
