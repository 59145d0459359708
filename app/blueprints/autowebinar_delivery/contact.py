"""Where a call to action leads by itself: to the person who invited the viewer."""

from flask import Response, url_for

from app.blueprints.autowebinar_delivery import blueprint, entrance
from app.web.room import contact as furniture
from app.web.room import door


@blueprint.route("/<slug>/contact/", methods=["GET", "POST"])
@furniture.limited
def contact(slug: str) -> Response:
    visit = entrance.visit(entrance.room_of(slug))
    if visit is None:
        return door.sign_up_first(slug)
    return furniture.answer(visit.webinar, visit.registration, url_for(".contact", slug=slug))
