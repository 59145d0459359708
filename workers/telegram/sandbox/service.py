"""The sandbox at work: its addresses, its courier, its memory."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping
from pathlib import Path

from workers.telegram.sandbox import memory
from workers.telegram.sandbox.bot_api import answer_call
from workers.telegram.sandbox.control import answer_control
from workers.telegram.sandbox.phone.pages import answer_phone
from workers.telegram.sandbox.state import Sandbox
from workers.telegram.sandbox.wire import Answer, Listener, Request, Response

SAVE_EVERY = 1.0
SAVING_SHARE = 0.01
"""The part of its time that a sandbox may spend on being saved."""
DOOR_EVERY = 0.25


class ProductionRefused(RuntimeError):
    """A stand-in for Telegram must never stand where messages are meant to arrive."""


def refuse_production(environ: Mapping[str, str]) -> None:
    """Raise where EFIR_ENV says that this is production."""
    if environ.get("EFIR_ENV", "").strip().lower() == "production":
        raise ProductionRefused(
            "песочница Bot API не запускается при EFIR_ENV=production"
            " / the sandbox Bot API does not start with EFIR_ENV=production"
        )


class Service:
    """Serves `sandbox` on a loopback port until it is stopped.

    With `state_path` chats and messages are kept there, and read again at the next start.
    """

    def __init__(self, sandbox: Sandbox, port: int = 0, state_path: Path | None = None) -> None:
        self.sandbox = sandbox
        self.listener = Listener(self._answer, port)
        self._state_path = state_path
        self._saved = -1
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Read what is remembered and listen; OSError where the port is taken."""
        if self._state_path:
            memory.load(self.sandbox, self._state_path)
        await self.listener.open()
        self._tasks = [
            asyncio.create_task(self.sandbox.courier.run()),
            asyncio.create_task(self._keep_the_door()),
        ]
        if self._state_path:
            self._tasks.append(asyncio.create_task(self._keep_saving()))

    async def stop(self) -> None:
        """Cut everybody off and remember."""
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await self.listener.shut()
        self._save()

    async def _answer(self, request: Request) -> Answer:
        if request.path.startswith("/bot"):
            return await answer_call(self.sandbox, request)
        if _is_foreign(request):
            return Response(403, b"foreign origin", "text/plain")
        if request.path.startswith("/sandbox"):
            return answer_control(self.sandbox, request)
        return answer_phone(self.sandbox, request)

    async def _keep_the_door(self) -> None:
        """An outage on demand: connections are refused, as where nobody listens. Whoever asked
        for it gets an answer first."""
        while True:
            await asyncio.sleep(DOOR_EVERY)
            if self.sandbox.outage > 0:
                seconds, self.sandbox.outage = self.sandbox.outage, 0.0
                await self.listener.shut()
                await asyncio.sleep(seconds)
                await self.listener.open()

    async def _keep_saving(self) -> None:
        """Nobody is answered meanwhile: a large memory is saved less often."""
        took = 0.0
        while True:
            await asyncio.sleep(max(SAVE_EVERY, took / SAVING_SHARE))
            began = time.monotonic()
            self._save()
            took = time.monotonic() - began

    def _save(self) -> None:
        if self._state_path and self._saved != self.sandbox.chats.version:
            memory.save(self.sandbox, self._state_path)
            self._saved = self.sandbox.chats.version


def _is_foreign(request: Request) -> bool:
    """True for a form that another site's page posts here with a person's browser."""
    site = request.headers.get("sec-fetch-site", "none")
    return request.method == "POST" and site not in ("none", "same-origin")
