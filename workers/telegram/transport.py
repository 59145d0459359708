"""Calls to the Bot API from synchronous workers.

One event loop and one bot a process, made when first needed and after a fork once more: a bot
shared between loops loses every second answer, and a bot a message costs fifty milliseconds.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import os
import threading
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.request import HTTPXRequest

from app.settings import Settings
from workers.telegram.errors import CallFailed, classify
from workers.telegram.outcome import Outcome

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")

Button = Mapping[str, str]
Buttons = Sequence[Sequence[Button]]
T = TypeVar("T")

# Below these levels the libraries write addresses, and so the token, or whole answers, and so what
# people were told; an outcome says what there is to say.
for _name, _level in (
    ("httpx", logging.WARNING),
    ("httpcore", logging.WARNING),
    ("telegram", logging.INFO),
    ("telegram.request.BaseRequest", logging.CRITICAL),
):
    logging.getLogger(_name).setLevel(_level)


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to wait for each step, and `ceiling` for all of one call: a lease must be longer.

    A short `read` makes false unknowns: the message is out and its answer was not waited for.
    """

    connect: float = 5.0
    pool: float = 5.0
    write: float = 5.0
    read: float = 20.0
    ceiling: float = 25.0

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """As configured."""
        ceiling = settings.telegram_ceiling_seconds
        return cls(read=settings.telegram_answer_seconds, ceiling=ceiling)


@dataclass(frozen=True, slots=True)
class Request:
    """A message to send. `buttons` are rows of `{"text", "url"}` or `{"text", "data"}`."""

    chat_id: int
    text: str
    buttons: Buttons = ()
    parse_mode: str | None = "HTML"


class _RawBot(Bot):
    """A bot that can also hand over results as Telegram wrote them, before they are parsed."""

    async def raw(self, method: str, arguments: dict[str, Any], read_timeout: float) -> Any:
        """The `result` of `method`; `do_api_request` warns for every method the library knows."""
        return await self._post(method, arguments, read_timeout=read_timeout)


@dataclass(slots=True)
class _Line:
    """What belongs to one process: a loop, and the connections that live on it."""

    pid: int
    loop: asyncio.AbstractEventLoop
    bot: _RawBot
    pools: tuple[HTTPXRequest, HTTPXRequest]


class TelegramTransport:
    """A bot that synchronous code can use.

    `send` never raises for what Telegram or the network does: it returns an outcome.
    The other calls return Telegram's result, or raise `CallFailed`. Threads may share a transport,
    but then wait for each other; a long poller wants one of its own. After a fork a new line is
    opened by itself.
    """

    def __init__(
        self,
        token: str,
        api_url: str = "https://api.telegram.org",
        *,
        concurrency: int = 4,
        timeouts: Timeouts | None = None,
    ) -> None:
        if not token:
            raise ValueError("a transport needs the token of a bot")
        self._token = token
        self._api_url = api_url.rstrip("/")
        self._concurrency = concurrency
        self._timeouts = timeouts or Timeouts()
        self._line: _Line | None = None
        self._forsaken: list[_Line] = []
        self._lock = threading.RLock()

    def send(
        self,
        chat_id: int,
        text: str,
        *,
        buttons: Buttons = (),
        parse_mode: str | None = "HTML",
    ) -> Outcome:
        """Send one message and say what became of it, within `Timeouts.ceiling` seconds."""
        return self._run(self.send_async(Request(chat_id, text, buttons, parse_mode)))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do this on the transport's loop; nobody else can use the transport meanwhile."""
        return self._run(work)

    async def send_async(self, request: Request) -> Outcome:
        """As `send`, for code that already runs on this transport's loop."""
        try:
            request.text.encode()
            markup = _keyboard(request.buttons)
        except (KeyError, TypeError, ValueError) as exc:
            return Outcome("refused", "malformed_request", f"{type(exc).__name__}: {exc}")
        try:
            async with asyncio.timeout(self._timeouts.ceiling):
                message = await self._open_line().bot.send_message(
                    request.chat_id,
                    request.text,
                    parse_mode=request.parse_mode,
                    reply_markup=markup,
                    # Telegram would fetch the first link of the text, and links here are personal.
                    link_preview_options=LinkPreviewOptions(is_disabled=True),
                )
        except Exception as exc:
            return classify(exc)
        return Outcome.sent(message.message_id)

    def get_me(self) -> dict[str, Any]:
        """The bot's own account."""
        me: dict[str, Any] = self._call("getMe")
        return me

    def get_updates(self, offset: int | None = None, timeout: int = 0) -> list[dict[str, Any]]:
        """Updates as Telegram wrote them, unparsed, so that one of a strange shape stops nobody.

        Waits up to `timeout` seconds for the first. Asking with `offset` forgets all before it.
        """
        updates: list[dict[str, Any]] = self._call(
            "getUpdates",
            {"offset": offset, "timeout": timeout, "allowed_updates": ALLOWED_UPDATES},
            wait=timeout,
        )
        return updates

    def set_webhook(self, url: str, secret: str) -> None:
        """Have updates posted to `url` with `secret` in X-Telegram-Bot-Api-Secret-Token."""
        self._call(
            "setWebhook",
            {"url": url, "secret_token": secret, "allowed_updates": ALLOWED_UPDATES},
        )

    def delete_webhook(self) -> None:
        """Go back to polling; updates that wait are kept."""
        self._call("deleteWebhook")

    def webhook_info(self) -> dict[str, Any]:
        """Telegram's WebhookInfo; an empty `url` means that none is set."""
        info: dict[str, Any] = self._call("getWebhookInfo")
        return info

    def answer_callback(self, callback_query_id: str, text: str = "") -> None:
        """Stop the clock on a pressed button, with a short notice where `text` is given."""
        self._call("answerCallbackQuery", {"callback_query_id": callback_query_id, "text": text})

    def leave_buttons(self, chat_id: int, message_id: int, rows: Sequence[Any]) -> None:
        """These of the buttons of a message that was sent earlier, as Telegram wrote them."""
        markup = {"inline_keyboard": rows}
        arguments = {"chat_id": chat_id, "message_id": message_id, "reply_markup": markup}
        self._call("editMessageReplyMarkup", arguments)

    def set_commands(self, commands: Mapping[str, str], language: str = "") -> None:
        """The bot's menu: command without the slash, and its description; for people whose
        Telegram speaks that language, or for all who have none of their own."""
        rows = [{"command": name, "description": text} for name, text in commands.items()]
        self._call("setMyCommands", {"commands": rows, "language_code": language})

    def close(self) -> None:
        """Close connections and the loop. The transport may be used again afterwards."""
        with self._lock:
            line, self._line = self._line, None
            if line is None or line.pid != os.getpid():
                return
            for pool in line.pools:
                line.loop.run_until_complete(pool.shutdown())
            line.loop.run_until_complete(line.loop.shutdown_asyncgens())
            line.loop.close()

    def _call(self, method: str, arguments: Mapping[str, Any] | None = None, wait: int = 0) -> Any:
        return self._run(self._ask(method, dict(arguments or {}), wait))

    async def _ask(self, method: str, arguments: dict[str, Any], wait: int) -> Any:
        try:
            async with asyncio.timeout(self._timeouts.ceiling + wait):
                patience = self._timeouts.read + wait
                return await self._open_line().bot.raw(method, arguments, patience)
        except Exception as exc:
            # `from None`: the chain below may carry the address, and the address the token.
            raise CallFailed(classify(exc)) from None

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        with self._lock:
            loop = self._open_line().loop
            task = loop.create_task(work)
            try:
                return loop.run_until_complete(task)
            finally:
                # A signal's exception (a job's time limit, Ctrl-C) leaves the task unfinished; it
                # must not go on, and perhaps send, under the next call.
                if not task.done():
                    task.cancel()
                    loop.run_until_complete(asyncio.wait([task]))

    def _open_line(self) -> _Line:
        if self._line is not None and self._line.pid != os.getpid():
            # Inherited by a fork. Closing it here, or letting it be collected, would unregister
            # the parent's descriptors, for both share one epoll.
            self._forsaken.append(self._line)
            self._line = None
        if self._line is None:
            self._line = self._new_line()
        return self._line

    def _new_line(self) -> _Line:
        pools = (self._pool(1), self._pool(self._concurrency))
        bot = _RawBot(
            self._token,
            base_url=f"{self._api_url}/bot",
            base_file_url=f"{self._api_url}/file/bot",
            get_updates_request=pools[0],
            request=pools[1],
        )
        return _Line(os.getpid(), asyncio.new_event_loop(), bot, pools)

    def _pool(self, size: int) -> HTTPXRequest:
        return HTTPXRequest(
            connection_pool_size=size,
            read_timeout=self._timeouts.read,
            write_timeout=self._timeouts.write,
            connect_timeout=self._timeouts.connect,
            pool_timeout=self._timeouts.pool,
            # No proxy of the environment stands between a process and its own machine.
            httpx_kwargs={"trust_env": not _is_loopback(self._api_url)},
        )


def _keyboard(buttons: Buttons) -> InlineKeyboardMarkup | None:
    if not buttons:
        return None
    return InlineKeyboardMarkup([[_button(button) for button in row] for row in buttons])


def _button(button: Button) -> InlineKeyboardButton:
    if "url" in button:
        return InlineKeyboardButton(button["text"], url=button["url"])
    return InlineKeyboardButton(button["text"], callback_data=button["data"])


def _is_loopback(api_url: str) -> bool:
    host = urlsplit(api_url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
