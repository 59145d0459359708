"""The room's hot path: what is new since a second and a line, for all who share a seat.

It knows no person, opens no session and asks Redis once and the database never (a version is
read once a process).
"""

from flask import Response
from flask_babel import force_locale

from app import chat, clock
from app.autowebinar import Cue, Version, versions
from app.autowebinar.clock import second_of
from app.blueprints.autowebinar_delivery import blueprint, cues, seats
from app.blueprints.autowebinar_delivery.fragments import messages, next_poll, part
from app.chat import Line
from app.extensions import limiter
from app.web.numbers import asked
from app.web.room import fragments as furniture

AHEAD_SECONDS = 1


@blueprint.get("/<slug>/poll/<token>/")
@limiter.exempt  # type: ignore[untyped-decorator]
def poll(slug: str, token: str) -> Response:
    seat = seats.seat(token)
    version = versions.load(seat.version_id)
    since, line = asked("since"), asked("line")
    second = second_of(seat.started_at, clock.now(), version.duration)
    until = max(since, second + AHEAD_SECONDS)
    lines = chat.since(seat.channel, line) or []
    if not lines and not _has_news(version, since, until):
        return furniture.shared("", 204)
    with force_locale(seat.locale):
        return furniture.shared(_news(slug, token, version, second, since, until, line, lines))


def _has_news(version: Version, since: int, until: int) -> bool:
    moment = version.next_moment(since)
    return moment is not None and moment <= until


def _news(
    slug: str,
    token: str,
    version: Version,
    second: int,
    since: int,
    until: int,
    line: int,
    lines: list[Line],
) -> str:
    last = lines[-1].change if lines else line
    before, after = version.shown_at(since), version.shown_at(until)
    now = clock.now()
    return part(
        "_news",
        poll=next_poll(slug, token, version, second=second, since=until, line=last),
        messages=messages(version.lines_between(since, until), lines),
        gone=[cue for cue in before if cue not in after],
        come=cues.shared(version, [cue for cue in after if cue not in before], until, now),
        results=cues.shared(version, _with_results(before, after, since, until), until, now),
        slug=slug,
    )


def _with_results(
    before: tuple[Cue, ...], after: tuple[Cue, ...], since: int, until: int
) -> list[Cue]:
    """Polls that stay, and whose results everybody sees from now on."""
    return [
        cue
        for cue in after
        if cue in before and cue.results_at is not None and since < cue.results_at <= until
    ]
