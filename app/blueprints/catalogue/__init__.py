"""The public pages: the schedule, each webinar's landing page, and what one consents to."""

from flask import Blueprint

blueprint = Blueprint("catalogue", __name__)

from app.blueprints.catalogue import policies, views  # noqa: F401
