"""The only registration: takes a person in, finds or makes the lead and the account, gives the
place on the webinar, and leads on. It signs nobody in and tells nothing about an address."""

from flask import Blueprint

blueprint = Blueprint("signup", __name__)

from app.blueprints.signup import views  # noqa: F401
