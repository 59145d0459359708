"""What the stage shows: the lobby, the picture, a pause, the recording, the end."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from flask import current_app

from app import clock
from app.blueprints.live_webinars.fragments import Seat, stage_key
from app.live import RoomState
from app.live.places import OUTSIDE
from app.video_source import VideoRefused, source_of
from app.web import pages, security
from app.web.video import Picture as Shown
from app.web.video import permit as permit_picture
from app.web.video import picture_of

Scene = Literal["lobby", "picture", "outside", "pause", "recording", "over", "cancelled"]


@dataclass(frozen=True, slots=True)
class Picture:
    """`address`: of the stream, the recording, the outside platform or the embed's page; `kind`:
    `hls`, `file` or the embed's site. `key` changes when the picture has to."""

    scene: Scene
    key: str
    video: Shown | None = None
    address: str = ""
    starts_at: datetime | None = None
    platform: str = ""


def of(seat: Seat, state: RoomState) -> Picture:
    key = stage_key(state, seat.stream_source)
    starts_at = clock.from_unix(state.scheduled_at) if state.scheduled_at else None
    if state.status == "scheduled":
        return Picture("lobby", key, starts_at=starts_at)
    if state.status == "paused":
        return Picture("pause", key)
    if state.status == "cancelled":
        return Picture("cancelled", key)
    if state.status == "live":
        return _on_air(seat, key)
    recorded = _video(state.recording)
    return Picture("recording", key, recorded) if recorded else Picture("over", key)


def _on_air(seat: Seat, key: str) -> Picture:
    if seat.stream_type in OUTSIDE:
        outside = seat.stream_source if seat.stream_source.startswith("https://") else ""
        return Picture("outside", key, address=outside, platform=seat.stream_type)
    return Picture("picture", key, _video(seat.stream_source))


def _video(source: str) -> Shown | None:
    """None for an address that leads to no video. One of ours is our media server's stream."""
    if source.startswith(OURS):
        return Shown("hls", stream_address(source.removeprefix(OURS)))
    try:
        found = source_of(source)
    except VideoRefused:
        return None
    return picture_of(found, pages.public_address("").rstrip("/"))


OURS = "stream:"
"""Before the id of a stream in a seat: the address is made when it is shown."""


def stream_address(stream_id: str) -> str:
    return f"{current_app.config['SETTINGS'].stream_address}/hls/{stream_id}.m3u8"


def permit(seat: Seat, picture: Picture) -> None:
    """Let the page show its picture and whatever the broadcast may come to, for the policy stands
    while the picture changes. A recording that comes loads the page anew."""
    if picture.video is not None:
        permit_picture(picture.video)
    source = _video(seat.stream_source) if seat.stream_type not in OUTSIDE else None
    if source is None:
        return
    permit_picture(source)
    if seat.stream_source.startswith(OURS):
        security.allow_stream(source.address)
