"""HTTP/1.1 with keep-alive, as little of it as a Bot API needs.

Small on purpose: a server of our own can do what a polite one cannot, that is hang up before or
after it has done the work, and never answer at all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from http import HTTPStatus
from urllib.parse import parse_qsl, unquote, urlsplit

HEAD_LIMIT = 64 * 1024
BODY_LIMIT = 10 * 1024 * 1024


@dataclass(slots=True)
class Request:
    """One request, body and all. Header names are lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Response:
    """An answer; `Content-Length` and `Connection` are added when it is written."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()

    def head(self, keep_alive: bool) -> bytes:
        """The status line and the headers."""
        lines = [
            f"HTTP/1.1 {self.status} {_phrase(self.status)}",
            f"Content-Type: {self.content_type}",
            f"Content-Length: {len(self.body)}",
            f"Connection: {'keep-alive' if keep_alive else 'close'}",
            *(f"{name}: {value}" for name, value in self.headers),
        ]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


class Rude(Enum):
    """What a handler may return in place of an answer."""

    HANG_UP = "hang_up"
    SILENCE = "silence"


Answer = Response | Rude
Handler = Callable[[Request], Awaitable[Answer]]


class Malformed(Exception):
    """A request that cannot be read; `status` is what its sender is told."""

    def __init__(self, status: int) -> None:
        super().__init__(_phrase(status))
        self.status = status


@dataclass(slots=True)
class Listener:
    """Accepts connections on a loopback port and lets `handler` answer them."""

    handler: Handler
    port: int = 0
    connections: set[asyncio.Task[None]] = field(default_factory=set)
    _server: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen; `port` 0 takes a free one and keeps it for the next time."""
        self._server = await asyncio.start_server(
            self._accept, "127.0.0.1", self.port, limit=HEAD_LIMIT, backlog=512
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def shut(self) -> None:
        """Refuse new connections and cut the present ones off."""
        if self._server is None:
            return
        self._server.close()
        self._server = None
        connections = list(self.connections)
        for connection in connections:
            connection.cancel()
        await asyncio.gather(*connections, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.connections.add(task)
        try:
            await _converse(reader, writer, self.handler)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self.connections.discard(task)
            writer.transport.abort()


async def _converse(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, handler: Handler
) -> None:
    while True:
        try:
            request = await _read(reader, writer)
        except Malformed as refused:
            await _write(writer, Response(refused.status, content_type="text/plain"), False)
            return
        if request is None:
            return
        answer = await handler(request)
        if isinstance(answer, Rude):
            if answer is Rude.SILENCE:
                await reader.read()
            return
        keep_alive = request.headers.get("connection", "").lower() != "close"
        await _write(writer, answer, keep_alive)
        if not keep_alive:
            return


async def _write(writer: asyncio.StreamWriter, response: Response, keep_alive: bool) -> None:
    writer.write(response.head(keep_alive) + response.body)
    await writer.drain()
    if not keep_alive:
        writer.write_eof()


async def _read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Request | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    except asyncio.LimitOverrunError:
        raise Malformed(431) from None
    method, target, headers = _parse_head(head.decode("latin-1"))
    size = _body_size(headers)
    if size and headers.get("expect", "").lower() == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    body = await reader.readexactly(size) if size else b""
    address = urlsplit(target)
    query = dict(parse_qsl(address.query, keep_blank_values=True))
    return Request(method, unquote(address.path), query, headers, body)


def _parse_head(head: str) -> tuple[str, str, dict[str, str]]:
    first, *lines = head.split("\r\n")
    try:
        method, target, _version = first.split(" ")
    except ValueError:
        raise Malformed(400) from None
    return method, target, dict(_fields(lines))


def _fields(lines: Iterable[str]) -> Iterable[tuple[str, str]]:
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            yield name.strip().lower(), value.strip()


def _body_size(headers: dict[str, str]) -> int:
    if "transfer-encoding" in headers:
        raise Malformed(411)
    length = headers.get("content-length", "0")
    if not length.isascii() or not length.isdigit():
        raise Malformed(400)
    if int(length) > BODY_LIMIT:
        raise Malformed(413)
    return int(length)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
