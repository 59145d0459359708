"""Webinars as the public may see them: shown, or as if they were not there."""

from flask import abort, current_app

from app.core import WebinarRecord
from app.web import addresses
from app.web.assets import static_url

OPEN = frozenset({"published", "scheduled", "live", "paused"})
SHOWN = OPEN | {"finished"}
ANNOUNCED = SHOWN | {"cancelled"}
"""What once had an address that people were given: it says what became of it."""
ROOMS = {"auto": "autowebinar_delivery", "live": "live_webinars"}


def shown(slug: str, statuses: frozenset[str] = SHOWN) -> WebinarRecord:
    """The webinar that has a public page, or 404: a draft tells nobody that it exists."""
    webinar = addresses.webinar_at(slug, lambda found: found.status in statuses)
    if webinar is None or webinar.status not in statuses:
        abort(404)
    return webinar


def has_room(webinar: WebinarRecord) -> bool:
    """Whether this installation has the room of that kind of webinar."""
    return ROOMS[webinar.type] in current_app.blueprints


def is_open(webinar: WebinarRecord) -> bool:
    """Whether one may still take a place."""
    return webinar.status in OPEN


def poster(webinar: WebinarRecord) -> str | None:
    """The poster's address: a path among static files or a whole address; None for the default."""
    given = webinar.poster
    if not given or given.startswith(("/", "https://", "http://")):
        return given or None
    return static_url(given)


def kind(webinar: WebinarRecord) -> str:
    """`live` or `recorded`, as pages and the room's `data-kind` say it."""
    return "live" if webinar.type == "live" else "recorded"
