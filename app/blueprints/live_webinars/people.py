"""Who watches the broadcast, for who asks; and what of oneself is in that list."""

from flask import Response, url_for

from app import live
from app.blueprints.live_webinars import blueprint, entrance
from app.web.limits import SUBMIT, limiter
from app.web.room import people_page


@blueprint.route("/live/<slug>/people/", methods=["GET", "POST"])
@limiter.limit(SUBMIT)  # type: ignore[untyped-decorator]
def people(slug: str) -> Response:
    webinar = entrance.room_of(slug)
    visit = entrance.visit(webinar)
    room = live.places.room_key(webinar.webinar_id)
    registration = visit.registration if visit else None
    return people_page.answer(webinar, registration, room, url_for(".people", slug=webinar.slug))
