"""A stream from elsewhere, looked at as the room's player will: its list, its pieces, who may read it.

Two looks: a list that has grown between them is a broadcast that runs. What is found is kept in words
of this file; the studio says them to the speaker.
"""

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import m3u8
from flask import current_app

from app import clock, live
from app.live.checks import Check
from workers.outside import Outside, Unreachable

log = logging.getLogger(__name__)
LEAST_WAIT, LONGEST_WAIT = 3.0, 12.0
NO_VIDEO = 1
"""One byte of a piece tells that it is there."""


@dataclass(frozen=True, slots=True)
class Seen:
    """`newest`: by which two looks at a list are told apart; `open`: all of it may be read (CORS)."""

    newest: str
    ended: bool
    pieces: int
    wait: float
    open: bool


class Wrong(Exception):
    """Something is there, and no stream: `foreign` (no list of HLS), `empty` (a list of nothing) or
    `insecure` (it names addresses of http)."""


def look() -> int:
    """At each that is due; how many were looked at."""
    due = live.checks.take(clock.now())
    if due:
        for check, seen in zip(due, asyncio.run(_look_at_all(due)), strict=True):
            _write_down(check, seen)
    return len(due)


async def _look_at_all(checks: list[Check]) -> list[Seen | Exception]:
    settings = current_app.config["SETTINGS"]
    site = urlsplit(settings.site_address)
    origin = f"{site.scheme}://{site.netloc}"
    async with Outside(origin, settings.stream_check_networks) as outside:
        return await asyncio.gather(*(_look_at(outside, check.address) for check in checks))


async def _look_at(outside: Outside, address: str) -> Seen | Exception:
    try:
        return await _see(outside, address)
    except (Unreachable, Wrong) as found:
        return found
    except Exception as error:
        log.exception("the stream at %s was not looked at", urlsplit(address).hostname)
        return error


async def _see(outside: Outside, address: str) -> Seen:
    """The list of pieces, through the list of variants where there is one, and the newest piece."""
    first = await outside.fetch(address)
    playlist, readable = _read(first.body, first.address), first.open
    if playlist.is_variant:
        if not playlist.playlists:
            raise Wrong("empty")
        found = await outside.fetch(_safe(playlist.playlists[0].absolute_uri))
        playlist, readable = _read(found.body, found.address), readable and found.open
    if not playlist.segments:
        raise Wrong("empty")
    piece = await outside.fetch(_safe(playlist.segments[-1].absolute_uri), most=NO_VIDEO)
    return _seen(playlist, readable and piece.open)


def _read(body: bytes, address: str) -> Any:
    text = body.decode("utf-8", "replace").lstrip("\ufeff")
    if not text.startswith("#EXTM3U"):
        raise Wrong("foreign")
    try:
        return m3u8.loads(text, uri=address)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        raise Wrong("foreign") from None


def _safe(address: str) -> str:
    if address.startswith("http://"):
        raise Wrong("insecure")
    return address


def _seen(playlist: Any, readable: bool) -> Seen:
    pieces = len(playlist.segments)
    newest = f"{playlist.media_sequence or 0}+{pieces} {playlist.segments[-1].uri}"
    wait = min(max(LEAST_WAIT, 1.5 * (playlist.target_duration or 0)), LONGEST_WAIT)
    return Seen(newest[:600], bool(playlist.is_endlist), pieces, wait, readable)


def _write_down(check: Check, seen: Seen | Exception) -> None:
    now = clock.now()
    if isinstance(seen, Seen) and check.first is None and not seen.ended:
        first = {"newest": seen.newest}
        live.checks.look_again(check, first, now + timedelta(seconds=seen.wait))
    else:
        live.checks.settle(check, _found(check, seen), now)


def _found(check: Check, seen: Seen | Exception) -> dict[str, Any]:
    """`is`: `live`, `still`, `recording`, `foreign`, `empty`, `insecure`, `unreachable` or
    `unknown`."""
    if isinstance(seen, Unreachable):
        if seen.reason == "insecure":
            return {"is": "insecure"}
        return {"is": "unreachable", "why": seen.reason, "status": seen.status}
    if isinstance(seen, Wrong):
        return {"is": str(seen)}
    if isinstance(seen, Exception):
        return {"is": "unknown"}
    return {"is": _kind_of(check, seen), "open": seen.open, "pieces": seen.pieces}


def _kind_of(check: Check, seen: Seen) -> str:
    if seen.ended:
        return "recording"
    assert check.first is not None
    return "live" if check.first["newest"] != seen.newest else "still"
