"""Delivery of updates to the bot's own address."""

from __future__ import annotations

import asyncio
import json
import re
import time
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from workers.telegram.sandbox.refusal import bad_request
from workers.telegram.sandbox.updates import Update, Updates

SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
PATIENCE = 30.0
LONGEST_PAUSE = 60.0
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(slots=True)
class Webhook:
    """Where updates go; an empty `url` means that they wait for getUpdates."""

    url: str = ""
    secret: str = ""
    last_error_at: int = 0
    last_error: str = ""


def read_webhook(url: str, secret: str) -> Webhook:
    """The webhook asked for; refuses what Telegram refuses, save http to this very machine."""
    try:
        address = urlsplit(url)
        host = address.hostname or ""
    except ValueError:
        raise bad_request("bad webhook: invalid webhook URL specified") from None
    if address.scheme != "https" and not (address.scheme == "http" and host in _LOOPBACK):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if secret and not SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    return Webhook(url, secret)


@dataclass(slots=True)
class Courier:
    """Carries updates to the webhook until each is answered with 2xx.

    Like Telegram's it keeps the order within a chat and lets a chat whose update is refused wait by
    itself: at once again, then after `pause` seconds, doubling to a minute.
    """

    updates: Updates
    pause: float = 2.0
    webhook: Webhook = field(default_factory=Webhook)
    _again_at: dict[int, float] = field(default_factory=dict)
    _failures: dict[int, int] = field(default_factory=dict)

    async def run(self) -> None:
        """Deliver for ever; to be cancelled."""
        while True:
            self.updates.arrived.clear()
            update = self._next() if self.webhook.url else None
            if update is not None:
                await self._deliver(update)
                continue
            try:
                async with asyncio.timeout(self._until_next()):
                    await self.updates.arrived.wait()
            except TimeoutError:
                pass

    def change(self, webhook: Webhook) -> None:
        """Deliver to another address from now on, or to none."""
        self.webhook = webhook
        self._again_at.clear()
        self._failures.clear()
        self.updates.arrived.set()

    def _next(self) -> Update | None:
        now, waiting = time.monotonic(), set()
        for update in self.updates.pending:
            lane = _chat_id(update)
            if lane not in waiting and self._again_at.get(lane, 0.0) <= now:
                return update
            waiting.add(lane)
        return None

    def _until_next(self) -> float | None:
        lanes = map(_chat_id, self.updates.pending if self.webhook.url else ())
        first = min((self._again_at.get(lane, 0.0) for lane in lanes), default=None)
        return None if first is None else max(0.0, first - time.monotonic())

    async def _deliver(self, update: Update) -> None:
        webhook = self.webhook
        try:
            async with asyncio.timeout(PATIENCE):
                status = await _post(webhook, json.dumps(update).encode())
        except (OSError, TimeoutError, ValueError, asyncio.IncompleteReadError) as exc:
            self._fail(update, str(exc) or type(exc).__name__)
            return
        if 200 <= status < 300:
            self._done(update)
        else:
            self._fail(update, f"Wrong response from the webhook: {status}")

    def _done(self, update: Update) -> None:
        if update in self.updates.pending:
            self.updates.pending.remove(update)
        self._again_at.pop(_chat_id(update), None)
        self._failures.pop(_chat_id(update), None)

    def _fail(self, update: Update, reason: str) -> None:
        lane = _chat_id(update)
        failures = self._failures.get(lane, 0)
        pause = min(LONGEST_PAUSE, self.pause * 2 ** (failures - 1)) if failures else 0.0
        self._failures[lane] = failures + 1
        self._again_at[lane] = time.monotonic() + pause
        self.webhook.last_error_at = int(time.time())
        self.webhook.last_error = reason


def _chat_id(update: Update) -> int:
    body = next(value for key, value in update.items() if key != "update_id")
    message = body.get("message", body)
    return int(message["chat"]["id"])


async def _post(webhook: Webhook, body: bytes) -> int:
    address = urlsplit(webhook.url)
    secure = address.scheme == "https"
    reader, writer = await asyncio.open_connection(
        address.hostname, address.port or (443 if secure else 80), ssl=secure or None
    )
    try:
        writer.write(_head(address, webhook.secret, len(body)) + body)
        await writer.drain()
        status_line = await reader.readuntil(b"\r\n")
        return int(status_line.split(b" ")[1])
    except IndexError:
        raise ValueError("not an HTTP answer") from None
    finally:
        writer.close()


def _head(address: SplitResult, secret: str, length: int) -> bytes:
    target = (address.path or "/") + (f"?{address.query}" if address.query else "")
    lines = [
        f"POST {target} HTTP/1.1",
        f"Host: {address.netloc}",
        "Content-Type: application/json",
        f"Content-Length: {length}",
        "Connection: close",
    ]
    if secret:
        lines.append(f"X-Telegram-Bot-Api-Secret-Token: {secret}")
    return "\r\n".join([*lines, "", ""]).encode()
