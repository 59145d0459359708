"""Where a person goes after signing up: the room, the thank-you page, or where they were going."""

from datetime import timedelta

from flask import Response, session

from app import clock, core
from app.core import RegistrationRecord, WebinarRecord
from app.web import offers, pages, viewer

DONE = "/signup/done/"
KEPT = "signed_up"
NEAR = timedelta(hours=1)


def after(
    registration: RegistrationRecord | None, webinar: WebinarRecord | None, wanted: str
) -> Response:
    """`wanted` is an address of ours to go on to; a webinar that can be entered goes first."""
    if registration and webinar and can_be_entered(webinar) and not _is_far(registration, webinar):
        return pages.go(viewer.personal_path(registration))
    session[KEPT] = registration.registration_id if registration else 0
    return pages.go(DONE if registration else pages.safe_next(wanted, DONE))


def can_be_entered(webinar: WebinarRecord) -> bool:
    """A recording at once; a broadcast while it is on."""
    now = webinar.type == "auto" or webinar.status in ("live", "paused")
    return now and offers.has_room(webinar) and offers.is_open(webinar)


def _is_far(registration: RegistrationRecord, webinar: WebinarRecord) -> bool:
    """Whether there is time to leave; who need not wait long waits before the room. A broadcast that
    is on is on, whatever its hour was to be."""
    if webinar.type == "live":
        return False
    starts_at = registration.starts_at
    return starts_at is not None and starts_at > clock.now() + NEAR


def kept() -> tuple[bool, RegistrationRecord | None]:
    """(whether this browser has just signed up, the place it took)."""
    registration_id = session.get(KEPT)
    if registration_id is None:
        return False, None
    registration = core.registrations.get(registration_id) if registration_id else None
    return True, None if registration is None or registration.cancelled else registration
