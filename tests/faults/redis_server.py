"""A Redis that can be killed, started empty or from its file, and filled up."""

import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

import redis

from tests.fixtures import servers


class RedisServer:
    """On a port that it keeps. With `keeping` it writes an append-only file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.port = servers.free_port()
        self.client = redis.Redis(port=self.port, socket_timeout=5)

    def start(self, *, keeping: bool = False) -> None:
        binary = servers.redis_binary()
        assert binary, "no redis-server was found"
        self._folder.mkdir(exist_ok=True)
        options = ["--bind", "127.0.0.1", "--port", str(self.port), "--save", ""]
        options += ["--appendonly", "yes" if keeping else "no", "--appendfsync", "everysec"]
        self._process = subprocess.Popen(
            [binary, *options, "--dir", str(self._folder)], stdout=subprocess.DEVNULL
        )
        servers.wait_until(self._answers, 20)

    def kill(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None
        self.client.connection_pool.disconnect()

    def forget(self) -> None:
        """What it wrote down is gone: the next start is an empty one."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def remember(self) -> Path:
        """Keep aside what it has written down so far."""
        aside = self._folder.with_suffix(".older")
        shutil.rmtree(aside, ignore_errors=True)
        shutil.copytree(self._folder, aside)
        return aside

    def fall_back(self, older: Path) -> None:
        """What was kept aside is all that is left."""
        shutil.rmtree(self._folder)
        shutil.move(older, self._folder)

    def configure(self, name: str, value: str) -> Any:
        return self.client.config_set(name, value)

    def _answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except redis.RedisError:
            return False
