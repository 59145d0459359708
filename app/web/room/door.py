"""The door that rooms share: which webinar, whose place, and whether somebody really comes."""

from flask import Response, abort, make_response, redirect, request
from flask_login import current_user

from app import core
from app.core import RegistrationRecord, WebinarRecord, access
from app.web import addresses, viewer
from app.web.room.tickets import Ticket


def room_of(slug: str, type: str) -> WebinarRecord:
    webinar = addresses.webinar_at(
        slug, lambda found: found.type == type and found.status != "draft"
    )
    if webinar is None or webinar.type != type:
        abort(404)
    return webinar


def registration_for(webinar: WebinarRecord) -> RegistrationRecord | None:
    """By the pass that the browser brings, else a signed-in person's newest place."""
    return viewer.by_pass(webinar) or _own(webinar)


def _own(webinar: WebinarRecord) -> RegistrationRecord | None:
    if not current_user.is_authenticated:
        return None
    user_id = current_user.record.user_id
    places = core.registrations.of_user(user_id, webinar_id=webinar.webinar_id, limit=1)
    return places[0] if places else None


def is_counted(registration: RegistrationRecord) -> bool:
    """The team is not an audience."""
    user = core.users.get(registration.user_id)
    return user is None or not user.can(access.STUDIO)


def is_deliberate() -> bool:
    """Whether a person asked for the page, and not a browser that guesses ahead."""
    headers = (request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Moz"))
    return request.method != "HEAD" and not any("prefetch" in value.lower() for value in headers)


def place_of(ticket: Ticket) -> RegistrationRecord:
    """Whose ticket it is; 403 where the place was given up since."""
    registration = core.registrations.get(ticket.registration_id)
    if registration.cancelled or registration.session_id != ticket.session_id:
        abort(403)
    return registration


def sign_up_first(slug: str) -> Response:
    return make_response(redirect(f"/signup/?webinar={slug}", 303))
