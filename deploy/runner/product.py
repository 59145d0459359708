"""The product's processes on this machine: started in order, kept running, stopped in order."""

import http.client
from pathlib import Path

from deploy.runner import embedded_redis
from deploy.runner.console import Refusal, both, say
from deploy.runner.embedded_redis import EmbeddedRedis
from deploy.runner.given import ROOT, given, is_on
from deploy.runner.preflight import HOST, free_port
from deploy.runner.surroundings import demo_telegram_wanted, demo_token, surroundings
from deploy.runner.virtualenv import PYTHON
from deploy.runner.waiting import reason, run_to_end, wait_until
from workers.child_process import Child
from workers.stop_signal import StopSignal
from workers.supervisor import ask_to_end, drain, keep_running

READY_SECONDS = 120.0
# With the half second of haste for each, less than ten in all.
PATIENCE_SECONDS = {"web": 2.5, "workers": 4.5, "sandbox": 0.2, "redis": 0.5}
HASTE_SECONDS = 0.5
LOG_BYTES_KEPT = 5_000_000


class Product:
    """Web, workers, and where they are wanted a Redis and a stand-in for Telegram."""

    def __init__(self, port: int, data: Path, stop: StopSignal) -> None:
        self._stop = stop
        self._logs = data / "log"
        self.port = port
        self.address = f"http://{HOST}:{port}"
        self.redis = self._embedded_redis()
        self.sandbox_port = free_port() if demo_telegram_wanted() else None
        self.environment = surroundings(
            port=port,
            data=data,
            redis_url=self.redis.url if self.redis else given("REDIS_URL"),
            sandbox_url=self.sandbox_address,
        )
        self.helpers = [self.redis.child] if self.redis else []
        if self.sandbox_port:
            self.helpers.append(self._sandbox(self.sandbox_port))
        self.site = [self._web(), self._child("workers", "workers")]

    @property
    def sandbox_address(self) -> str:
        return f"http://{HOST}:{self.sandbox_port}" if self.sandbox_port else ""

    def start_helpers(self) -> None:
        """Redis and the sandbox, which the other processes look for."""
        for child in self.helpers:
            child.start()
        if self.redis:
            wait_until(self.redis.answers, self.helpers, self._stop, READY_SECONDS)

    def start_site(self) -> None:
        """Web and workers; returns when the site answers."""
        for child in self.site:
            child.start()
        wait_until(self._is_healthy, self.site + self.helpers, self._stop, READY_SECONDS)

    def keep_running(self) -> None:
        """Until a stop is asked for; what ends meanwhile is started again."""
        keep_running(self.helpers + self.site, self._stop, tell=_tell_end)

    def stop(self) -> None:
        """In order; the second request makes workers kill their parts before we kill them."""
        for child in (*self.site, *reversed(self.helpers)):
            ask_to_end([child], self._stop, PATIENCE_SECONDS[child.name])
            drain([child], self._stop, HASTE_SECONDS)
        if self.redis:
            self.redis.forget()

    def flask(self, *command: str) -> str:
        """What a command of the product wrote; refuses where it fails."""
        argv = [str(PYTHON), "-m", "flask", "--app", "wsgi", *command]
        log = self._log("setup", kept=True)
        child = Child("flask " + " ".join(command), argv, env=self.environment, cwd=ROOT, log=log)
        try:
            return run_to_end(child, self._stop)
        except Refusal as refusal:
            named = f"{reason(refusal.details)} ({child.name})"
            raise Refusal(f"{named}; журнал: {log}", "that is what the command said") from None

    def _is_healthy(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _embedded_redis(self) -> EmbeddedRedis | None:
        if given("REDIS_URL"):
            return None
        return EmbeddedRedis(embedded_redis.prepare(self._stop), self._log("redis"))

    def _web(self) -> Child:
        options = ("--bind", f"{HOST}:{self.port}", "--graceful-timeout", "2")
        return self._child("web", "gunicorn", "-c", "deploy/gunicorn.conf.py", *options, "wsgi:app")

    def _sandbox(self, port: int) -> Child:
        options = ("--port", str(port), "--token", demo_token())
        return self._child("sandbox", "workers.telegram.sandbox", *options)

    def _child(self, name: str, module: str, *options: str) -> Child:
        argv = [str(PYTHON), "-m", module, *options]
        return Child(name, argv, env=self.environment, cwd=ROOT, log=self._log(name))

    def _log(self, name: str, *, kept: bool = False) -> Path | None:
        """The log file of a process; none, so the terminal, with LOG=1."""
        if is_on("LOG", default=False) and not kept:
            return None
        file = self._logs / f"{name}.log"
        if file.exists() and file.stat().st_size > LOG_BYTES_KEPT:
            file.replace(file.with_suffix(".log.1"))
        return file


def _tell_end(child: Child, delay: float) -> None:
    log = child.log or ROOT
    say(
        both(
            f"«{child.name}» завершился с кодом {child.code}, запускаю снова; журнал: {log}",
            f"“{child.name}” ended with code {child.code}, starting it again",
        )
    )
