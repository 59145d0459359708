"""The list of those who watch, as every room answers it."""

from flask import Response, make_response, redirect, request

from app import chat, clock
from app.core import RegistrationRecord, WebinarRecord
from app.extensions import htmx
from app.web import pages
from app.web.room import participants


def show(
    webinar: WebinarRecord, registration: RegistrationRecord, room: str | None, address: str
) -> Response:
    """`room`: the key of those who watch together; None where each is at a second of their own.
    `address`: where the list is, and the choice about one's own name is posted."""
    people = participants.of(room, registration, clock.now()) if room is not None else None
    response = pages.page(
        "components/room/people.html",
        "components/room/_people.html",
        webinar=webinar,
        people=people,
        names_url=address,
        room_url=address.removesuffix("people/"),
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def choose_name(registration: RegistrationRecord) -> None:
    """The viewer's own choice: whether the others see the name."""
    chat.people.name_in_list(
        registration.registration_id,
        registration.webinar_id,
        named=request.form.get("named") == "y",
    )


def chosen(shown: Response, address: str) -> Response:
    """The list again: in its place for HTMX, as a page of its own otherwise."""
    return shown if htmx else make_response(redirect(address, 303))
