"""A viewer whom a preview imagines: a place, what was seen so far, and a moment. Nobody is registered
and nothing is kept; the room's own functions are asked with these in the place of real ones."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app import core
from app.autowebinar import deadlines
from app.autowebinar.clock import STALL_SECONDS, second_of
from app.autowebinar.schedule_rules import Rules
from app.autowebinar.schedule_slots import Slot
from app.autowebinar.seen import Viewing
from app.autowebinar.timeline import Cue, Version
from app.core import RegistrationRecord

NOBODY = 0
AWAY = timedelta(seconds=STALL_SECONDS + 1)
SEEN_IN_TIME, SEEN_NOW, SEEN_LONG_AGO = "in_time", "now", "long_ago"
"""When the viewer was first shown an offer: at its own second, at this moment, so long ago that it
has ended."""


@dataclass(frozen=True, slots=True)
class Imagined:
    """`viewing` is None for who has not been in the session."""

    registration: RegistrationRecord
    viewing: Viewing | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Start:
    """Which start the imagined place is for: a slot's, at once, or the recording."""

    slot: Slot | None = None
    recording: bool = False


def at_second(
    version: Version, start: Start, rules: Rules, second: int, *, zone: str, today: datetime
) -> Imagined:
    """Who watches without a break, at that second. `today`: when whoever starts at once looks."""
    second = min(second, version.duration)
    begins = start.slot.starts_at if start.slot else today - timedelta(seconds=second)
    now = begins + timedelta(seconds=second)
    place = _place(version, start, rules, begins, zone)
    return Imagined(place, Viewing(begins, now, second), now)


def at_moment(
    version: Version,
    start: Start,
    rules: Rules,
    now: datetime,
    *,
    zone: str,
    today: datetime,
    been: int | None,
) -> Imagined:
    """Who comes at that moment: for the first time, or back, having been there up to a second.

    Who watches the recording has signed up `today`.
    """
    signed_up = today if start.recording else now
    place = _place(version, start, rules, signed_up, zone)
    return Imagined(place, None if been is None else _back(start, now, been, version), now)


def _back(start: Start, now: datetime, been: int, version: Version) -> Viewing | None:
    """A slot's clock ran on meanwhile; any other session stood still where it was left."""
    if start.slot is None:
        left = now - AWAY
        return Viewing(left - timedelta(seconds=been), left, min(been, version.duration))
    begins = start.slot.starts_at
    return Viewing(begins, now, second_of(begins, now, version.duration)) if now >= begins else None


def _place(
    version: Version, start: Start, rules: Rules, signed_up: datetime, zone: str
) -> RegistrationRecord:
    mode = core.registrations.RECORDING if start.recording else core.registrations.SESSION
    days = timedelta(days=rules.recording_days or 1)
    return RegistrationRecord(
        registration_id=NOBODY,
        lead_id=NOBODY,
        user_id=NOBODY,
        webinar_id=version.webinar_id,
        slot_id=start.slot.slot_id if start.slot else None,
        starts_at=start.slot.starts_at if start.slot else None,
        zone=zone,
        mode=mode,
        expires_at=signed_up + days if start.recording else None,
        token="",
        session_id="",
        name="",
        country=None,
        proven=False,
        source="preview",
        created_at=signed_up,
        cancelled=False,
    )


def ends_of(
    cues: Iterable[Cue], second: int, now: datetime, first_shown: str
) -> dict[str, datetime]:
    """By cue key, when the offers among these cues end for whoever was first shown them then."""
    offers = [cue for cue in cues if cue.kind == "offer"]
    return {cue.key: _end(cue, second, now, first_shown) for cue in offers}


def _end(cue: Cue, second: int, now: datetime, first_shown: str) -> datetime:
    if first_shown == SEEN_LONG_AGO:
        return min(now, deadlines.ending(cue, now))
    ago = max(0, second - cue.show_at) if first_shown == SEEN_IN_TIME else 0
    return deadlines.ending(cue, now - timedelta(seconds=ago))
