"""What a viewer writes in the room."""

from flask import Response, abort, make_response, redirect, url_for

from app import chat, clock, core
from app.autowebinar import Version, audience, sessions
from app.blueprints.autowebinar_delivery import beats, blueprint, entrance
from app.blueprints.autowebinar_delivery.entrance import Visit
from app.blueprints.autowebinar_delivery.views import show
from app.chat import ChatRefused, Line
from app.core import RegistrationRecord
from app.extensions import htmx
from app.web.room import chat_form, introducing, notices, team, tickets
from app.web.room.chat_form import ChatForm
from app.web.room.tickets import Ticket


@blueprint.post("/<slug>/chat/")
@tickets.limited
def say(slug: str) -> Response:
    ticket = tickets.of(slug)
    registration, version = beats.place_of(ticket)
    if not ticket.channel:
        abort(403)
    try:
        line = _write(ticket, registration, version, ChatForm())
    except ChatRefused as refusal:
        if htmx:
            shared = audience.is_shared(ticket.channel)
            return chat_form.refused(refusal, url_for(".say", slug=slug), shared=shared)
        return _page(Visit(entrance.room_of(slug), version, registration), refusal)
    if not htmx:
        return make_response(redirect(url_for(".room", slug=slug), 303))
    return chat_form.said(line)


def _write(
    ticket: Ticket, registration: RegistrationRecord, version: Version, form: ChatForm
) -> Line:
    webinar = entrance.room_of(ticket.slug)
    shared = audience.is_shared(ticket.channel)
    host = team.host_of(registration, webinar) if shared else None
    introduction = introducing.of(registration) if shared else introducing.UNKNOWN
    with core.transaction():
        line = chat.write(
            ticket.channel,
            form.message.data or "",
            author=registration.name if host is None else host.name or registration.name,
            at_sec=sessions.place_of(registration, version, clock.now()).seconds,
            origin="viewer" if host is None else "team",
            role=introduction.role,
            country=introduction.country,
            registration_id=registration.registration_id,
            form_key=form.key,
            webinar_id=registration.webinar_id,
            shared=shared,
            to_team=bool(form.to_team.data),
        )
        notices.tell_team(line, registration, webinar)
        return line


def _page(visit: Visit, refusal: ChatRefused) -> Response:
    """The whole page with the form as it was, for who has no scripts."""
    step = sessions.enter(visit.registration, visit.version, clock.now())
    return chat_form.with_status(show(visit, step, **chat_form.in_words(refusal)), refusal)
