"""The room's page."""

from datetime import datetime
from typing import Any

from flask import Response, make_response, redirect, render_template, url_for
from flask_babel import get_locale

from app import chat, clock
from app.autowebinar import Version, sessions
from app.blueprints.autowebinar_delivery import blueprint, cues, doors, entrance, fragments
from app.blueprints.autowebinar_delivery.entrance import Visit
from app.chat import presence
from app.web import assets, links
from app.web.room import chat_form, tickets


@blueprint.get("/<slug>/")
def room(slug: str) -> Response:
    webinar = entrance.room_of(slug)
    visit = entrance.visit(webinar)
    if visit is None:
        return make_response(redirect(f"/signup/?webinar={slug}", 303))
    now = clock.now()
    in_the_way = doors.before_the_room(visit, now)
    return in_the_way or show(visit, entrance.come_in(visit, now))


def show(visit: Visit, step: sessions.Step, *, status: int = 200, **said: Any) -> Response:
    """The page at the step's second. `said`: the words of a refused line, and what was wrong."""
    second, version = step.place.seconds, visit.version
    channel = entrance.channel_of(visit.registration)
    lines = chat.recent(channel)
    poll = fragments.poll_of(
        visit.webinar.slug,
        version,
        step.place.started_at,
        channel,
        str(get_locale()),
        second=second,
        since=second,
        line=lines[-1].number if lines else 0,
    )
    body = render_template(
        "autowebinar_delivery/room.html",
        webinar=visit.webinar,
        version=version,
        registration=visit.registration,
        second=second,
        ended=step.place.ended,
        messages=fragments.messages(version.lines_between(-1, second), lines),
        cues=cues.personal(visit.registration, version, version.shown_at(second), second, step.now),
        slug=visit.webinar.slug,
        say=url_for(".say", slug=visit.webinar.slug),
        poll=poll,
        viewers=_viewers(visit, step.now),
        ticket=tickets.sign(visit.ticket()),
        form=chat_form.fresh(),
        beat_seconds=fragments.BEAT_SECONDS,
        longest=chat.LONGEST,
        media=_media(version),
        room_link=links.room_link(visit.registration),
        telegram_link=links.telegram_link(visit.registration),
        **said,
    )
    response = make_response(body, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _media(version: Version) -> dict[str, str]:
    return {
        "video": _address(version.video),
        "poster": _address(version.poster),
        "captions": _address(version.captions),
    }


def _address(path: str) -> str:
    """A whole address, or one of our static files'."""
    whole = path.startswith(("https://", "http://", "/"))
    return path if whole or not path else assets.static_url(path)


def _viewers(visit: Visit, now: datetime) -> int:
    room = entrance.presence_key(visit.registration)
    if visit.counted and entrance.is_deliberate():
        return presence.touch(room, visit.registration.session_id, now)
    return presence.count(room, now)
