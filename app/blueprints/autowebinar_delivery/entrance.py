"""Who may be in the room, and what coming in begins."""

from dataclasses import dataclass
from datetime import datetime

from flask import abort

from app import client_webinar_tracker, clock, core
from app.autowebinar import Version, sessions
from app.core import RegistrationRecord, WebinarRecord
from app.web.room import door
from app.web.room.tickets import Ticket


@dataclass(frozen=True, slots=True)
class Visit:
    """A viewer at the door: who, of what."""

    webinar: WebinarRecord
    version: Version
    registration: RegistrationRecord

    @property
    def counted(self) -> bool:
        return door.is_counted(self.registration)

    def ticket(self, channel: str, page: str) -> Ticket:
        return Ticket(
            slug=self.webinar.slug,
            registration_id=self.registration.registration_id,
            session_id=self.registration.session_id,
            counted=self.counted,
            channel=channel,
            version_id=self.version.version_id,
            start=start_of(self.registration),
            page=page,
        )

    def form_context(self, form_id: str, answers: dict[str, str]) -> dict[str, object]:
        """What the tracker is told of a form that this viewer filled in."""
        return {
            "lead_id": self.registration.lead_id,
            "webinar_id": self.registration.webinar_id,
            "webinar_type": "auto",
            "session_id": self.registration.session_id,
            "form_id": form_id,
            "form_payload": answers,
        }


def room_of(slug: str) -> WebinarRecord:
    return door.room_of(slug, "auto")


def slug_of(registration: RegistrationRecord) -> str:
    return core.registrations.webinar_of(registration).slug


def visit(webinar: WebinarRecord) -> Visit | None:
    """The viewer's visit; None for a guest, who is to sign up. A room that is not published is
    there for those alone who have a place in it, and a session goes on with the version that it
    began with."""
    registration = door.registration_for(webinar)
    if registration is None:
        if webinar.status != "published":
            abort(404)
        return None
    version = sessions.version_for(registration)
    if version is None:
        abort(404)
    return Visit(webinar, version, registration)


def come_in(visit: Visit, now: datetime) -> sessions.Step:
    """The session begins, or goes on by the clock. Once begun, coming again begins nothing."""
    step = sessions.enter(visit.registration, visit.version, now)
    if door.is_deliberate():
        keep(step)
    return step


def keep(step: sessions.Step) -> None:
    """Keep a sign of life, and tell the tracker of what it was first to bring about: in one
    transaction, where there is anything lasting in it."""
    if not step.lasting:
        sessions.keep(step)
        return
    with core.transaction():
        kept = sessions.keep(step)
        context = _context(step.registration, step.now)
        if kept.began:
            client_webinar_tracker.client_webinar_enter(context)
        if kept.completed:
            client_webinar_tracker.client_webinar_complete(context | {"webinar_type": "auto"})


def _context(registration: RegistrationRecord, now: datetime) -> dict[str, object]:
    return {
        "lead_id": registration.lead_id,
        "webinar_id": registration.webinar_id,
        "session_id": registration.session_id,
        "timestamp": clock.unix(now),
    }


def start_of(registration: RegistrationRecord) -> str:
    """By which start a page shows the recording; another one after the place was moved."""
    return registration.slot_id or registration.mode
