"""A stretch of a recording as a file of its own: by packets, nothing is encoded again."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet

from app.media import folder
from app.media.errors import MediaRefused
from app.media.video import look_into


def length(path: Path) -> float:
    """Seconds, counted: a server that died wrote none down."""
    end = 0.0
    with _refusing(), av.open(str(path)) as given:
        for packet in given.demux():
            lasts = float((packet.duration or 0) * (packet.time_base or 0))
            end = max(end, (_second(packet) or 0.0) + lasts)
    return end


def cut(source: Path, target: Path, since: float, until: float) -> tuple[float, int]:
    """An MP4 that plays at once, of these seconds; the second at which it begins, and its length as
    it will be told.

    Pictures come from the keyframe at or before `since`, for without it there is nothing to see;
    sound from `since` itself.
    """
    with _refusing():
        with av.open(str(source)) as given:
            begins = _keyframe(given, since)
        _copy(source, target, begins, since, until)
    return begins, look_into(target).duration


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except (FFmpegError, IndexError, UnicodeDecodeError) as error:
        full = getattr(error, "errno", None) in folder.FULL
        name = "media_disk_full" if full else "media_not_video"
        raise MediaRefused(name, type(error).__name__) from error


def _keyframe(given: InputContainer, since: float) -> float:
    if not given.streams.video:
        raise MediaRefused("media_no_picture")
    begins = 0.0
    for packet in given.demux(given.streams.video[0]):
        at = _second(packet)
        if at is not None and at > since:
            break
        if at is not None and packet.is_keyframe:
            begins = at
    return begins


def _copy(source: Path, target: Path, begins: float, since: float, until: float) -> None:
    with (
        av.open(str(source)) as given,
        av.open(str(target), "w", format="mp4", options={"movflags": "faststart"}) as made,
    ):
        found = [*given.streams.video[:1], *given.streams.audio[:1]]
        taken = {each.index: made.add_stream_from_template(each) for each in found}
        first = {each.index: begins if each.type == "video" else since for each in found}
        for packet in given.demux(*found):
            at = _second(packet)
            if at is not None and first[packet.stream.index] <= at < until:
                _move(packet, begins)
                packet.stream = taken[packet.stream.index]
                made.mux(packet)


def _second(packet: Packet) -> float | None:
    if packet.dts is None or packet.time_base is None:
        return None
    return float(packet.dts * packet.time_base)


def _move(packet: Packet, seconds: float) -> None:
    """So much earlier."""
    assert packet.time_base is not None and packet.dts is not None
    ticks = round(seconds / packet.time_base)
    packet.dts -= ticks
    if packet.pts is not None:
        packet.pts -= ticks
