"""The room's hot path: new lines, and what the speaker shows, for all who share an address.

It knows no person, opens no session, asks Redis once and the database never.
"""

from flask import Response, request
from flask_babel import force_locale

from app import chat, clock, live
from app.blueprints.live_webinars import blueprint, fragments, stage
from app.blueprints.live_webinars.fragments import Known, Seat
from app.chat import Line
from app.extensions import limiter
from app.live import RoomState
from app.web import numbers
from app.web.room import fragments as furniture


@blueprint.get("/live/<slug>/poll/<token>/")
@limiter.exempt  # type: ignore[untyped-decorator]
def poll(slug: str, token: str) -> Response:
    seat = fragments.seat(token)
    known = Known(numbers.asked("line"), _word("v"), _word("stage"))
    lines, held = chat.since_with(
        live.places.room_key(seat.webinar_id), known.line, live.state.KEY.format(seat.webinar_id)
    )
    state = live.state.decoded(held)
    if not lines and (state is None or state.version == known.version):
        return furniture.shared("", 204)
    with force_locale(seat.locale):
        return furniture.shared(_news(seat, token, known, lines or [], state))


def _word(name: str) -> str:
    """A short word of ours in the query; nothing for anything else."""
    value = request.args.get(name, "")
    return value if value.isascii() and value.isalnum() and len(value) <= 16 else ""


def _news(seat: Seat, token: str, known: Known, lines: list[Line], state: RoomState | None) -> str:
    changed = state is not None and state.version != known.version
    picture = stage.of(seat, state) if state is not None and changed else None
    key = fragments.stage_key(state, seat.stream_source) if state is not None else known.stage
    now_known = Known(
        line=lines[-1].change if lines else known.line,
        version=state.version if state is not None else known.version,
        stage=key if changed else known.stage,
    )
    return fragments.part(
        "_news",
        poll=fragments.poll_of(seat.slug, token, now_known),
        messages=furniture.changed(lines),
        state=state if changed else None,
        picture=picture if key != known.stage else None,
        slug=seat.slug,
        now=clock.now(),
    )
