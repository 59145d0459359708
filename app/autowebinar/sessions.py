"""Viewing sessions: how one begins, goes on by the clock, counts what was seen, and is completed.

A sign of life is first weighed, which reads alone, and then kept. What is `lasting` (a
beginning, a moved start, a quarter reached) goes to user meta and the event log in one
transaction; a mere position may lag in Redis.
"""

import math
import re
from dataclasses import dataclass, replace
from datetime import datetime

from app import clock, core
from app.autowebinar import deadlines, seen, versions
from app.autowebinar.clock import Position, is_silent, position_at
from app.autowebinar.errors import CtaNotShown, OfferEnded, PositionInvalid
from app.autowebinar.seen import Viewing
from app.autowebinar.timeline import Cue, Version
from app.core import RegistrationRecord, events

QUARTERS = (25, 50, 75, 100)
AHEAD_SECONDS = 1
BEYOND_THE_END_SECONDS = 5
NUMBER = re.compile(r"\d{1,6}(\.\d{1,9})?", re.ASCII)

emit = core.emitter("autowebinar")


@dataclass(frozen=True, slots=True)
class Step:
    """A sign of life, weighed: `viewing` is the state after it, `quarters` those it reaches.

    `moved`: the session's start is another one than was kept.
    """

    registration: RegistrationRecord
    version: Version
    now: datetime
    place: Position
    viewing: Viewing
    begins: bool
    moved: bool
    quarters: tuple[int, ...]

    @property
    def lasting(self) -> bool:
        """Whether it must be kept in a transaction."""
        return self.begins or self.moved or bool(self.quarters)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a kept step was the first to bring about."""

    began: bool = False
    completed: bool = False


def version_for(registration: RegistrationRecord) -> Version | None:
    """The version that this session shows: the one it began with, whatever was published since,
    or unpublished; for one that has not begun, what is published now."""
    begun_with = seen.version_id(registration)
    if begun_with is not None:
        return versions.load(begun_with)
    return versions.published(registration.webinar_id)


def enter(registration: RegistrationRecord, version: Version, now: datetime) -> Step:
    """The viewer is in the room: the session begins, or goes on by the clock."""
    return _weigh(registration, version, None, now)


def acknowledge(
    registration: RegistrationRecord, version: Version, position: str, now: datetime
) -> Step:
    """The viewer's page says which second it shows. It is believed up to a second ahead of the
    clock; PositionInvalid where it is no second of this recording."""
    return _weigh(registration, version, second_in(position, version.duration), now)


def second_in(text: str, duration: int) -> int:
    """Whole seconds of a position as a page sends it; a video may be a little longer than said."""
    if not NUMBER.fullmatch(text):
        raise PositionInvalid("not a number of seconds")
    seconds = math.floor(float(text))
    if seconds > duration + BEYOND_THE_END_SECONDS:
        raise PositionInvalid("beyond the end of the recording")
    return min(seconds, duration)


def place_of(registration: RegistrationRecord, version: Version, now: datetime) -> Position:
    """Where the session is, changing nothing; the very start for one that has not begun."""
    return _weigh(registration, version, None, now).place


def _weigh(
    registration: RegistrationRecord, version: Version, acknowledged: int | None, now: datetime
) -> Step:
    return weigh(registration, version, seen.load(registration, now), acknowledged, now)


def weigh(
    registration: RegistrationRecord,
    version: Version,
    before: Viewing | None,
    acknowledged: int | None,
    now: datetime,
) -> Step:
    """A sign of life against what was seen `before`: pure, the same for a viewer of flesh and
    blood and for one that a preview imagines."""
    begins = before is None
    if before is None:
        before = Viewing(registration.starts_at or now, now, 0)
    place = _place(registration, version, before, now)
    furthest = _furthest(registration, before, place, now)
    believed = min(acknowledged or 0, furthest, version.duration)
    quarters = _quarters(before.progress, believed, version.duration)
    after = replace(
        before,
        started_at=place.started_at,
        last_seen_at=now,
        last_position=max(
            before.last_position, place.seconds if acknowledged is None else believed
        ),
        progress=max(before.progress, *quarters, 0),
        completed=before.completed or QUARTERS[-1] in quarters,
    )
    moved = place.started_at != before.started_at
    return Step(registration, version, now, place, after, begins, moved, quarters)


def _place(
    registration: RegistrationRecord, version: Version, viewing: Viewing, now: datetime
) -> Position:
    """A slot's session starts when the slot does, wherever it was moved from; a recording is watched
    at one's own pace and goes on where it was left."""
    if is_recording(registration):
        ended = viewing.last_position >= version.duration
        return Position(viewing.last_position, viewing.started_at, frozen=False, ended=ended)
    return position_at(
        started_at=registration.starts_at or viewing.started_at,
        last_seen_at=viewing.last_seen_at,
        last_position=viewing.last_position,
        is_slot=registration.starts_at is not None,
        duration=version.duration,
        now=now,
    )


def is_recording(registration: RegistrationRecord) -> bool:
    """Whether it is watched at one's own pace: back as one likes, forward as far as was seen."""
    return registration.mode == core.registrations.RECORDING


def _furthest(
    registration: RegistrationRecord, before: Viewing, place: Position, now: datetime
) -> int:
    """The second up to which an acknowledgement is believed. Of a recording that is what was seen
    and the time that has passed since the last sign of life, unless the viewer was away."""
    if not is_recording(registration):
        return place.seconds + AHEAD_SECONDS
    away = is_silent(before.last_seen_at, now)
    passed = 0 if away else int((now - before.last_seen_at).total_seconds())
    return before.last_position + passed + AHEAD_SECONDS


def was_there(registration: RegistrationRecord, now: datetime) -> bool:
    """Whether this viewer has been in the session that the place is for now."""
    return was_in(registration, seen.load(registration, now))


def was_in(registration: RegistrationRecord, viewing: Viewing | None) -> bool:
    """The same, of what was seen."""
    if viewing is None:
        return False
    return registration.starts_at is None or viewing.last_seen_at >= registration.starts_at


def _quarters(progress: int, second: int, duration: int) -> tuple[int, ...]:
    reached = second * 100
    return tuple(step for step in QUARTERS if progress < step and reached >= step * duration)


def keep(step: Step) -> Kept:
    """Keep what was weighed. Of several that say the same at once, one alone is told of it."""
    if not step.lasting:
        seen.keep_lightly(step.registration, step.viewing)
        return Kept()
    with core.transaction():
        if step.begins and not _begin(step):
            return Kept()
        reached = [quarter for quarter in step.quarters if _tell_progress(step, quarter)]
        seen.keep(step.registration, step.viewing, **_progress_values(step, reached))
        completed = QUARTERS[-1] in reached
        if completed:
            _tell(step, events.autowebinar_completed)
        return Kept(began=step.begins, completed=completed)


def _begin(step: Step) -> bool:
    if not _tell(step, events.autowebinar_session_created):
        return False
    _tell(step, events.autowebinar_join)
    return True


def _progress_values(step: Step, reached: list[int]) -> dict[str, core.user_meta.Value]:
    """Only what this step was first to reach is written, so that a late twin resets nothing."""
    values: dict[str, core.user_meta.Value] = {}
    if step.begins:
        values |= {seen.SESSION_ID: step.registration.session_id}
        values |= {seen.PROGRESS: 0, seen.COMPLETED: False}
        values |= {seen.VERSION_ID: step.version.version_id}
    if reached:
        values[seen.PROGRESS] = max(reached)
    if QUARTERS[-1] in reached:
        values[seen.COMPLETED] = True
    return values


def _tell_progress(step: Step, quarter: int) -> bool:
    payload = _fact(step.registration, step.now) | {"progress": quarter}
    once = f"{step.registration.session_id}:{quarter}"
    return emit(events.autowebinar_progress, payload, once=once) is not None


def _tell(step: Step, event: core.CanonicalEvent) -> bool:
    payload = _fact(step.registration, step.now)
    return emit(event, payload, once=step.registration.session_id) is not None


def _fact(registration: RegistrationRecord, now: datetime) -> dict[str, object]:
    user = core.users.get(registration.user_id)
    return {
        "event_id": "",
        "user_id": registration.user_id,
        "lead_id": registration.lead_id,
        "ref_id": user.invited_by if user else None,
        "webinar_id": registration.webinar_id,
        "session_id": registration.session_id,
        "timestamp": clock.unix(now),
    }


def require_reached(
    registration: RegistrationRecord, version: Version, cue_id: str, now: datetime
) -> tuple[Cue, Step]:
    """The cue, and the sign of life that asking for it is. CtaNotShown where the clock has not
    come to it in this session."""
    cue = version.cue(cue_id)
    step = enter(registration, version, now)
    if cue is None or step.begins:
        raise CtaNotShown(cue_id)
    reached = step.viewing.last_position + AHEAD_SECONDS
    if cue.show_at > reached:
        raise CtaNotShown(f"{cue_id} is shown at {cue.show_at}, the session is at {reached}")
    return cue, step


def click_cta(
    registration: RegistrationRecord, version: Version, cue_id: str, now: datetime
) -> Cue:
    """The viewer pressed the call to action, or an offer: recorded the first time, the cue each
    time. A click is a sign of life like any other.

    CtaNotShown as above, or where the cue leads nowhere; OfferEnded after the lead's deadline.
    """
    cue, step = require_reached(registration, version, cue_id, now)
    if cue.place != "offer":
        raise CtaNotShown(cue_id)
    ends_at = deadlines.shown(registration, [cue], now).get(cue.key)
    if ends_at is not None and now >= ends_at:
        raise OfferEnded(ends_at)
    with core.transaction():
        keep(step)
        _record_click(step)
    return cue


def _record_click(step: Step) -> None:
    if _tell(step, events.autowebinar_cta_click):
        scope = seen.scope_of(step.registration.registration_id)
        seen.meta.write(step.registration.user_id, scope, {seen.CTA_CLICKED_AT: step.now})
