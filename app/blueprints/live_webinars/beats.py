"""One viewer's signs of life, and the farewell."""

import json

from flask import Response, make_response, request
from flask_babel import get_locale

from app import chat, clock, core, live
from app.blueprints.live_webinars import blueprint, fragments
from app.blueprints.live_webinars.fragments import Known
from app.chat import Line, presence
from app.live import Broadcast
from app.web import numbers
from app.web.room import chat_form, door, tickets
from app.web.room import fragments as furniture
from app.web.room.tickets import Ticket


@blueprint.post("/live/<slug>/beat/")
@tickets.limited
def beat(slug: str) -> Response:
    """Keep the sign; answer the true count and the second on air; put back what Redis lost."""
    ticket = tickets.of(slug)
    registration = door.place_of(ticket)
    broadcast = live.broadcasts.of(registration.webinar_id)
    now = clock.now()
    live.presence.seen(ticket.session_id, broadcast.air, now)
    live.state.mend(broadcast.webinar_id, broadcast.revision)
    chat.mend(ticket.channel)
    lines = _unpolled(ticket.channel)
    chat.answers.seen(registration.registration_id, _line())
    body = fragments.part(
        "_beat",
        viewers=_viewers(ticket, broadcast.webinar_id),
        messages=furniture.changed(lines),
        poll=_poll(ticket, broadcast, lines) if lines else None,
        standing=chat_form.news_of_standing(registration),
    )
    response = make_response(body)
    second = {"second": broadcast.air.second(now)}
    response.headers["HX-Trigger"] = json.dumps({"room:second": second})
    response.headers["Cache-Control"] = "no-store"
    return response


def _viewers(ticket: Ticket, webinar_id: str) -> int:
    key, now = live.places.room_key(webinar_id), clock.now()
    if ticket.counted:
        return presence.touch(key, ticket.session_id, now)
    return presence.count(key, now)


def _unpolled(channel: str) -> list[Line]:
    """Lines that polls cannot bring, because Redis does not answer."""
    return chat.changed(channel, after=_line()) if chat.since(channel, _line()) is None else []


def _line() -> int:
    return numbers.read(request.form.get("line", ""))


def _poll(ticket: Ticket, broadcast: Broadcast, lines: list[Line]) -> furniture.Poll:
    webinar = core.webinars.get(broadcast.webinar_id)
    assert webinar is not None
    token = fragments.token_of(fragments.seat_of(webinar, broadcast, str(get_locale())))
    return fragments.poll_of(ticket.slug, token, Known(lines[-1].change, "", ""))


@blueprint.post("/live/<slug>/leave/")
@tickets.limited
def leave(slug: str) -> Response:
    """The page says farewell; whoever is back within a minute has not left."""
    live.presence.farewell(tickets.of(slug).session_id)
    return make_response("", 204)
