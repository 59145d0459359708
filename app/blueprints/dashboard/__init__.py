"""The desk of the marketer: leads, timelines, messages, scenarios, partners. Rights decide what
is seen: a partner his own leads, a leader his branch, an admin everything."""

from flask import Blueprint

blueprint = Blueprint("dashboard", __name__, url_prefix="/dashboard")

from app.blueprints.dashboard import (  # noqa: F401
    backlog,
    bot,
    incoming,
    lead_card,
    lead_changes,
    leads,
    messages,
    overview,
    partners,
    scenarios,
    texts,
)
