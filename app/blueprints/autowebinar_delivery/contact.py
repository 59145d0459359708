"""Where a call to action leads by itself: to the person who invited the viewer."""

from flask import Response, make_response, redirect, url_for

from app.blueprints.autowebinar_delivery import blueprint, entrance
from app.web.room import contact as furniture


@blueprint.route("/<slug>/contact/", methods=["GET", "POST"])
@furniture.limited
def contact(slug: str) -> Response:
    visit = entrance.visit(entrance.room_of(slug))
    if visit is None:
        return make_response(redirect(f"/signup/?webinar={slug}", 303))
    return furniture.answer(visit.webinar, visit.registration, url_for(".contact", slug=slug))
