"""One sandbox: a bot, its chats, its updates, and the weather around them."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field

from workers.telegram.sandbox.chats import Bot, Chats
from workers.telegram.sandbox.faults import Faults
from workers.telegram.sandbox.flood import Flood, Limits
from workers.telegram.sandbox.updates import Updates
from workers.telegram.sandbox.webhook import Courier

DEMO_TOKEN = "1000:demo"  # noqa: S105  known to everybody, opens nothing
DEMO_USERNAME = "efir_demo_bot"
TEAM_CHAT = (-1000, "Команда «Эфир»")


@dataclass(slots=True)
class Sandbox:
    """All that a sandbox knows. It is touched by one thread alone, that of its loop.

    `latency_ms` delays each answer after the work is done; `calls` counts methods asked for;
    `outage` is for how many seconds connections are to be refused from now on.
    """

    bot: Bot
    tokens: set[str]
    chats: Chats
    flood: Flood
    faults: Faults
    updates: Updates
    courier: Courier
    latency_ms: int = 0
    outage: float = 0.0
    calls: Counter[str] = field(default_factory=Counter)
    callbacks: set[str] = field(default_factory=set)
    menus: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    started_at: float = field(default_factory=time.time)

    def reset(self) -> None:
        """Forget messages, faults, waiting updates, counts; chats, tokens and the webhook stay."""
        self.chats.clear_messages()
        self.faults.active.clear()
        self.faults.taken.clear()
        self.updates.pending.clear()
        self.calls.clear()
        self.callbacks.clear()
        self.flood = Flood(self.flood.limits)
        self.latency_ms = 0


def new_sandbox(
    tokens: tuple[str, ...] = (DEMO_TOKEN,),
    username: str = DEMO_USERNAME,
    groups: tuple[tuple[int, str], ...] = (TEAM_CHAT,),
    limits: Limits | None = None,
    webhook_pause: float = 2.0,
) -> Sandbox:
    """A fresh sandbox whose bot has the id that its first token begins with."""
    bot = Bot(int(tokens[0].partition(":")[0]), username)
    chats = Chats(bot)
    for chat_id, title in groups:
        chats.add(chat_id, title, started=True)
    updates = Updates()
    courier = Courier(updates, webhook_pause)
    return Sandbox(bot, set(tokens), chats, Flood(limits), Faults(), updates, courier)
