"""A broadcast is over: whoever holds a place and did not complete it has not attended.

Asked only after every completion is in the log of events, so that the verdict depends on the rule
and not on which fact was delivered first.

A lead who holds several places has one verdict: who came by one of them is not told to have missed
the webinar by another. A place that came of a merely typed address speaks for nobody's own place.
"""

from app import core
from app.attendance import verdict
from app.attendance.models import Attendance
from app.core import RegistrationRecord, events
from app.extensions import db

PAGE = 50


def close(webinar_id: str, *, after: int = 0, limit: int = PAGE) -> int | None:
    """Settle one page of places; answers the cursor of the next, None where that was the last.

    Who completed is left to the completion itself. Done again, it changes nothing.
    """
    places = core.registrations.of_webinar(webinar_id, after=after, limit=limit)
    theirs = core.registrations.of_leads(webinar_id, [place.lead_id for place in places])
    completed = events.client_webinar_completed
    came = core.timeline.told(completed, [place.session_id for place in theirs])
    with core.transaction():
        for place in places:
            if place.session_id not in came and not _is_spoken_for(place, theirs, came):
                verdict.classify(_row(place), attended=False)
    return places[-1].registration_id if len(places) == limit else None


def _is_spoken_for(
    place: RegistrationRecord, theirs: list[RegistrationRecord], came: set[str]
) -> bool:
    """Whether the verdict on its lead is that on another place: one that was completed, or a newer
    one."""
    return any(
        other.session_id in came or other.registration_id > place.registration_id
        for other in theirs
        if other.lead_id == place.lead_id
        and other.registration_id != place.registration_id
        and (other.proven or not place.proven)
    )


def _row(place: RegistrationRecord) -> Attendance:
    """The session's row, made for somebody who never came; locked against the completion."""
    values = {
        "session_id": place.session_id,
        "lead_id": place.lead_id,
        "webinar_id": place.webinar_id,
    }
    core.insert_new(Attendance, values)
    return db.session.get_one(
        Attendance, place.session_id, with_for_update=True, populate_existing=True
    )
