"""What was said before: the newest lines first, and a page of earlier ones for who scrolls back."""

from flask import Response, make_response, url_for
from flask_babel import force_locale

from app import chat, live
from app.blueprints.live_webinars import blueprint, fragments
from app.web.numbers import asked
from app.web.room import fragments as furniture
from app.web.room.fragments import Message

PAGE = 60
NOWHERE = 10**9


@blueprint.get("/live/<slug>/earlier/<token>/")
def earlier(slug: str, token: str) -> Response:
    """Like the poll it knows no person: whoever has the seat has read what stands here."""
    seat = fragments.seat(token)
    messages, before = newest(slug, token, seat.webinar_id, before=asked("c"))
    with force_locale(seat.locale):
        body = furniture.part("_earlier", messages=messages, earlier=before, me="")
    response = make_response(body)
    response.headers["Cache-Control"] = "no-store"
    return response


def newest(
    slug: str, token: str, webinar_id: str, *, before: int = NOWHERE
) -> tuple[list[Message], str | None]:
    """(the newest lines before that number, where the page before them is)."""
    found = chat.recent(live.places.room_key(webinar_id), before=before, limit=PAGE + 1)
    shown = found[-PAGE:]
    if len(found) <= PAGE:
        return furniture.written(shown), None
    first = shown[0].number
    return furniture.written(shown), url_for(".earlier", slug=slug, token=token, c=first)
