"""Who watches the broadcast, for who asks; and whether one's own name is in that list."""

from flask import Response, url_for

from app.blueprints.live_webinars import blueprint, entrance
from app.blueprints.live_webinars.entrance import Visit
from app.web.limits import SUBMIT, limiter
from app.web.room import people_page


@blueprint.get("/live/<slug>/people/")
@limiter.limit(SUBMIT)  # type: ignore[untyped-decorator]
def people(slug: str) -> Response:
    webinar = entrance.room_of(slug)
    visit = entrance.visit(webinar)
    return _show(visit) if visit else people_page.sign_up_first(webinar)


@blueprint.post("/live/<slug>/people/")
@limiter.limit(SUBMIT)  # type: ignore[untyped-decorator]
def name_in_list(slug: str) -> Response:
    webinar = entrance.room_of(slug)
    visit = entrance.visit(webinar)
    if visit is None:
        return people_page.sign_up_first(webinar)
    people_page.choose_name(visit.registration)
    return people_page.chosen(_show(visit), url_for(".people", slug=slug))


def _show(visit: Visit) -> Response:
    room = entrance.presence_key(visit.webinar.webinar_id)
    address = url_for(".people", slug=visit.webinar.slug)
    return people_page.show(visit.webinar, visit.registration, room, address)
