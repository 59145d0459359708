"""The room's page."""

from datetime import datetime
from typing import Any

from flask import Response, make_response, render_template, url_for
from flask_babel import get_locale

from app import chat, clock
from app.autowebinar import audience, holding, sessions
from app.blueprints.autowebinar_delivery import (
    blueprint,
    composition,
    cues,
    doors,
    entrance,
    fragments,
    replay,
    seats,
    talk_place,
)
from app.blueprints.autowebinar_delivery.backlog import newest
from app.blueprints.autowebinar_delivery.entrance import Visit
from app.chat import presence
from app.web import links, pages, video
from app.web.room import chat_form, contact, door, team, tickets


@blueprint.get("/<slug>/")
def room(slug: str) -> Response:
    webinar = entrance.room_of(slug)
    visit = entrance.visit(webinar)
    if visit is None:
        return door.sign_up_first(slug)
    now = clock.now()
    in_the_way = doors.before_the_room(visit, now)
    return in_the_way or show(visit, entrance.come_in(visit, now))


def show(visit: Visit, step: sessions.Step, *, status: int = 200, **said: Any) -> Response:
    """The page at the step's second. `said`: the words of a refused line, and what was wrong."""
    version, place = visit.version, step.place
    shown = cues.personal(
        visit.registration, version, version.shown_at(place.seconds), place.seconds, step.now
    )
    seen = composition.room_of(
        visit.webinar, step, shown, replay.offered_at(step), pages.public_address("")
    )
    video.permit(seen["scene"].picture)
    slug, talk = visit.webinar.slug, talk_place.of(visit.registration)
    token = seats.sign_seat(version.version_id, place.started_at, talk.channel, str(get_locale()))
    last = chat.last_change(talk.channel)
    backlog = newest(slug, token, version, place.seconds, talk.channel)
    body = render_template(
        "autowebinar_delivery/room.html",
        **seen,
        messages=backlog.messages,
        earlier=backlog.earlier,
        me=chat.mark_of(talk.channel, visit.registration.registration_id),
        shared=talk.shared,
        standing=talk.standing,
        say=url_for(".say", slug=slug),
        poll=fragments.next_poll(
            slug, token, version, second=place.seconds, since=place.seconds, line=last
        ),
        viewers=_viewers(visit, step.now),
        ticket=tickets.sign(visit.ticket(talk.channel, _open_page(visit, step.now))),
        form=chat_form.fresh(),
        team_here=team.is_watching(visit.webinar, step.now),
        inviter=contact.inviter_of(visit.registration),
        room_link=links.room_link(visit.registration),
        telegram_link=links.telegram_link(visit.registration),
        **said,
    )
    response = make_response(body, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _open_page(visit: Visit, now: datetime) -> str:
    """The page that is being opened is from now on the one that counts."""
    page = holding.new_page(now)
    if door.is_deliberate():
        holding.hold(visit.registration.session_id, page)
    return page


def _viewers(visit: Visit, now: datetime) -> int:
    room = audience.presence_key(visit.registration)
    if visit.counted and door.is_deliberate():
        return presence.touch(room, visit.registration.session_id, now)
    return presence.count(room, now)
