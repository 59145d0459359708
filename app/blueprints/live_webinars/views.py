"""The room's page: lobby, broadcast, pause, recording or the end, by the webinar's state."""

from datetime import datetime, timedelta
from typing import Any

from flask import Response, abort, make_response, render_template, url_for
from flask_babel import get_locale

from app import chat, clock, live
from app.blueprints.live_webinars import blueprint, entrance, fragments, stage
from app.blueprints.live_webinars.backlog import newest
from app.blueprints.live_webinars.entrance import Visit
from app.blueprints.live_webinars.fragments import Known
from app.chat import presence
from app.live import RoomState
from app.web import calendar, links
from app.web.room import chat_form, door, tickets


@blueprint.get("/live/<slug>/")
def room(slug: str) -> Response:
    webinar = entrance.room_of(slug)
    visit = entrance.visit(webinar)
    if visit is None:
        return door.sign_up_first(slug)
    now = clock.now()
    entrance.come_in(visit, now)
    return show(visit, now)


def show(visit: Visit, now: datetime, *, status: int = 200, **said: Any) -> Response:
    """The page as it is now. `said`: the words of a refused line or question, and what was wrong."""
    webinar, registration = visit.webinar, visit.registration
    state = live.state.of(webinar.webinar_id)
    channel = live.places.room_key(webinar.webinar_id)
    seat = fragments.seat_of(webinar, visit.broadcast, str(get_locale()))
    picture = stage.of(seat, state)
    stage.permit(seat, picture)
    known = Known(chat.last_change(channel), state.version, picture.key)
    token = fragments.token_of(seat)
    messages, earlier = newest(webinar.slug, token, webinar.webinar_id)
    body = render_template(
        "live_webinars/room.html",
        webinar=webinar,
        registration=registration,
        state=state,
        picture=picture,
        now=now,
        second=visit.broadcast.air.second(now),
        messages=messages if has_chat(visit) else [],
        earlier=earlier,
        me=chat.mark_of(channel, registration.registration_id),
        shared=True,
        questions_apart=True,
        standing=chat.people.standing(registration.registration_id),
        has_chat=has_chat(visit),
        slug=webinar.slug,
        poll=fragments.poll_of(webinar.slug, token, known),
        viewers=count(visit, now),
        ticket=tickets.sign(visit.ticket()),
        own=_own(visit, state),
        form=chat_form.fresh(),
        ask_form=chat_form.fresh(),
        say=url_for("live_webinars.say", slug=webinar.slug),
        longest=chat.LONGEST,
        longest_question=live.questions.LONGEST,
        beat_seconds=fragments.BEAT_SECONDS,
        room_link=links.room_link(registration),
        telegram_link=links.telegram_link(registration),
        **said,
    )
    response = make_response(body, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def has_chat(visit: Visit) -> bool:
    """An outside platform has its own chat, and there is no second one beside it."""
    return live.places.has_chat(visit.webinar.stream_type)


def _own(visit: Visit, state: RoomState) -> dict[str, Any]:
    """What is this viewer's of what all see: their vote, the questions they stand behind."""
    registration_id = visit.registration.registration_id
    webinar_id = visit.webinar.webinar_id
    vote = live.polls.vote_of(state.poll.poll_id, registration_id) if state.poll else None
    return {
        "vote": vote,
        "questions": live.questions.voted_by(webinar_id, registration_id),
    }


def count(visit: Visit, now: datetime) -> int:
    key = live.places.room_key(visit.webinar.webinar_id)
    if visit.counted and door.is_deliberate() and visit.webinar.status in live.state.OPEN:
        return presence.touch(key, visit.registration.session_id, now)
    return presence.count(key, now)


@blueprint.get("/live/<slug>/calendar.ics")
def calendar_file(slug: str) -> Response:
    visit = entrance.visit(entrance.room_of(slug))
    if visit is None or visit.registration.starts_at is None:
        abort(404)
    lasts = timedelta(minutes=visit.broadcast.planned_minutes)
    return calendar.answer(visit.registration, visit.webinar, lasts)
