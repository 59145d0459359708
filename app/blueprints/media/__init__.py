"""The files of webinars, served: to everybody once a webinar shows them, before that to its authors."""

from flask import Blueprint

blueprint = Blueprint("media", __name__, url_prefix="/media")

from app.blueprints.media import serving  # noqa: F401
