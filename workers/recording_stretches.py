"""What of a media server's file was on air: what was said before the start of the broadcast and after
its stop becomes nobody's recording. Pauses stay."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from app import live, media
from app.live.streams import Recording

LEAST = 1.0
"""Seconds: what is shorter is within the clocks' own error."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A file to be kept, and when its last whole second ended."""

    path: Path
    ended_at: datetime


@contextmanager
def on_air(recording: Recording, path: Path) -> Iterator[Stretch]:
    """The file itself where all of it was; else one made of it, which is there for the while."""
    seconds = media.cutting.length(path)
    bounds = _bounds(recording, seconds)
    if bounds is None:
        yield Stretch(path, recording.told_at)
        return
    made = media.folder.incoming(f"recording-{recording.recording_id}", "cut")
    try:
        with media.folder.refusing_when_full():
            media.folder.require_room(path.stat().st_size)
            begins, length = media.cutting.cut(path, made, *bounds)
        yield Stretch(made, recording.told_at - timedelta(seconds=seconds - begins - length))
    finally:
        made.unlink(missing_ok=True)


def _bounds(recording: Recording, seconds: float) -> tuple[float, float] | None:
    """From and until which second of the file the broadcast was on air; None where the file is taken
    as it is. The server tells of a file at its end."""
    air = live.broadcasts.of(recording.webinar_id).air
    if air.on_air_at is None:
        return None
    begins_at = recording.told_at - timedelta(seconds=seconds)
    since = max(0.0, (air.on_air_at - begins_at).total_seconds())
    until = seconds
    if air.off_air_at is not None:
        until = min(seconds, (air.off_air_at - begins_at).total_seconds())
    outside = since + seconds - until
    return (since, until) if until - since >= LEAST and outside >= LEAST else None
