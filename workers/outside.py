"""Addresses that people gave us, fetched from our side without being led inside.

Only https, and only to hosts of the open network (or of networks that the operator has named): a host
is resolved here, and the connection goes to the number that was looked at, so that no second answer
of the name can lead elsewhere. Each redirect is looked at anew. A fetch is short in time and in bytes.
"""

import asyncio
import ssl
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Literal

import httpx

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Reason = Literal[
    "insecure",
    "inside",
    "name",
    "connect",
    "certificate",
    "timeout",
    "status",
    "redirects",
    "broken",
]
SECONDS = 8.0
BYTES = 256_000
REDIRECTS = 3
TRIED = 2
LEADS_ELSEWHERE = (ip_network("64:ff9b::/96"), ip_network("2002::/16"), ip_network("2001::/32"))
"""Addresses of IPv6 that carry one of IPv4 within."""


class Unreachable(Exception):
    """`status`: the server's answer, where it gave one."""

    def __init__(self, reason: Reason, status: int = 0) -> None:
        super().__init__(reason)
        self.reason, self.status = reason, status


@dataclass(frozen=True, slots=True)
class Fetched:
    """`address`: where it was found at last; `open`: a script of the site may read it (CORS)."""

    address: str
    body: bytes
    open: bool


class Outside:
    """Fetches for one site's origin. Made for one run of the event loop."""

    def __init__(self, origin: str, networks: Sequence[Network] = ()) -> None:
        self._origin, self._networks = origin, networks
        self._client = httpx.AsyncClient(
            verify=httpx.create_ssl_context(), trust_env=False, timeout=SECONDS
        )

    async def __aenter__(self) -> "Outside":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def fetch(self, address: str, *, most: int = BYTES) -> Fetched:
        """At most so many bytes of it; Unreachable says why there are none."""
        try:
            async with asyncio.timeout(SECONDS):
                return await self._follow(address, most)
        except TimeoutError:
            raise Unreachable("timeout") from None
        except (httpx.HTTPError, httpx.InvalidURL, zlib.error, ValueError, OSError) as error:
            raise _unreachable(error) from None

    async def _follow(self, address: str, most: int) -> Fetched:
        origin, readable = self._origin, True
        for _ in range(REDIRECTS + 1):
            url = httpx.URL(address)
            if url.scheme != "https" or not url.host:
                raise Unreachable("insecure" if url.scheme == "http" else "broken")
            answer = await self._ask(url, origin, most)
            readable = readable and answer.open
            if answer.next is None:
                return Fetched(address, answer.body, readable)
            address = str(url.join(answer.next))
            if _origin_of(httpx.URL(address)) != _origin_of(url) != self._origin:
                origin = "null"  # as a browser says it after such a turn
        raise Unreachable("redirects")

    async def _ask(self, url: httpx.URL, origin: str, most: int) -> "_Answer":
        failed: httpx.ConnectError | None = None
        for number in await self._numbers(url):
            try:
                return await self._ask_at(number, url, origin, most)
            except httpx.ConnectError as error:
                failed = error
        raise failed or Unreachable("name")

    async def _numbers(self, url: httpx.URL) -> list[Address]:
        """Where the name leads, the old numbers first; none of them inside."""
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(url.raw_host.decode(), url.port or 443)
        except OSError:
            raise Unreachable("name") from None
        numbers = sorted({ip_address(each[4][0]) for each in found}, key=_old_first)
        allowed = [number for number in numbers if may_reach(number, self._networks)]
        if not allowed:
            raise Unreachable("inside")
        return allowed[:TRIED]

    async def _ask_at(self, number: Address, url: httpx.URL, origin: str, most: int) -> "_Answer":
        """The certificate is asked of the name, whatever number it has."""
        name = url.raw_host.decode()
        request = self._client.build_request(
            "GET",
            url.copy_with(host=str(number)),
            headers={
                "Host": url.netloc.decode(),
                "Origin": origin,
                "Accept-Encoding": "identity",
                "User-Agent": "Efir stream check",
            },
            extensions={"sni_hostname": name, "timeout": httpx.Timeout(SECONDS).as_dict()},
        )
        response = await self._client.send(request, stream=True)
        try:
            readable = origin == _origin_of(url) or _reads(response, origin)
            if response.is_redirect:
                return _Answer(b"", readable, response.headers["Location"])
            if response.status_code not in (200, 206):
                raise Unreachable("status", response.status_code)
            return _Answer(await _body(response, most), readable, None)
        finally:
            await response.aclose()


@dataclass(frozen=True, slots=True)
class _Answer:
    body: bytes
    open: bool
    next: str | None


def may_reach(number: Address, networks: Sequence[Network] = ()) -> bool:
    """Whether it is of the open network, or of one that the operator named."""
    within = getattr(number, "ipv4_mapped", None)
    if within is not None:
        return may_reach(within, networks)
    if any(number in network for network in networks):
        return True
    carried = any(number in network for network in LEADS_ELSEWHERE)
    return number.is_global and not number.is_multicast and not carried


def _old_first(number: Address) -> tuple[int, str]:
    return number.version, str(number)


def _origin_of(url: httpx.URL) -> str:
    return f"{url.scheme}://{url.netloc.decode()}"


def _reads(response: httpx.Response, origin: str) -> bool:
    return response.headers.get("Access-Control-Allow-Origin", "") in ("*", origin)


async def _body(response: httpx.Response, most: int) -> bytes:
    body = b""
    async for piece in response.aiter_raw():
        body += piece
        if len(body) >= most:
            break
    if response.headers.get("Content-Encoding", "identity") in ("gzip", "deflate"):
        return zlib.decompressobj(47).decompress(body[:most], most)
    return body[:most]


def _unreachable(error: Exception) -> Unreachable:
    if isinstance(error, httpx.TimeoutException):
        return Unreachable("timeout")
    if isinstance(error, httpx.ConnectError):
        return Unreachable("certificate" if _is_of_tls(error) else "connect")
    return Unreachable("broken")


def _is_of_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
