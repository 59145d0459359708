"""One viewer's signs of life: the second that the page shows, and its farewell."""

import json

from flask import Response, make_response, request, url_for
from flask_babel import get_locale, gettext

from app import autowebinar, chat, clock
from app.autowebinar import PositionInvalid, Version, audience, holding, sessions, versions
from app.autowebinar.clock import exact_second_of
from app.blueprints.autowebinar_delivery import (
    blueprint,
    composition,
    cues,
    entrance,
    fragments,
    replay,
)
from app.blueprints.autowebinar_delivery.cues import Shown
from app.chat import Line, presence
from app.core import RegistrationRecord
from app.web import numbers
from app.web.room import chat_form, door, tickets
from app.web.room import fragments as furniture
from app.web.room.fragments import Poll
from app.web.room.tickets import Ticket


@blueprint.post("/<slug>/beat/")
@tickets.limited
def beat(slug: str) -> Response:
    ticket = tickets.of(slug)
    registration, version = place_of(ticket)
    if ticket.start != entrance.start_of(registration):
        return moved(slug)
    if not holding.hold(ticket.session_id, ticket.page):
        return elsewhere()
    try:
        position = request.form.get("position", "")
        step = sessions.acknowledge(registration, version, position, clock.now())
    except PositionInvalid:
        return refused()
    entrance.keep(step)
    return _answer(ticket, registration, version, step)


def place_of(ticket: Ticket) -> tuple[RegistrationRecord, Version]:
    """What the ticket is for; 403 where the place was given up since."""
    return door.place_of(ticket), versions.load(ticket.version_id)


def moved(slug: str) -> Response:
    """The place was moved to another start, from another page or from Telegram."""
    response = make_response("", 200)
    response.headers["HX-Redirect"] = url_for(".room", slug=slug)
    response.headers["Cache-Control"] = "no-store"
    return response


def elsewhere() -> Response:
    """The room was opened again in another tab or on another device: there it goes on."""
    response = make_response("", 200)
    response.headers["HX-Reswap"] = "none"
    response.headers["HX-Trigger"] = json.dumps({"room:elsewhere": {}})
    response.headers["Cache-Control"] = "no-store"
    return response


def refused() -> Response:
    """In words, and without taking the place of anything on the page."""
    words = gettext("Такой секунды в записи нет. Обновите страницу.")
    response = make_response(furniture.part("_refusal", text=words), 422)
    response.headers["HX-Reswap"] = "none"
    return response


def _answer(
    ticket: Ticket, registration: RegistrationRecord, version: Version, step: sessions.Step
) -> Response:
    """The true count; the second by the clock; a new polling element where the start moved."""
    chat.mend(ticket.channel)
    lines = _unpolled(ticket.channel)
    poll = _poll(ticket, version, step, lines) if step.place.frozen or lines else None
    viewers = _viewers(ticket, registration, step)
    messages = fragments.messages((), lines)
    chat.answers.seen(registration.registration_id, _number("line"))
    body = fragments.part(
        "_beat",
        viewers=viewers,
        poll=poll,
        messages=messages,
        cues=_cues(registration, version, step),
        slug=ticket.slug,
        standing=chat_form.news_of_standing(registration),
        last_cue=composition.last_offer(version, step.place),
        **_of_recording(step),
    )
    response = make_response(body)
    response.headers["HX-Trigger"] = json.dumps({"room:second": _told(step)})
    response.headers["Cache-Control"] = "no-store"
    return response


def _of_recording(step: sessions.Step) -> dict[str, object]:
    """Told once, when the session has ended: a page that has it says so."""
    if not step.place.ended or "recording_told" in request.form:
        return {"tells_recording": False}
    return {"tells_recording": True, "recording_until": replay.offered_at(step)}


def _cues(registration: RegistrationRecord, version: Version, step: sessions.Step) -> list[Shown]:
    """What is one viewer's of the cues on the page: deadlines that run, own answers, results."""
    second = step.place.seconds
    shown = cues.personal(registration, version, version.shown_at(second), second, step.now)
    on_page = version.shown_at(_number("since"))
    return [each for each in cues.to_tell(shown) if each.cue in on_page]


def _told(step: sessions.Step) -> dict[str, object]:
    """`clock`: the second to a thousandth; `resumed`: whether the clock had stood still."""
    place = step.place
    exact = exact_second_of(place.started_at, step.now)
    return {
        "second": place.seconds,
        "clock": exact,
        "resumed": place.frozen,
        "ended": place.ended,
    }


def _unpolled(channel: str) -> list[Line]:
    """What polls cannot bring, because Redis does not answer."""
    line = _number("line")
    return chat.changed(channel, after=line) if chat.since(channel, line) is None else []


def _poll(ticket: Ticket, version: Version, step: sessions.Step, lines: list[Line]) -> Poll:
    second = step.place.seconds
    return fragments.poll_of(
        ticket.slug,
        version,
        step.place.started_at,
        ticket.channel,
        str(get_locale()),
        second=second,
        since=max(second, _number("since")),
        line=lines[-1].change if lines else _number("line"),
    )


def _number(name: str) -> int:
    return numbers.read(request.form.get(name, ""))


def _viewers(ticket: Ticket, registration: RegistrationRecord, step: sessions.Step) -> int:
    room = audience.presence_key(registration)
    if ticket.counted:
        return presence.touch(room, ticket.session_id, step.now)
    return presence.count(room, step.now)


@blueprint.post("/<slug>/leave/")
@tickets.limited
def leave(slug: str) -> Response:
    """The page says farewell; whoever is back within a minute has not left, nor has whoever went
    on watching elsewhere."""
    ticket = tickets.of(slug)
    if holding.hold(ticket.session_id, ticket.page):
        autowebinar.farewell(ticket.session_id)
    return make_response("", 204)
