"""What stands between a viewer and the room, and until when the recording is open: pure functions of
the place, what was seen of it, the rules and the time. The room and a preview ask the same ones."""

from datetime import datetime, timedelta

from app.autowebinar import schedule_slots, sessions
from app.autowebinar.schedule_rules import Rules
from app.autowebinar.seen import Viewing
from app.autowebinar.timeline import Version
from app.core import RegistrationRecord

ROOM, RECORDING = "room", "recording"
EARLY, MISSED, EXPIRED = "early", "missed", "expired"


def door_of(
    registration: RegistrationRecord,
    viewing: Viewing | None,
    rules: Rules,
    duration: int,
    now: datetime,
) -> str:
    """`viewing`: what is known of the session, None where it has not begun."""
    if sessions.is_recording(registration):
        return EXPIRED if _has_expired(registration, now) else RECORDING
    if registration.starts_at is None:
        return ROOM
    if now < registration.starts_at:
        return EARLY
    if sessions.was_in(registration, viewing):
        return ROOM
    starts_at = registration.starts_at
    return ROOM if schedule_slots.may_still_enter(rules, starts_at, duration, now) else MISSED


def _has_expired(registration: RegistrationRecord, now: datetime) -> bool:
    return registration.expires_at is not None and registration.expires_at <= now


def recording_until(
    registration: RegistrationRecord,
    viewing: Viewing | None,
    rules: Rules,
    version: Version,
    now: datetime,
) -> datetime | None:
    """Until when this viewer may watch the recording; None where they may not, or not yet."""
    if sessions.is_recording(registration):
        until = registration.expires_at
    elif rules.recording_days and _is_over(registration, viewing, version, now):
        began = registration.starts_at or registration.created_at
        until = began + timedelta(days=rules.recording_days)
    else:
        return None
    return until if until is not None and until > now else None


def _is_over(
    registration: RegistrationRecord, viewing: Viewing | None, version: Version, now: datetime
) -> bool:
    """Whether the session has run to its end, for a viewer who was in it."""
    if not sessions.was_in(registration, viewing):
        return False
    return sessions.weigh(registration, version, viewing, None, now).place.ended
