"""Until when a viewer may watch the recording, at sign-up or after a session."""

from datetime import datetime, timedelta

from app.autowebinar import Version, schedule, sessions
from app.core import RegistrationRecord


def open_until(
    registration: RegistrationRecord, version: Version, now: datetime
) -> datetime | None:
    """Until when this viewer may watch the recording; None where they may not, or not yet."""
    if sessions.is_recording(registration):
        until = registration.expires_at
        return until if until is not None and until > now else None
    days = schedule.load(registration.webinar_id).recording_days
    if not days or not _is_over(registration, version, now):
        return None
    until = (registration.starts_at or registration.created_at) + timedelta(days=days)
    return until if until > now else None


def _is_over(registration: RegistrationRecord, version: Version, now: datetime) -> bool:
    """Whether the session has run to its end, for a viewer who was in it."""
    if not sessions.was_there(registration, now):
        return False
    return sessions.place_of(registration, version, now).ended


def offered_at(step: sessions.Step) -> datetime | None:
    """The same, for a room's page: known once its session has ended."""
    if not step.place.ended:
        return None
    return open_until(step.registration, step.version, step.now)
