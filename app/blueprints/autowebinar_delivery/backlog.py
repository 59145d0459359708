"""What was said before: the newest lines first, and a page of earlier ones for who scrolls back."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response, make_response, url_for
from flask_babel import force_locale

from app import chat, clock
from app.autowebinar import Version, versions
from app.autowebinar.clock import second_of
from app.blueprints.autowebinar_delivery import blueprint, fragments, seats
from app.chat import Line
from app.web.numbers import asked
from app.web.room import fragments as furniture
from app.web.room.fragments import Message

PAGE = 60
NOWHERE = 10**9


@dataclass(frozen=True, slots=True)
class Backlog:
    """`earlier`: where the page before these is; None where there is none."""

    messages: list[Message]
    earlier: str | None


@blueprint.get("/<slug>/earlier/<token>/")
def earlier(slug: str, token: str) -> Response:
    """Like the poll it knows no person: whoever has the seat has read what stands here."""
    seat = seats.seat(token)
    version = versions.load(seat.version_id)
    second = second_of(seat.started_at, clock.now(), version.duration)
    page = newest(
        slug, token, version, second, seat.channel, position=asked("r"), number=asked("c")
    )
    with force_locale(seat.locale):
        body = furniture.part("_earlier", messages=page.messages, earlier=page.earlier, me="")
    response = make_response(body)
    response.headers["Cache-Control"] = "no-store"
    return response


def newest(
    slug: str,
    token: str,
    version: Version,
    second: int,
    channel: str,
    *,
    position: int = NOWHERE,
    number: int = NOWHERE,
) -> Backlog:
    """The newest lines before that place among the recorded and that number of the written."""
    written = chat.recent(channel, before=number, limit=PAGE + 1)

    def address(r: int, c: int) -> str:
        return url_for(".earlier", slug=slug, token=token, r=r, c=c)

    return composed(version, second, written, address, position=position, number=number)


def composed(
    version: Version,
    second: int,
    written: list[Line],
    address: Callable[[int, int], str],
    *,
    position: int = NOWHERE,
    number: int = NOWHERE,
) -> Backlog:
    """A page of what was recorded up to the second, and of what was `written`. `address`: where the
    page before that place and that number is."""
    recorded = version.lines_between(-1, second)[:position]
    found = [fragments.recorded_message(line) for line in recorded[-PAGE:]]
    found = sorted(found + furniture.written(written), key=lambda message: message.at)
    shown = found[-PAGE:]
    if len(recorded) + len(written) <= PAGE:
        return Backlog(shown, None)
    before = _first(shown, "r", len(recorded)), _first(shown, "c", number)
    return Backlog(shown, address(*before))


def _first(messages: list[Message], kind: str, otherwise: int) -> int:
    """The place of the first line of a kind among these."""
    numbers = (int(m.message_id[1:]) for m in messages if m.message_id[0] == kind)
    return min(numbers, default=otherwise)
