"""What a viewer writes in the chat."""

from flask import Response, abort, make_response, redirect, url_for

from app import chat, clock, live
from app.blueprints.live_webinars import blueprint, entrance
from app.blueprints.live_webinars.entrance import Visit
from app.blueprints.live_webinars.views import show
from app.chat import ChatRefused, Line
from app.core import RegistrationRecord, WebinarRecord
from app.extensions import htmx
from app.web.room import chat_form, door, introducing, team, tickets
from app.web.room.chat_form import ChatForm


@blueprint.post("/live/<slug>/chat/")
@tickets.limited
def say(slug: str) -> Response:
    ticket = tickets.of(slug)
    registration = door.place_of(ticket)
    webinar = _talking(slug)
    try:
        line = _write(ticket.channel, registration, webinar, ChatForm())
    except ChatRefused as refusal:
        if htmx:
            return chat_form.refused(
                refusal, url_for(".say", slug=slug), shared=True, questions_apart=True
            )
        return _page(webinar, registration, refusal)
    if not htmx:
        return make_response(redirect(url_for(".room", slug=slug), 303))
    return chat_form.said(line)


def _talking(slug: str) -> WebinarRecord:
    """The webinar, while its chat is open; an outside platform has its own."""
    webinar = entrance.room_of(slug)
    if webinar.status not in live.state.OPEN or not live.places.has_chat(webinar.stream_type):
        abort(403)
    return webinar


def _write(
    channel: str, registration: RegistrationRecord, webinar: WebinarRecord, form: ChatForm
) -> Line:
    host = team.host_of(registration, webinar)
    air = live.broadcasts.of(registration.webinar_id).air
    introduction = introducing.of(registration)
    return chat.write(
        channel,
        form.message.data or "",
        author=registration.name if host is None else host.name or registration.name,
        origin="viewer" if host is None else "team",
        role=introduction.role,
        country=introduction.country,
        at_sec=air.second(clock.now()),
        registration_id=registration.registration_id,
        form_key=form.key,
        webinar_id=registration.webinar_id,
        shared=True,
        may_ask=False,
    )


def _page(
    webinar: WebinarRecord, registration: RegistrationRecord, refusal: ChatRefused
) -> Response:
    """The whole page with the form as it was, for who has no scripts."""
    visit = Visit(webinar, live.broadcasts.of(webinar.webinar_id), registration)
    page = show(visit, clock.now(), **chat_form.in_words(refusal))
    return chat_form.with_status(page, refusal)
