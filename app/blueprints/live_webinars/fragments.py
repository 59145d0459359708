"""Parts of the room that come and go: what the speaker shows, the questions, the stage.

All of it is drawn from one `RoomState`, so that a page, a poll and a preview cannot differ.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from flask import url_for

from app.blueprints.live_webinars import blueprint
from app.chat import links
from app.core import WebinarRecord
from app.live import Broadcast, RoomState
from app.web.room import fragments, signing
from app.web.room.fragments import Poll

FOLDER = "live_webinars"
PURPOSE = "live-seat"
EVERY_SECONDS = 1.5
BEAT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Seat:
    """What a poll's address says: nothing of a person, so that all viewers share it."""

    webinar_id: str
    slug: str
    stream_type: str
    stream_source: str
    locale: str


@dataclass(frozen=True, slots=True)
class Known:
    """What a page has already: the last line's number, the state's version, the stage's key."""

    line: int
    version: str
    stage: str


def seat_of(webinar: WebinarRecord, broadcast: Broadcast, locale: str) -> Seat:
    """Without a source of its own a broadcast is our media server's stream."""
    source = webinar.stream_source or f"stream:{broadcast.stream_id}"
    return Seat(webinar.webinar_id, webinar.slug, webinar.stream_type, source, locale)


def token_of(seat: Seat) -> str:
    return signing.sign(PURPOSE, seat)


def seat(token: str) -> Seat:
    """The seat of an address, or 404."""
    return signing.read(PURPOSE, Seat, token)


def poll_of(slug: str, token: str, known: Known) -> Poll:
    address = url_for(
        f"{FOLDER}.poll",
        slug=slug,
        token=token,
        line=known.line,
        v=known.version,
        stage=known.stage,
    )
    return Poll(address, known.line, EVERY_SECONDS)


def stage_key(state: RoomState, source: str) -> str:
    """Changes when the picture has to: with the state, the stream's address, the recording."""
    shown = f"{state.status}|{source}|{state.recording}"
    return hashlib.sha256(shown.encode()).hexdigest()[:8]


blueprint.add_app_template_filter(links.pieces, "pieces")


def part(name: str, **context: Any) -> str:
    return fragments.part(name, folder=FOLDER, **context)
