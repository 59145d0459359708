"""The first page of the desk: a few figures, each bounded by an index, and the newest leads."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Response

from app import clock, core, messages
from app.blueprints.dashboard import blueprint
from app.blueprints.dashboard.desk import SEES_LEADS, show
from app.core import access
from app.web import accounts, localisation

NEWEST = 8
WEEK = timedelta(days=7)


@blueprint.get("/")
@accounts.requires(*SEES_LEADS)
def overview() -> Response:
    viewer = accounts.viewer()
    manages = viewer.can(access.MESSAGES_MANAGE)
    return show(
        "dashboard",
        "overview.html",
        today=core.leads.count_since(viewer, start_of_today()),
        week=core.leads.count_since(viewer, clock.now() - WEEK),
        newest=core.leads.page(viewer, limit=NEWEST),
        own=core.referrals.totals(viewer.user_id) if viewer.ref_code else None,
        counts=messages.counts() if manages else None,
        facts=core.backlog() if manages else None,
        paused_until=messages.channel.state().paused_until if manages else None,
    )


def start_of_today() -> datetime:
    """Midnight by the site's clock."""
    local = clock.now().astimezone(ZoneInfo(localisation.chosen_zone()))
    return local.replace(hour=0, minute=0, second=0, microsecond=0)
