"""Who watches the same session, for who asks; and what of oneself is in that list."""

from flask import Response, url_for

from app.autowebinar import audience
from app.blueprints.autowebinar_delivery import blueprint, entrance
from app.core import RegistrationRecord
from app.web.limits import SUBMIT, limiter
from app.web.room import people_page


@blueprint.route("/<slug>/people/", methods=["GET", "POST"])
@limiter.limit(SUBMIT)  # type: ignore[untyped-decorator]
def people(slug: str) -> Response:
    webinar = entrance.room_of(slug)
    visit = entrance.visit(webinar)
    registration = visit.registration if visit else None
    room = _room(registration) if registration else None
    return people_page.answer(webinar, registration, room, url_for(".people", slug=webinar.slug))


def _room(registration: RegistrationRecord) -> str | None:
    """Who began by themselves are each at a second of their own, and watch with nobody."""
    together = registration.slot_id is not None and registration.starts_at is not None
    return audience.presence_key(registration) if together else None
