"""What the rooms leave to the workers: positions to write back, viewers who went silent."""

from app import autowebinar, clock, core
from app import client_webinar_tracker as tracker
from workers import batches

AT_ONCE = 100


def flush_positions() -> int:
    return batches.until_none(autowebinar.flush_positions)


def tell_who_left() -> int:
    """A viewer unseen for a minute is out of the room: once a session, with the reason."""
    gone = autowebinar.gone(clock.now(), AT_ONCE)
    for viewer in gone:
        with core.transaction():
            tracker.client_webinar_leave(
                {
                    "lead_id": viewer.lead_id,
                    "webinar_id": viewer.webinar_id,
                    "webinar_type": "auto",
                    "session_id": viewer.session_id,
                    "left_at": viewer.left_at,
                    "leave_reason": viewer.reason,
                }
            )
    autowebinar.mark_left([viewer.session_id for viewer in gone])
    return len(gone)
