"""Who may be in the room, and what coming in begins."""

from dataclasses import dataclass
from datetime import datetime

from flask import abort, request
from flask_login import current_user

from app import client_webinar_tracker, clock, core, live
from app.core import RegistrationRecord, WebinarRecord, access
from app.live import Broadcast
from app.web import viewer
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
        """The team is not an audience."""
        user = core.users.get(self.registration.user_id)
        return user is None or not user.can(access.STUDIO)

    def ticket(self) -> Ticket:
        return Ticket(
            slug=self.webinar.slug,
            registration_id=self.registration.registration_id,
            session_id=self.registration.session_id,
            counted=self.counted,
            channel=channel_of(self.webinar.webinar_id),
        )


def room_of(slug: str) -> WebinarRecord:
    webinar = core.webinars.by_slug(slug) if core.webinars.SLUG.fullmatch(slug) else None
    if webinar is None or webinar.type != "live":
        abort(404)
    return webinar


def visit(webinar: WebinarRecord) -> Visit | None:
    """The viewer's visit; None for a guest, who is to sign up. A room that is not announced is
    there for nobody, one that is over for those alone who have a place in it."""
    registration = viewer.by_pass(webinar) or _own(webinar)
    if webinar.status not in KNOWN:
        abort(404)
    if registration is None:
        if webinar.status not in live.state.OPEN:
            abort(404)
        return None
    return Visit(webinar, live.broadcasts.of(webinar.webinar_id), registration)


def _own(webinar: WebinarRecord) -> RegistrationRecord | None:
    """A signed-in person's newest place."""
    if not current_user.is_authenticated:
        return None
    user_id = current_user.record.user_id
    places = core.registrations.of_user(user_id, webinar_id=webinar.webinar_id, limit=1)
    return places[0] if places else None


def come_in(visit: Visit, now: datetime) -> None:
    """The session begins with the first page that a person asks for, the lobby's too."""
    if not is_deliberate() or visit.webinar.status not in live.state.OPEN:
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


def is_deliberate() -> bool:
    """Whether a person asked for the page, and not a browser that guesses ahead."""
    headers = (request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Moz"))
    return request.method != "HEAD" and not any("prefetch" in value.lower() for value in headers)


def presence_key(webinar_id: str) -> str:
    return f"live:{webinar_id}"


def channel_of(webinar_id: str) -> str:
    """One chat for all who are in the room."""
    return f"live:{webinar_id}"


def place_of(ticket: Ticket) -> RegistrationRecord:
    """Whose ticket it is; 403 where the place was given up since."""
    registration = core.registrations.get(ticket.registration_id)
    if registration.cancelled or registration.session_id != ticket.session_id:
        abort(403)
    return registration
