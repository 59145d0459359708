"""Until when a viewer may watch the recording, at sign-up or after a session."""

from datetime import datetime

from app.autowebinar import Version, doors, schedule, schedule_rules, seen, sessions
from app.core import RegistrationRecord


def open_until(
    registration: RegistrationRecord, version: Version, now: datetime
) -> datetime | None:
    """Until when this viewer may watch the recording; None where they may not, or not yet."""
    rules = schedule_rules.AT_ONCE
    if not sessions.is_recording(registration):
        rules = schedule.load(registration.webinar_id)
    viewing = seen.load(registration, now) if rules.recording_days else None
    return doors.recording_until(registration, viewing, rules, version, now)


def offered_at(step: sessions.Step) -> datetime | None:
    """The same, for a room's page: known once its session has ended."""
    if not step.place.ended:
        return None
    return open_until(step.registration, step.version, step.now)
