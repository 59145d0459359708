"""From `client_webinar_*` to rows, whatever order the facts come in."""

from typing import Any

from app import clock, core
from app.attendance import verdict
from app.attendance.models import Attendance
from app.core import Envelope, events
from app.extensions import db


def connect() -> None:
    core.subscribe(events.client_webinar_entered, "attendance.entered", hear_entered)
    core.subscribe(events.client_webinar_left, "attendance.left", hear_left)
    core.subscribe(events.client_webinar_completed, "attendance.completed", hear_completed)


def hear_entered(envelope: Envelope) -> None:
    row = _row(envelope)
    if row is not None and row.entered_at is None:
        row.entered_at = clock.from_unix(envelope.payload["timestamp"])
        if row.classified_at is None and not _is_live(row.webinar_id):
            row.verdict_due_at = verdict.due_after(row.entered_at)


def _is_live(webinar_id: str) -> bool:
    """A broadcast's people are settled when it is over, however early somebody came."""
    webinar = core.webinars.get(webinar_id)
    return webinar is not None and webinar.type == "live"


def hear_left(envelope: Envelope) -> None:
    row = _row(envelope)
    if row is not None and row.left_at is None:
        row.left_at = clock.from_unix(envelope.payload["left_at"])


def hear_completed(envelope: Envelope) -> None:
    """A session that completed has attended; a hand-made fact without a session counts too."""
    row = _row(envelope)
    if row is not None and row.completed_at is None:
        row.completed_at = clock.from_unix(envelope.payload["completed_at"])
        verdict.completed(row, envelope.payload)


def _row(envelope: Envelope) -> Attendance | None:
    """The session's row; None where nobody knows whose it is."""
    if envelope.lead_id is None or envelope.webinar_id is None:
        return None
    key = envelope.payload.get("session_id") or f"{envelope.webinar_id}:{envelope.lead_id}"
    values: dict[str, Any] = {
        "session_id": key,
        "lead_id": envelope.lead_id,
        "webinar_id": envelope.webinar_id,
    }
    core.insert_new(Attendance, values)
    return db.session.get_one(Attendance, key)
