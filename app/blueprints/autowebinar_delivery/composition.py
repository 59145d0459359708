"""What a room shows of a version at a second: no viewer, no request, no database.

The room, a preview of it and the tests ask the same function.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from app.autowebinar import Cue, Line, Position, Version
from app.autowebinar.clock import exact_second_of
from app.web import assets, video
from app.web.video import Picture

LANGUAGE = re.compile(r"\.([a-z]{2})\.vtt$")


@dataclass(frozen=True, slots=True)
class Scene:
    """`clock`: the second to a thousandth. `resumed`: whether the clock stood still before."""

    version: Version
    second: int
    clock: float
    ended: bool
    resumed: bool
    picture: Picture
    poster: str
    captions: str
    captions_language: str
    lines: tuple[Line, ...]
    cues: tuple[Cue, ...]


def scene_at(version: Version, place: Position, now: datetime, origin: str) -> Scene:
    """`origin`: that of the page, which an embedded player is told."""
    return Scene(
        version=version,
        second=place.seconds,
        clock=exact_second_of(place.started_at, now),
        ended=place.ended,
        resumed=place.frozen and place.seconds > 0,
        picture=video.picture_of(version.source, origin, place.seconds),
        poster=assets.whole_address(version.poster),
        captions=assets.whole_address(version.captions),
        captions_language=_language(version.captions),
        lines=version.lines_between(-1, place.seconds),
        cues=version.shown_at(place.seconds),
    )


def last_offer(version: Version, place: Position) -> Cue | None:
    """The call to action that outlives the recording, once it has ended; an offer's deadline is
    told beside it, so that it stands on the timeline alone."""
    cue = version.cta_at(version.duration) if place.ended else None
    return cue if cue and cue.kind == "cta" else None


def _language(captions: str) -> str:
    """By the file's name, `talk.en.vtt`; Russian where it does not say."""
    found = LANGUAGE.search(captions)
    return found[1] if found else "ru"
