"""Who may be in the room, and what coming in begins."""

from dataclasses import dataclass
from datetime import datetime

from flask import abort

from app import client_webinar_tracker, clock, core, live
from app.core import RegistrationRecord, WebinarRecord
from app.live import Broadcast
from app.web.room import door
from app.web.room.tickets import Ticket

KNOWN = (*live.state.OPEN, "finished", "cancelled", "archived")


@dataclass(frozen=True, slots=True)
class Visit:
    """A viewer at the door: who, of what."""

    webinar: WebinarRecord
    broadcast: Broadcast
    registration: RegistrationRecord

    @property
    def counted(self) -> bool:
        return door.is_counted(self.registration)

    def ticket(self) -> Ticket:
        return Ticket(
            slug=self.webinar.slug,
            registration_id=self.registration.registration_id,
            session_id=self.registration.session_id,
            counted=self.counted,
            channel=live.places.room_key(self.webinar.webinar_id),
        )


def room_of(slug: str) -> WebinarRecord:
    return door.room_of(slug, "live")


def visit(webinar: WebinarRecord) -> Visit | None:
    """The viewer's visit; None for a guest, who is to sign up. A room that is not announced is
    there for nobody, one that is over for those alone who have a place in it."""
    registration = door.registration_for(webinar)
    if webinar.status not in KNOWN:
        abort(404)
    if registration is None:
        if webinar.status not in live.state.OPEN:
            abort(404)
        return None
    return Visit(webinar, live.broadcasts.of(webinar.webinar_id), registration)


def come_in(visit: Visit, now: datetime) -> None:
    """The session begins with the first page that a person asks for, the lobby's too."""
    if not door.is_deliberate() or visit.webinar.status not in live.state.OPEN:
        return
    registration = visit.registration
    with core.transaction():
        if live.presence.enter(registration, visit.broadcast.air, now):
            client_webinar_tracker.client_webinar_enter(
                {
                    "lead_id": registration.lead_id,
                    "webinar_id": registration.webinar_id,
                    "session_id": registration.session_id,
                    "timestamp": clock.unix(now),
                }
            )
