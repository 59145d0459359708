"""Signed tokens by which the room's page asks for more, so that no session need be opened.

A *seat* is what a stretch of the room depends on, and no person: those who share it share its
address. A *ticket* is one viewer's, and stands in the body of a POST alone.
"""

from dataclasses import astuple, dataclass
from datetime import datetime
from functools import lru_cache

from flask import Response, abort, current_app, make_response, request
from flask_babel import gettext
from flask_limiter import RequestLimit
from itsdangerous import BadSignature, URLSafeSerializer, URLSafeTimedSerializer

from app import clock
from app.web.limits import ROOM, limiter

A_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Seat:
    """`started`: when second 0 was, in unix milliseconds. `channel`: whose chat lines come."""

    version_id: str
    started: int
    channel: str
    locale: str

    @property
    def started_at(self) -> datetime:
        return clock.from_unix(self.started / 1000)


@dataclass(frozen=True, slots=True)
class Ticket:
    """`counted`: whether the viewer counts; the team does not."""

    slug: str
    registration_id: int
    session_id: str
    version_id: str
    counted: bool


def sign_seat(version_id: str, started_at: datetime, channel: str, locale: str) -> str:
    seat = Seat(version_id, round(started_at.timestamp() * 1000), channel, locale)
    return str(_seats(current_app.secret_key).dumps(astuple(seat)))


def seat(token: str) -> Seat:
    """The seat of an address, or 404: the address was never given out."""
    found = _read_seat(str(current_app.secret_key), token)
    if found is None:
        abort(404)
    return found


@lru_cache(maxsize=4096)
def _read_seat(secret: str, token: str) -> Seat | None:
    try:
        return Seat(*_seats(secret).loads(token))
    except (BadSignature, TypeError):
        return None


def sign_ticket(ticket: Ticket) -> str:
    return str(_tickets().dumps(astuple(ticket)))


def ticket(slug: str) -> Ticket:
    """The ticket in the posted form, for this room and not a day old; 403 for any other."""
    found = _read_ticket()
    if found is None or found.slug != slug:
        abort(403)
    return found


def _who_asks() -> str:
    """The viewer's session, or the address where there is none."""
    found = _read_ticket()
    return f"session:{found.session_id}" if found else f"address:{request.remote_addr}"


def _read_ticket() -> Ticket | None:
    try:
        return Ticket(*_tickets().loads(request.form.get("viewer", ""), max_age=A_DAY))
    except (BadSignature, TypeError):
        return None


def _too_many(breach: RequestLimit) -> Response:
    """In words, and without taking the place of anything in the room."""
    words = gettext("Слишком часто. Подождите немного и попробуйте ещё раз.")
    response = make_response(words, 429)
    response.headers["HX-Reswap"] = "none"
    response.headers["Retry-After"] = str(breach.limit.get_expiry())
    return response


limited = limiter.limit(ROOM, key_func=_who_asks, on_breach=_too_many)
"""Guards what a room's page posts: by the viewer, for an office shares one address."""


def _seats(secret: object) -> URLSafeSerializer:
    return URLSafeSerializer(str(secret), salt="autowebinar-seat")


def _tickets() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="autowebinar-ticket")
