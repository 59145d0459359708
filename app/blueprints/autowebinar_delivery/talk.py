"""What a viewer writes in the room."""

from flask import Response, abort, make_response, redirect, url_for

from app import chat, clock
from app.autowebinar import Version, sessions
from app.blueprints.autowebinar_delivery import beats, blueprint, entrance
from app.blueprints.autowebinar_delivery.entrance import Visit
from app.blueprints.autowebinar_delivery.views import show
from app.chat import ChatRefused, Line
from app.core import RegistrationRecord
from app.extensions import htmx
from app.web.room import chat_form, tickets
from app.web.room.chat_form import ChatForm
from app.web.room.tickets import Ticket


@blueprint.post("/<slug>/chat/")
@tickets.limited
def say(slug: str) -> Response:
    ticket = tickets.of(slug)
    registration, version = beats.place_of(ticket)
    if sessions.is_recording(registration):
        abort(403)
    try:
        line = _write(ticket, registration, version, ChatForm())
    except ChatRefused as refusal:
        if htmx:
            return chat_form.refused(refusal, url_for(".say", slug=slug))
        return _page(Visit(entrance.room_of(slug), version, registration), refusal)
    if not htmx:
        return make_response(redirect(url_for(".room", slug=slug), 303))
    return chat_form.said(line)


def _write(
    ticket: Ticket, registration: RegistrationRecord, version: Version, form: ChatForm
) -> Line:
    return chat.write(
        ticket.channel,
        form.message.data or "",
        author=registration.name,
        at_sec=sessions.place_of(registration, version, clock.now()).seconds,
        registration_id=registration.registration_id,
        form_key=form.key,
    )


def _page(visit: Visit, refusal: ChatRefused) -> Response:
    """The whole page with the form as it was, for who has no scripts."""
    step = sessions.enter(visit.registration, visit.version, clock.now())
    return chat_form.with_status(show(visit, step, **chat_form.in_words(refusal)), refusal)
