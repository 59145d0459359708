"""A sandbox in a thread, for tests and benchmarks."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Self, TypeVar

from workers.telegram.sandbox import people
from workers.telegram.sandbox.chats import Chat, Message
from workers.telegram.sandbox.faults import Fault, Mode
from workers.telegram.sandbox.flood import Flood, Limits
from workers.telegram.sandbox.service import Service, refuse_production
from workers.telegram.sandbox.state import (
    DEMO_TOKEN,
    DEMO_USERNAME,
    TEAM_CHAT,
    Sandbox,
    new_sandbox,
)

T = TypeVar("T")


class SandboxServer:
    """A sandbox Bot API on a free loopback port.

        with SandboxServer() as telegram:
            telegram.press_start(42, "payload")
            ...  # send to telegram.url with telegram.token
            assert [each.text for each in telegram.messages] == ["…"]

    The team's group -1000 is known from the start. Flood control is off unless `limits` are given.
    Every method may be called from any thread.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        tokens: tuple[str, ...] = (DEMO_TOKEN,),
        username: str = DEMO_USERNAME,
        groups: tuple[tuple[int, str], ...] = (TEAM_CHAT,),
        limits: Limits | None = None,
        webhook_pause: float = 0.1,
    ) -> None:
        refuse_production(os.environ)
        self.token = tokens[0]
        self._sandbox = new_sandbox(tokens, username, groups, limits, webhook_pause)
        self._service = Service(self._sandbox, port)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="telegram-sandbox", daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        self._await(self._service.start())
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._await(self._service.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def port(self) -> int:
        """The port, also while the server is offline."""
        return self._service.listener.port

    @property
    def url(self) -> str:
        """What TELEGRAM_API_URL is to be."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def messages(self) -> list[Message]:
        """What the bot sent and Telegram kept, oldest first."""
        return self._do(lambda sandbox: sandbox.chats.from_bot())

    @property
    def texts(self) -> Counter[str]:
        """How often each text was kept."""
        return self._do(lambda sandbox: Counter(sandbox.chats.texts))

    @property
    def calls(self) -> Counter[str]:
        """How often each method was asked for, refused or not."""
        return self._do(lambda sandbox: Counter(sandbox.calls))

    def menu(self, language: str = "") -> dict[str, str]:
        """The bot's commands and their descriptions, as people of that language see them."""
        rows = self._do(lambda sandbox: sandbox.menus.get(language) or sandbox.menus.get("", []))
        return {row["command"]: row["description"] for row in rows}

    @property
    def connections(self) -> int:
        """How many connections are open now."""
        return self._do(lambda sandbox: len(self._service.listener.connections))

    @property
    def chats(self) -> dict[int, Chat]:
        """All chats by id."""
        return self._do(lambda sandbox: dict(sandbox.chats.chats))

    def wait_for(self, count: int, timeout: float = 5.0) -> list[Message]:
        """The messages, as soon as there are `count`; TimeoutError if there never are."""
        deadline = time.monotonic() + timeout
        while len(messages := self.messages) < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(messages)} of {count} messages came in {timeout} s")
            time.sleep(0.02)
        return messages

    def fail(self, mode: Mode, times: int | None = None, **options: Any) -> None:
        """Do `mode` to the next calls: see Fault for the modes and `options`."""
        fault = Fault(mode, times, **options)
        self._do(lambda sandbox: sandbox.faults.active.append(fault))

    def clear(self) -> None:
        """End all faults."""
        self._do(lambda sandbox: sandbox.faults.active.clear())

    def reset(self) -> None:
        """Forget messages, faults, updates and counts; chats stay."""
        self._do(Sandbox.reset)

    def set_latency(self, milliseconds: int) -> None:
        """Each answer of the Bot API comes so much later."""
        self._do(lambda sandbox: setattr(sandbox, "latency_ms", milliseconds))

    def set_limits(self, limits: Limits | None) -> None:
        """Flood control by `limits`, counted anew, or none."""
        self._do(lambda sandbox: setattr(sandbox, "flood", Flood(limits)))

    def add_chat(self, chat_id: int, name: str = "", **state: Any) -> None:
        """A chat that Telegram knows; a private one has not pressed Start unless `started=True`.

        `state`: started, blocked, deactivated, migrated_to.
        """

        def add(sandbox: Sandbox) -> None:
            chat = sandbox.chats.add(chat_id, name or f"Чат {chat_id}", started=chat_id < 0)
            for field, value in state.items():
                setattr(chat, field, value)

        self._do(add)

    def revoke(self, token: str) -> None:
        """From now on 401 for `token`."""
        self._do(lambda sandbox: sandbox.tokens.discard(token))

    def press_start(self, user_id: int, payload: str = "", name: str = "") -> Message:
        """A person opens the bot by its deep link and presses Start."""
        return self._do(lambda sandbox: people.press_start(sandbox, user_id, payload, name))

    def send_text(self, user_id: int, text: str, chat_id: int | None = None) -> Message:
        """A person writes to the bot, or in the group `chat_id`."""
        return self._do(lambda sandbox: people.send_text(sandbox, user_id, text, chat_id))

    def block(self, chat_id: int) -> None:
        """A person blocks the bot, or a group puts it out."""
        self._do(lambda sandbox: people.block(sandbox, chat_id))

    def unblock(self, chat_id: int) -> None:
        """The bot may write again."""
        self._do(lambda sandbox: people.unblock(sandbox, chat_id))

    def press_button(
        self, chat_id: int, message_id: int, data: str | None = None, user_id: int = 0
    ) -> str:
        """A person presses a button; returns the id of the callback query."""
        return self._do(
            lambda sandbox: people.press_button(sandbox, chat_id, message_id, data, user_id)
        )

    def go_offline(self) -> None:
        """Refuse connections, as a host does where nobody listens."""
        self._await(self._service.listener.shut())

    def go_online(self) -> None:
        """Listen again on the same port."""
        self._await(self._service.listener.open())

    def _do(self, action: Callable[[Sandbox], T]) -> T:
        async def act() -> T:
            return action(self._sandbox)

        return self._await(act())

    def _await(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=10)
