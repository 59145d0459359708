"""«Watch the recording»: at one's own pace, back as one likes, forward as far as was seen. No chat.

For who asked for it at sign-up, until it expires; and after a session, where the author offers
the recording. What is acknowledged counts as it does in the room.
"""

from datetime import datetime

from flask import Response, make_response, redirect, render_template, request, url_for

from app import clock
from app.autowebinar import PositionInvalid, Version, holding, sessions
from app.blueprints.autowebinar_delivery import (
    beats,
    blueprint,
    composition,
    cues,
    entrance,
    replay,
)
from app.blueprints.autowebinar_delivery.cues import Shown
from app.blueprints.autowebinar_delivery.entrance import Visit
from app.core import RegistrationRecord
from app.web import links, pages, video
from app.web.room import door, tickets

NO_CHANGE = 204
NO_CHANNEL = ""


@blueprint.get("/<slug>/recording/")
def recording(slug: str) -> Response:
    visit = entrance.visit(entrance.room_of(slug))
    if visit is None:
        return door.sign_up_first(slug)
    now = clock.now()
    until = replay.open_until(visit.registration, visit.version, now)
    if until is None:
        return make_response(redirect(url_for(".room", slug=slug), 303))
    return _show(visit, entrance.come_in(visit, now), until)


def _show(visit: Visit, step: sessions.Step, until: datetime) -> Response:
    registration, version = visit.registration, visit.version
    shown = composition.recording_of(visit.webinar, step, until, pages.public_address(""))
    video.permit(shown["scene"].picture)
    page = holding.new_page(step.now)
    if door.is_deliberate():
        holding.hold(registration.session_id, page)
    body = render_template(
        "autowebinar_delivery/recording.html",
        **shown,
        cues=_shown(registration, version, shown["second"], step.now),
        ticket=tickets.sign(visit.ticket(NO_CHANNEL, page)),
        room_link=links.room_link(registration),
        telegram_link=links.telegram_link(registration),
    )
    response = make_response(body)
    response.headers["Cache-Control"] = "no-store"
    return response


def _shown(
    registration: RegistrationRecord, version: Version, second: int, now: datetime
) -> list[Shown]:
    return cues.personal(registration, version, version.shown_at(second), second, now)


@blueprint.post("/<slug>/recording/beat/")
@tickets.limited
def recording_beat(slug: str) -> Response:
    """The second that the page shows; the cues of that second, where they are others than the
    page has."""
    ticket = tickets.of(slug)
    registration, version = beats.place_of(ticket)
    now = clock.now()
    moved = ticket.start != entrance.start_of(registration)
    if moved or replay.open_until(registration, version, now) is None:
        return beats.moved(slug)
    if not holding.hold(ticket.session_id, ticket.page):
        return beats.elsewhere()
    try:
        second = sessions.second_in(request.form.get("position", ""), version.duration)
    except PositionInvalid:
        return beats.refused()
    step = sessions.acknowledge(registration, version, str(second), now)
    entrance.keep(step)
    return _cues(slug, registration, version, min(second, step.viewing.last_position), now)


def _cues(
    slug: str, registration: RegistrationRecord, version: Version, second: int, now: datetime
) -> Response:
    on_page = set(filter(None, request.form.get("cues", "").split(",")))
    if on_page == {cue.cue_id for cue in version.shown_at(second)}:
        return make_response("", NO_CHANGE)
    shown = _shown(registration, version, second, now)
    page = "autowebinar_delivery/_timeline.html"
    response = make_response(render_template(page, cues=shown, slug=slug, ticket=None))
    response.headers["Cache-Control"] = "no-store"
    return response
