"""Who watches the same session, for who asks; and whether one's own name is in that list."""

from flask import Response, make_response, redirect, request, url_for

from app import chat, clock
from app.autowebinar import audience
from app.blueprints.autowebinar_delivery import blueprint, entrance
from app.blueprints.autowebinar_delivery.entrance import Visit
from app.extensions import htmx
from app.web import pages
from app.web.limits import SUBMIT, limiter
from app.web.room import participants


@blueprint.get("/<slug>/people/")
@limiter.limit(SUBMIT)  # type: ignore[untyped-decorator]
def people(slug: str) -> Response:
    visit = entrance.visit(entrance.room_of(slug))
    if visit is None:
        return make_response(redirect(f"/signup/?webinar={slug}", 303))
    return _show(visit)


@blueprint.post("/<slug>/people/")
@limiter.limit(SUBMIT)  # type: ignore[untyped-decorator]
def name_in_list(slug: str) -> Response:
    """The viewer's own choice: whether the others see the name."""
    visit = entrance.visit(entrance.room_of(slug))
    if visit is None:
        return make_response(redirect(f"/signup/?webinar={slug}", 303))
    registration = visit.registration
    chat.people.name_in_list(
        registration.registration_id,
        registration.webinar_id,
        named=request.form.get("named") == "y",
    )
    if htmx:
        return _show(visit)
    return make_response(redirect(url_for(".people", slug=slug), 303))


def _show(visit: Visit) -> Response:
    """None together: who began by themselves are each at a second of their own."""
    registration, slug = visit.registration, visit.webinar.slug
    together = registration.slot_id is not None and registration.starts_at is not None
    room = audience.presence_key(registration)
    response = pages.page(
        "components/room/people.html",
        "components/room/_people.html",
        webinar=visit.webinar,
        people=participants.of(room, registration, clock.now()) if together else None,
        names_url=url_for(".name_in_list", slug=slug),
        room_url=url_for(".room", slug=slug),
    )
    response.headers["Cache-Control"] = "no-store"
    return response
