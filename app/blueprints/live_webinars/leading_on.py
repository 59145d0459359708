"""Where the call to action leads: out of the room, in a tab of its own."""

from flask import Response, abort, make_response, redirect, url_for

from app.blueprints.live_webinars import blueprint, entrance
from app.web.room import contact as furniture
from app.web.room import door


@blueprint.get("/live/<slug>/go/")
def go(slug: str) -> Response:
    """A hidden call to action leads nowhere: the speaker has not shown it."""
    visit = entrance.visit(entrance.room_of(slug))
    if visit is None:
        return door.sign_up_first(slug)
    if visit.webinar.cta_visibility != "shown":
        abort(404)
    address = visit.broadcast.cta_link or url_for("live_webinars.contact", slug=slug)
    response = make_response(redirect(address, 303))
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.route("/live/<slug>/contact/", methods=["GET", "POST"])
@furniture.limited
def contact(slug: str) -> Response:
    visit = entrance.visit(entrance.room_of(slug))
    if visit is None:
        return door.sign_up_first(slug)
    return furniture.answer(visit.webinar, visit.registration, url_for(".contact", slug=slug))
