"""The account: the ways in and out, and what is a person's own."""

from flask import Blueprint

blueprint = Blueprint("account", __name__)

from app.blueprints.account import cabinet, entrance, leaving, one_time, own_data  # noqa: F401
