"""For machines and alarms: whether it lives, whether it is well, and its figures."""

from flask import Blueprint

blueprint = Blueprint("ops", __name__)

from app.blueprints.ops import measuring, views  # noqa: F401
