"""autowebinar-delivery: the room in which an AutoWebinar is shown with the live effect.

It joins the AutoWebinar, its chat and the tracker; it registers nobody and writes no CRM.
"""

from flask import Blueprint

blueprint = Blueprint("autowebinar_delivery", __name__, url_prefix="/autowebinar")

from app.blueprints.autowebinar_delivery import (  # noqa: F401
    answering,
    backlog,
    beats,
    contact,
    doors,
    feedback,
    leading_on,
    people,
    polling,
    preview,
    recording,
    talk,
    views,
    ways,
)
