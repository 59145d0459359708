"""A webinar by the address that somebody has: its present one, or one that it had."""

from collections.abc import Callable
from typing import Any

from flask import Response, abort, make_response, redirect, request, url_for

from app import core
from app.core import WebinarRecord
from app.web import viewer


def webinar_at(slug: str, may_be_seen: Callable[[WebinarRecord], bool]) -> WebinarRecord | None:
    """A page that is asked for at an address of before is led to the present one, where whoever asks
    may see it. Whatever else comes there, a form or a sign of life, is for the same webinar."""
    if not core.webinars.SLUG.fullmatch(slug):
        return None
    found = core.webinars.by_slug(slug)
    if found is not None:
        return found
    found = core.webinars.by_former_slug(slug)
    if found is not None and request.method in ("GET", "HEAD") and may_be_seen(found):
        _lead_on(slug, found)
    return found


def _lead_on(slug: str, webinar: WebinarRecord) -> None:
    """With all that the address says besides. Not for ever: a webinar may go back to it."""
    at, asked = dict(request.view_args or {}), request.args.to_dict(flat=False)
    if at.get("slug") == slug:
        at["slug"] = webinar.slug
    elif asked.get("webinar") == [slug]:
        asked["webinar"] = [webinar.slug]
    else:
        return
    given: dict[str, Any] = {f"{name}": values for name, values in asked.items() if name not in at}
    address = url_for(request.endpoint or "", **given, **at)
    abort(_with_pass(make_response(redirect(address, 302)), webinar))


def _with_pass(response: Response, webinar: WebinarRecord) -> Response:
    """A room's pass lies under the room's path, and moves with it."""
    registration = viewer.by_pass(webinar)
    return viewer.give_pass(response, registration, webinar) if registration else response
