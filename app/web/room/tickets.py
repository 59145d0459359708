"""A viewer's ticket: who posts from a room's page. It stands in the body of a POST alone."""

from contextlib import suppress
from dataclasses import astuple, dataclass

from flask import Response, abort, current_app, make_response, request
from flask_babel import gettext
from flask_limiter import RequestLimit
from itsdangerous import BadSignature, URLSafeTimedSerializer

from app.web.limits import ROOM, limiter
from app.web.room import signing

A_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Ticket:
    """`counted`: whether the viewer counts; the team does not. `channel`: the chat that the page
    shows. `version_id`: what is shown, in rooms that have versions. `start`: the start by which it is
    shown, in rooms where a place may be moved to another. `page`: which opening of the room this is,
    where of several open pages the newest alone counts."""

    slug: str
    registration_id: int
    session_id: str
    counted: bool
    channel: str
    version_id: str = ""
    start: str = ""
    page: str = ""


def sign(ticket: Ticket) -> str:
    return str(_signer().dumps(astuple(ticket)))


def of(slug: str) -> Ticket:
    """The ticket in the posted form, for this room and not a day old; 403 for any other. A page
    of another release is told to load itself anew."""
    try:
        found = _posted()
    except signing.Outdated:
        signing.load_anew(403)
    if found is None or found.slug != slug:
        abort(403)
    return found


def _posted() -> Ticket | None:
    try:
        values = _signer().loads(request.form.get("viewer", ""), max_age=A_DAY)
    except BadSignature:
        return None
    return signing.record_of(Ticket, values)


def _who_asks() -> str:
    """The viewer's session, or the address where there is none."""
    with suppress(signing.Outdated):
        if found := _posted():
            return f"session:{found.session_id}"
    return f"address:{request.remote_addr}"


def _too_many(breach: RequestLimit) -> Response:
    """In words, and without taking the place of anything in the room."""
    words = gettext("Слишком часто. Подождите немного и попробуйте ещё раз.")
    response = make_response(words, 429)
    response.headers["HX-Reswap"] = "none"
    response.headers["Retry-After"] = str(breach.limit.get_expiry())
    return response


limited = limiter.limit(ROOM, key_func=_who_asks, on_breach=_too_many)
"""Guards what a room's page posts: by the viewer, for an office shares one address."""


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="room-ticket")
