"""Updates that wait for the bot, and the long poll that fetches them."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from workers.telegram.sandbox.refusal import Refusal, conflict

KINDS = ("message", "edited_message", "callback_query", "my_chat_member")
PAGE = 100

Update = dict[str, Any]


@dataclass(slots=True)
class Updates:
    """A queue by `update_id`. What was confirmed is forgotten.

    Ids begin at the present second, so that a sandbox that is started again never gives an id that
    a bot has seen: a bot takes a known id for a redelivery and drops it.
    """

    allowed: Collection[str] = KINDS
    pending: list[Update] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(int(time.time())))
    _poll: asyncio.Future[Refusal | None] | None = None

    def add(self, kind: str, body: dict[str, Any]) -> int | None:
        """Queue an update and return its id; None where the bot did not ask for such updates."""
        if kind not in self.allowed:
            return None
        update_id = next(self._ids)
        self.pending.append({"update_id": update_id, kind: body})
        self._wake()
        return update_id

    def confirm(self, offset: int) -> None:
        """Forget updates before `offset`; a negative one keeps that many of the last."""
        if offset < 0:
            self.pending = self.pending[offset:]
        elif offset:
            self.pending = [each for each in self.pending if each["update_id"] >= offset]

    async def poll(self, offset: int, limit: int, timeout: float) -> list[Update]:
        """Up to `limit` updates from `offset` on, after waiting `timeout` seconds for the first.

        A second poll ends the first one with a conflict, as it does at Telegram's.
        """
        self.interrupt(
            conflict(
                "terminated by other getUpdates request;"
                " make sure that only one bot instance is running"
            )
        )
        self.confirm(offset)
        if not self.pending and timeout > 0:
            await self._wait(timeout)
        return self.pending[:limit]

    def interrupt(self, refusal: Refusal) -> None:
        """End the poll that waits now, if one does, with `refusal`."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(refusal)

    async def _wait(self, timeout: float) -> None:
        poll = self._poll = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(timeout):
                refusal = await poll
        except TimeoutError:
            return
        if refusal is not None:
            raise refusal

    def _wake(self) -> None:
        self.arrived.set()
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)
