"""live-webinars: the room of a broadcast, from the lobby to the recording.

It joins the broadcast, its chat and the tracker; it registers nobody and writes no CRM.
"""

from flask import Blueprint

blueprint = Blueprint("live_webinars", __name__)

from app.blueprints.live_webinars import (  # noqa: F401
    asking,
    backlog,
    beats,
    leading_on,
    people,
    polling,
    stream_hooks,
    talk,
    views,
)
