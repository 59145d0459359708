"""Who watches the same session, for who asks; and what of oneself is in that list."""

from dataclasses import replace

from flask import Response, url_for

from app.autowebinar import audience
from app.blueprints.autowebinar_delivery import blueprint, entrance
from app.blueprints.autowebinar_delivery.entrance import Visit
from app.web.country_form import CountryForm
from app.web.limits import SUBMIT, limiter
from app.web.room import door, people_page


@blueprint.get("/<slug>/people/")
@limiter.limit(SUBMIT)  # type: ignore[untyped-decorator]
def people(slug: str) -> Response:
    webinar = entrance.room_of(slug)
    visit = entrance.visit(webinar)
    return _show(visit) if visit else door.sign_up_first(webinar.slug)


@blueprint.post("/<slug>/people/")
@limiter.limit(SUBMIT)  # type: ignore[untyped-decorator]
def choose_in_list(slug: str) -> Response:
    webinar = entrance.room_of(slug)
    visit = entrance.visit(webinar)
    if visit is None:
        return door.sign_up_first(webinar.slug)
    registration, wrong = people_page.choose(visit.registration)
    shown = _show(replace(visit, registration=registration), wrong)
    return people_page.chosen(shown, url_for(".people", slug=slug))


def _show(visit: Visit, wrong: CountryForm | None = None) -> Response:
    """Who began by themselves are each at a second of their own, and watch with nobody."""
    registration = visit.registration
    together = registration.slot_id is not None and registration.starts_at is not None
    room = audience.presence_key(registration) if together else None
    address = url_for(".people", slug=visit.webinar.slug)
    return people_page.show(visit.webinar, registration, room, address, wrong)
