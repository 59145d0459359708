"""On what the figures were taken: the machine in words, and the versions that matter."""

import os
import platform
import re
import sqlite3
import subprocess
from importlib.metadata import version
from pathlib import Path

from tests.fixtures import servers

PACKAGES = ("Flask", "gunicorn", "SQLAlchemy", "rq", "redis", "python-telegram-bot")
GIBIBYTE = 1024**3


def in_words() -> str:
    """For example «2 ядра / cores, 24 ГиБ / GiB, Linux 6.1 x86_64, нагрузка / load 0,3»."""
    parts = [
        f"ядер / cores: {len(os.sched_getaffinity(0))}",
        f"память / memory: {_memory() / GIBIBYTE:.0f} ГиБ / GiB",
        f"{platform.system()} {platform.machine()}",
    ]
    return ", ".join(parts)


def load() -> str:
    """How busy the machine was with other things: the last minute's load before the run."""
    return f"{os.getloadavg()[0]:.1f}".replace(".", ",")


def versions() -> str:
    parts = [f"Python {platform.python_version()}"]
    parts += [f"{name} {version(name)}" for name in PACKAGES]
    parts += [f"SQLite {sqlite3.sqlite_version}", f"Redis {_redis()}"]
    return ", ".join(parts)


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _redis() -> str:
    binary = servers.redis_binary()
    if binary is None:
        return "—"
    told = subprocess.run([Path(binary), "--version"], capture_output=True, text=True, check=True)
    found = re.search(r"v=([\d.]+)", told.stdout)
    return found[1] if found else told.stdout.strip()
