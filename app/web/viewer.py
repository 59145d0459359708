"""How a room knows its viewer: by a pass for one registration, never by the account's session.

A personal link leaves a signed cookie under the room's own path: it opens that room and nothing
else. What the room's page polls carries the same proof as a short signed token.
"""

from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

from app import core
from app.core import RegistrationRecord, WebinarRecord

COOKIE = "room"
NINETY_DAYS = 7_776_000
ROOMS = {"auto": "/autowebinar/{slug}/", "live": "/live/{slug}/"}


def room_path(webinar: WebinarRecord) -> str:
    return ROOMS[webinar.type].format(slug=webinar.slug)


def personal_path(registration: RegistrationRecord) -> str:
    return f"/r/{registration.token}/"


def give_pass(
    response: Response, registration: RegistrationRecord, webinar: WebinarRecord
) -> Response:
    """Let this browser into one room."""
    response.set_cookie(
        COOKIE,
        _signer().dumps(registration.token),
        max_age=NINETY_DAYS,
        path=room_path(webinar),
        httponly=True,
        secure=current_app.config["SETTINGS"].in_production,
        samesite="Lax",
    )
    return response


def by_pass(webinar: WebinarRecord) -> RegistrationRecord | None:
    """The registration whose pass this browser holds for this webinar."""
    try:
        token = _signer().loads(request.cookies.get(COOKIE, ""))
    except BadSignature:
        return None
    registration = core.registrations.by_token(str(token))
    if registration is None or registration.webinar_id != webinar.webinar_id:
        return None
    return registration


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="room-pass")
