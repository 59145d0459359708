"""What a room shows of a version at a second: no request, no database, no clock of its own.

The room, a preview of it and the tests ask the same functions.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app import chat
from app.autowebinar import Cue, Line, Position, Version
from app.autowebinar.clock import exact_second_of
from app.autowebinar.sessions import Step
from app.blueprints.autowebinar_delivery import fragments
from app.blueprints.autowebinar_delivery.cues import Shown
from app.core import RegistrationRecord, WebinarRecord
from app.web import assets, slots, video
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


def room_of(
    webinar: WebinarRecord,
    step: Step,
    cues: list[Shown],
    recording_until: datetime | None,
    origin: str,
) -> dict[str, Any]:
    """What the room's page shows of the recording to one viewer; who else is there, the page's
    forms and what people wrote come from outside."""
    version, place = step.version, step.place
    return {
        "webinar": webinar,
        "registration": step.registration,
        "version": version,
        "scene": scene_at(version, place, step.now, origin),
        "second": place.seconds,
        "cues": cues,
        "last_cue": last_offer(version, place),
        "recording_until": recording_until,
        "slug": webinar.slug,
        "beat_seconds": fragments.BEAT_SECONDS,
        "longest": chat.LONGEST,
    }


def recording_of(
    webinar: WebinarRecord, step: Step, until: datetime, origin: str
) -> dict[str, Any]:
    """What the page of the recording shows; its cues and forms come from outside."""
    version, reached = step.version, step.viewing.last_position
    return {
        "webinar": webinar,
        "registration": step.registration,
        "version": version,
        "scene": scene_at(version, step.place, step.now, origin),
        "second": 0 if reached >= version.duration else reached,
        "reached": reached,
        "until": until,
        "slug": webinar.slug,
        "beat_seconds": fragments.BEAT_SECONDS,
    }


def threshold_of(
    webinar: WebinarRecord, version: Version, registration: RegistrationRecord, now: datetime
) -> dict[str, Any]:
    """What the pages before the room show of a place at a moment; the choice of another time comes
    from outside."""
    zone = slots.zone_of(registration)
    starts_at = registration.starts_at
    lasts = timedelta(seconds=version.duration)
    return {
        "webinar": webinar,
        "version": version,
        "registration": registration,
        "slug": webinar.slug,
        "zone": zone,
        "starts": slots.start_in_words(starts_at, zone, now) if starts_at else "",
        "left": seconds_left(registration, now),
        "running": starts_at is not None and starts_at <= now < starts_at + lasts,
    }


def seconds_left(registration: RegistrationRecord, now: datetime) -> int:
    """Whole seconds to the start, rounded up, so that nobody is let in early."""
    if registration.starts_at is None:
        return 0
    return max(0, -int((now - registration.starts_at).total_seconds() // 1))


def last_offer(version: Version, place: Position) -> Cue | None:
    """The call to action that outlives the recording, once it has ended; an offer's deadline is
    told beside it, so that it stands on the timeline alone."""
    cue = version.cta_at(version.duration) if place.ended else None
    return cue if cue and cue.kind == "cta" else None


def _language(captions: str) -> str:
    """By the file's name, `talk.en.vtt`; Russian where it does not say."""
    found = LANGUAGE.search(captions)
    return found[1] if found else "ru"
