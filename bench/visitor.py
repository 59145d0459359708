"""Visitors of the site: one kept connection each, their own cookies; and crowds of them."""

import http.client
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.cookies import SimpleCookie
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import urlencode

HOST = "127.0.0.1"
TIMEOUT_SECONDS = 20
FORM = "application/x-www-form-urlencoded"
T = TypeVar("T")
S = TypeVar("S")


class UnexpectedAnswer(Exception):
    """The site answered otherwise than what is being measured."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`seconds`: from the request's first byte to the answer's last."""

    status: int
    body: str
    location: str
    seconds: float


class Visitor:
    """A browser as far as the server can tell: keep-alive and cookies, no scripts."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection(HOST, port, timeout=TIMEOUT_SECONDS)
        self._cookies: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()

    def get(self, path: str, *expected: int) -> Answer:
        return self._ask("GET", path, None, expected or (200,))

    def post(self, path: str, fields: dict[str, str], *expected: int) -> Answer:
        return self._ask("POST", path, urlencode(fields).encode(), expected or (200, 303))

    def _ask(self, method: str, path: str, body: bytes | None, expected: tuple[int, ...]) -> Answer:
        began = time.perf_counter()
        self._connection.request(method, path, body, self._headers(body))
        response = self._connection.getresponse()
        text = response.read().decode("utf-8", "replace")
        seconds = time.perf_counter() - began
        for header in response.headers.get_all("Set-Cookie", []):
            self._cookies |= {name: each.value for name, each in SimpleCookie(header).items()}
        if response.status not in expected:
            raise UnexpectedAnswer(f"{method} {path}: {response.status} {text[:300]}")
        return Answer(response.status, text, response.headers.get("Location", ""), seconds)

    def _headers(self, body: bytes | None) -> dict[str, str]:
        headers = {"Content-Type": FORM} if body is not None else {}
        if self._cookies:
            headers["Cookie"] = self.cookie
        return headers

    def become(self, cookie: str) -> None:
        """Go on over the same connection as somebody who sends these cookies."""
        self._cookies = dict(pair.split("=", 1) for pair in cookie.split("; ") if pair)

    @property
    def cookie(self) -> str:
        """What the visitor sends as its cookies."""
        return "; ".join(f"{key}={value}" for key, value in self._cookies.items())


def at_once(task: Callable[[T], S], things: Iterable[T], concurrency: int) -> list[S]:
    """Do `task` to each thing, so many at a time; the first failure is raised."""
    with ThreadPoolExecutor(concurrency) as pool:
        return list(pool.map(task, things))
