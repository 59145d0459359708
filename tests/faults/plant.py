"""The whole product as processes that can be hurt: web, workers, Redis, a database, the Bot API."""

import json
import os
import secrets
import signal
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from bench.visitor import HOST, Visitor
from tests.faults.crashing import FOLDER, Points
from tests.faults.database import Database
from tests.faults.proxy import Proxy
from tests.faults.redis_server import RedisServer
from tests.fixtures import media_server, servers
from workers.child_process import Child

ROOT = Path(__file__).resolve().parents[2]
SQLITE, POSTGRESQL = "sqlite", "postgresql"
START_SECONDS = 60.0
STOP_SECONDS = 12.0
BOT_TOKEN = "1000:faults"
BOT_ID = "1000"
SECRET = "webhook-secret-of-the-fault-suite"
TEAM_CHAT = -1000
PER_SECOND = 30
SITE = "tests.faults.site"
MACHINE = "tests.faults.machine"
SANDBOX = "workers.telegram.sandbox"
KEPT_FROM_OUTSIDE = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
SENDERS = ("queue sends", "ticker")
# A minute of production in five seconds: leases, the wait for an answer, the follow-up's delay.
SCALED = {
    "SEND_LEASE_SECONDS": "5",
    "TELEGRAM_ANSWER_SECONDS": "3",
    "POLL_LEASE_SECONDS": "5",
    "DELIVERY_LEASE_SECONDS": "3",
    "FOLLOWUP_DELAY_SECONDS": "1",
}


class NotStarted(Exception):
    """A part did not come up; the message ends with what it wrote."""


class Sandbox:
    """The Bot API's control plane."""

    def __init__(self, port: int) -> None:
        self._url = f"http://{HOST}:{port}/sandbox/"

    def messages(self) -> list[dict[str, Any]]:
        """What the bot sent and Telegram kept."""
        found: list[dict[str, Any]] = self._ask("messages")["messages"]
        return found

    def summary(self) -> dict[str, Any]:
        found: dict[str, Any] = self._ask("")
        return found

    def taken(self, *modes: str) -> int:
        """How often faults of these modes struck."""
        counts = self.summary()["faults_taken"]
        return sum(counts.get(mode, 0) for mode in modes)

    def flooded(self) -> int:
        """How often the limit was exceeded, and refused by 429."""
        count: int = self.summary()["flooded"]
        return count

    def sends(self) -> int:
        """How often a message was posted, whatever became of it."""
        count: int = self.summary()["calls"].get("sendMessage", 0)
        return count

    def fail(self, mode: str, **options: Any) -> None:
        self.tell("fail", mode=mode, **options)

    def tell(self, action: str, **parameters: Any) -> Any:
        return self._ask(action, parameters)

    def ready(self) -> bool:
        try:
            return bool(self.summary())
        except OSError:
            return False

    def _ask(self, action: str, body: dict[str, Any] | None = None) -> Any:
        data = json.dumps(body).encode() if body is not None else None
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self._url + action, data, headers)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)


class Plant:
    """All parts of a running product, and the means to hurt each."""

    def __init__(
        self, folder: Path, database: Database, settings: dict[str, str], parts: ExitStack
    ) -> None:
        self._parts = parts
        self._extra: list[Child] = []
        self.folder = folder
        self.database = database
        self.port, self.sandbox_port = servers.free_port(), servers.free_port()
        self.media = media_server.planned(folder / "media-server")
        self.redis = RedisServer(folder / "redis")
        self.redis_wire = Proxy(self.redis.port, servers.free_port())
        self.telegram_wire = Proxy(self.sandbox_port, servers.free_port())
        self.sandbox = Sandbox(self.sandbox_port)
        self.points = Points(folder / "points")
        self.environment = self._environment() | settings
        self.web = self.site()
        self.workers = self.machine()
        self._sandbox = self._child(
            "sandbox",
            [
                "-m",
                SANDBOX,
                "--port",
                str(self.sandbox_port),
                "--token",
                BOT_TOKEN,
                "--no-limits",
                "--state",
                str(folder / "sandbox.json"),
            ],
            EFIR_ENV="development",
        )

    def start(self) -> None:
        (self.folder / "points").mkdir()
        self.redis.start()
        self._parts.callback(self.redis.kill)
        self._parts.enter_context(self.redis_wire)
        self._parts.enter_context(self.telegram_wire)
        self._started(self._sandbox)
        self.flask("db", "upgrade")
        self.database.open()
        for child in (self.web, self.workers):
            self._started(child)
        self._until(self.sandbox.ready, self._sandbox)
        self.limit(PER_SECOND)
        self._until(self.web_answers, self.web)
        self.wait_for_workers()

    def limit(self, per_second: int) -> None:
        """The Bot API refuses more than that a second, in all and to one chat."""
        group = 60 * per_second
        self.sandbox.tell(
            "limits",
            per_second=per_second,
            chat_per_second=per_second,
            chat_burst=per_second,
            group_per_minute=group,
        )

    def site(self, **environment: str) -> Child:
        """The site as in production; not started yet."""
        options = ["-c", str(ROOT / "deploy" / "gunicorn.conf.py")]
        options += ["--bind", f"{HOST}:{self.port}", f"{SITE}:app"]
        return self._child("web", ["-m", "gunicorn", *options], **environment)

    def machine(self, *part: str, **environment: str) -> Child:
        """A worker machine, or one part of another one; not started yet."""
        name = "-".join(("workers", *part))
        return self._child(name, ["-m", MACHINE, *part], **environment)

    def start_extra(self, child: Child) -> None:
        """Beside the product, until `stop_extra`."""
        self._extra.append(child)
        self._started(child)

    def stop_extra(self) -> None:
        while self._extra:
            stop(self._extra.pop())

    def restore(self) -> None:
        """Start again what a fault has stopped."""
        for child in (self.web, self.workers):
            if not child.running:
                child.start()
        self._until(self.web_answers, self.web)

    def flask(self, *command: str) -> str:
        child = self._child("flask", ["-m", "flask", "--app", SITE, *command])
        child.start()
        try:
            self._until(lambda: child.code == 0, child)
            return child.output()
        finally:
            child.kill()

    def pids(self, part: str) -> list[int]:
        """The processes of the machine that run this part of it: `queue sends`, `ticker`…"""
        wanted = f"{MACHINE}\0{part.replace(' ', chr(0))}\0".encode()
        return [pid for pid in _children(self.workers.pid) if wanted in _command_line(pid)]

    def web_pids(self) -> list[int]:
        return _children(self.web.pid)

    def signal(self, part: str, number: signal.Signals) -> int:
        """Send a signal to a part; how many processes got it."""
        pids = self.pids(part)
        for pid in pids:
            os.kill(pid, number)
        return len(pids)

    def web_answers(self) -> bool:
        try:
            with Visitor(self.port) as visitor:
                visitor.get("/healthz")
            return True
        except (OSError, Exception):
            return False

    def wait_for_workers(self) -> None:
        """Until every part of the machine has come up, the ticker by its beat since now."""
        parts = [name.removeprefix("workers-") for name in ("ticker", "queue facts", "queue sends")]
        servers.wait_until(lambda: all(self.pids(part) for part in parts), START_SECONDS)
        before = self.database.last_beat()
        servers.wait_until(lambda: self.database.last_beat() != before, START_SECONDS)

    def written(self) -> str:
        """The end of what the parts wrote, for whoever looks for a reason."""
        ends = []
        for log in sorted(self.folder.glob("*.log")):
            ends.append(f"--- {log.name}\n{log.read_text('utf-8', 'replace')[-2500:]}")
        return "\n".join(ends)

    def _started(self, child: Child) -> None:
        child.start()
        self._parts.callback(stop, child)

    def _until(self, ready: Any, child: Child) -> None:
        def ready_or_ended() -> bool:
            return ready() or not child.running

        servers.wait_until(ready_or_ended, START_SECONDS)
        if not ready():
            raise NotStarted(f"{child.name}: {child.code}\n{child.output()[-3000:]}")

    def _child(self, name: str, arguments: list[str], **environment: str) -> Child:
        return Child(
            name,
            [sys.executable, *arguments],
            env=self.environment | environment,
            cwd=self.folder,
            log=self.folder / f"{name.replace(' ', '-')}.log",
        )

    def _environment(self) -> dict[str, str]:
        """Production's, and nothing of what the person who runs this has set for themselves."""
        kept = {name: os.environ[name] for name in KEPT_FROM_OUTSIDE if name in os.environ}
        return (
            kept
            | SCALED
            | {
                "PYTHONPATH": str(ROOT),
                "PYTHONUNBUFFERED": "1",
                FOLDER: str(self.folder / "points"),
                "EFIR_ENV": "production",
                "EFIR_DATA_DIR": str(self.folder),
                "DATABASE_URL": self.database.address,
                "SECRET_KEY": secrets.token_urlsafe(48),
                "REDIS_URL": f"redis://{HOST}:{self.redis_wire.port}/0",
                "PUBLIC_URL": f"http://{HOST}:{self.port}",
                "MEDIA_SERVER_URL": self.media.url,
                "MEDIA_RECORDINGS_DIR": str(self.media.recordings),
                "QUIET_HOURS": "off",
                "RATELIMIT_ENABLED": "1",
                "TRUSTED_PROXIES": "1",
                "TELEGRAM_API_URL": f"http://{HOST}:{self.telegram_wire.port}",
                "TELEGRAM_BOT_TOKEN": BOT_TOKEN,
                "TELEGRAM_BOT_USERNAME": "efir_faults_bot",
                "TELEGRAM_CHAT_ID": str(TEAM_CHAT),
                "TELEGRAM_WEBHOOK_SECRET": SECRET,
                "TELEGRAM_MESSAGES_PER_SECOND": str(PER_SECOND),
                "TELEGRAM_CHAT_MESSAGES_PER_SECOND": str(PER_SECOND),
                "TELEGRAM_GROUP_MESSAGES_PER_MINUTE": str(60 * PER_SECOND),
            }
        )


@contextmanager
def running(kind: str, *, folder: Path | None = None, **settings: str) -> Iterator[Plant]:
    """The product over a fresh database of that kind, in a folder of its own or in the one given."""
    with ExitStack() as parts:
        own = tempfile.TemporaryDirectory(
            prefix="efir-faults-", dir=folder, ignore_cleanup_errors=True
        )
        place = Path(parts.enter_context(own))
        place.chmod(0o755)
        database = parts.enter_context(Database(kind, place))
        plant = Plant(place, database, settings, parts)
        parts.callback(plant.stop_extra)
        plant.start()
        yield plant


def stop(child: Child) -> float:
    """Ask it to end, and make it where it does not; the seconds that it took."""
    child.terminate()
    with suppress(TimeoutError):
        servers.wait_until(lambda: not child.running, STOP_SECONDS)
    took = child.age
    child.kill()
    return took


def _children(parent: int | None) -> list[int]:
    try:
        listed = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    except OSError:
        return []
    return [int(pid) for pid in listed.split()]


def _command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
