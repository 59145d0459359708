"""The product as processes for the length of a benchmark: everything its own, nothing left."""

import os
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import processor
from bench.visitor import HOST, Visitor
from bench.witness import Witness
from tests.fixtures import servers
from workers.child_process import Child

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 40.0
STOP_SECONDS = 5.0
WORKERS = ("ticker", "worker.facts", "worker.sends")
BOT_TOKEN = "1000:bench"
TEAM_CHAT = "-1000"
KEPT_FROM_OUTSIDE = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "WEB_CONCURRENCY")


class NotStarted(Exception):
    """A part of the product did not come up; the message ends with what it wrote."""


@dataclass(frozen=True, slots=True)
class Server:
    """A WSGI server: the module that runs it, and its options but for the site's name."""

    name: str
    module: str
    options: Callable[[int], list[str]]
    settings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Product:
    """Where the parts of a running product are."""

    port: int
    sandbox_port: int
    web: Child
    witness: Witness
    flask: Callable[..., str]

    @property
    def web_pids(self) -> list[int]:
        """The server's workers: its own process serves nobody."""
        assert self.web.pid is not None
        return processor.children_of(self.web.pid)


def gunicorn(port: int) -> list[str]:
    """As in production."""
    options = ["-c", str(ROOT / "deploy" / "gunicorn.conf.py"), "--bind", f"{HOST}:{port}"]
    return [*options, "--graceful-timeout", "2"]


IN_PRODUCTION = Server("gunicorn gthread", "gunicorn", gunicorn)


@contextmanager
def running(
    *,
    workers: bool,
    sandbox_limits: bool = False,
    server: Server = IN_PRODUCTION,
    **settings: str,
) -> Iterator[Product]:
    """Redis, sandbox, a WSGI server and, if wanted, workers; over a fresh migrated SQLite.

    `sandbox_limits`: the Bot API counts, and refuses what is too much. `settings` are the
    product's, on top of those that this must choose itself.
    """
    with ExitStack() as open_parts:
        folder = Path(open_parts.enter_context(_folder()))
        redis_url = open_parts.enter_context(servers.redis_server())
        port, sandbox_port = servers.free_port(), servers.free_port()
        environment = _environment(folder, redis_url, port, sandbox_port)
        environment |= dict(server.settings) | settings
        parts = _Parts(folder, environment, open_parts)
        parts.run("flask", "--app", "bench.site", "db", "upgrade")
        parts.start("workers.telegram.sandbox", *_sandbox_options(sandbox_port, sandbox_limits))
        web = parts.start(server.module, *server.options(port), "bench.site:site")
        _wait(lambda: _answers(port, "/healthz"), web)
        witness = open_parts.enter_context(closing(Witness(folder / "efir.db")))
        if workers:
            parts.start("workers")
            witness.wait_for_workers(WORKERS)
        yield Product(
            port,
            sandbox_port,
            web,
            witness,
            lambda *command: parts.run("flask", "--app", "bench.site", *command),
        )


def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="efir-bench-", ignore_cleanup_errors=True)


def _environment(folder: Path, redis_url: str, port: int, sandbox_port: int) -> dict[str, str]:
    """Production's, and nothing of what the person who runs this has set for themselves."""
    kept = {name: os.environ[name] for name in KEPT_FROM_OUTSIDE if name in os.environ}
    return kept | {
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "EFIR_ENV": "production",
        "EFIR_DATA_DIR": str(folder),
        "SECRET_KEY": secrets.token_urlsafe(48),
        "REDIS_URL": redis_url,
        "PUBLIC_URL": f"http://{HOST}:{port}",
        "TELEGRAM_API_URL": f"http://{HOST}:{sandbox_port}",
        "TELEGRAM_BOT_TOKEN": BOT_TOKEN,
        "TELEGRAM_BOT_USERNAME": "efir_bench_bot",
        "TELEGRAM_CHAT_ID": TEAM_CHAT,
    }


def _sandbox_options(port: int, limits: bool) -> list[str]:
    options = ["--port", str(port), "--token", BOT_TOKEN]
    return options if limits else [*options, "--no-limits"]


class _Parts:
    """Starts processes of the product in a folder of their own, away from anybody's `.env`."""

    def __init__(self, folder: Path, environment: dict[str, str], open_parts: ExitStack) -> None:
        self._folder = folder
        self._environment = environment
        self._open_parts = open_parts

    def start(self, module: str, *options: str) -> Child:
        """A process that runs until the benchmark is over."""
        child = self._child(module, *options)
        self._open_parts.callback(_stop, child)
        child.start()
        return child

    def run(self, module: str, *options: str) -> str:
        """What a command wrote, once it has ended well."""
        child = self._child(module, *options)
        try:
            child.start()
            _wait(lambda: child.code == 0, child)
            return child.output()
        finally:
            child.kill()

    def _child(self, module: str, *options: str) -> Child:
        environment = dict(self._environment)
        if module == "workers.telegram.sandbox":
            environment["EFIR_ENV"] = "development"  # it refuses production
        argv = [sys.executable, "-m", module, *options]
        log = self._folder / f"{module}.log"
        return Child(module, argv, env=environment, cwd=self._folder, log=log)


def _stop(child: Child) -> None:
    child.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    while child.running and time.monotonic() < deadline:
        time.sleep(0.02)
    child.kill()


def _wait(ready: Callable[[], bool], child: Child) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        if not child.running or time.monotonic() > deadline:
            raise NotStarted(f"{child.name}: {child.code}\n{child.output()[-3000:]}")
        time.sleep(0.05)


def _answers(port: int, path: str) -> bool:
    try:
        with Visitor(port) as visitor:
            visitor.get(path)
        return True
    except OSError:
        return False
