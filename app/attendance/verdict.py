"""Attended or not, settled once a session, and the route that follows."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app import clock, core
from app.attendance.models import Attendance
from app.core import events
from app.extensions import db

emit = core.emitter("attendance")
AUTO_GRACE = timedelta(hours=24)
BATCH = 100


def due_after(entered_at: datetime) -> datetime:
    """When a session that never completed is settled as not attended."""
    return entered_at + AUTO_GRACE


def completed(row: Attendance, payload: dict[str, Any]) -> None:
    emit(events.webinar_completed, payload, once=row.session_id)
    classify(row, attended=True)


def classify(row: Attendance, *, attended: bool) -> None:
    """Settle a session. A verdict once given stays."""
    if row.classified_at is not None:
        return
    now = clock.now()
    row.classified_at, row.attended = now, attended
    fact = {
        "lead_id": row.lead_id,
        "webinar_id": row.webinar_id,
        "attended": attended,
        "timestamp": clock.unix(now),
    }
    route = "attended" if attended else "not_attended"
    emit(events.client_webinar_attendance_classified, fact, once=row.session_id)
    emit(events.post_webinar_route, {**fact, "route": route}, once=row.session_id)


def of_leads(webinar_id: str, lead_ids: Iterable[int]) -> dict[int, bool]:
    """Whether each of these leads attended it, of those who are settled; in one query. Who came by
    one place came."""
    settled = select(Attendance.lead_id, Attendance.attended).where(
        Attendance.webinar_id == webinar_id,
        Attendance.lead_id.in_(set(lead_ids)),
        Attendance.classified_at.is_not(None),
    )
    found: dict[int, bool] = {}
    for lead_id, attended in db.session.execute(settled):
        found[lead_id] = found.get(lead_id, False) or bool(attended)
    return found


def classify_due(limit: int = BATCH) -> int:
    """Settle what nobody completed in time; answers how many."""
    with core.transaction() as session:
        due = (
            select(Attendance)
            .where(Attendance.classified_at.is_(None), Attendance.verdict_due_at <= clock.now())
            .order_by(Attendance.verdict_due_at)
            .limit(limit)
        )
        rows = session.scalars(core.skip_locked(due)).all()
        for row in rows:
            classify(row, attended=False)
        return len(rows)
