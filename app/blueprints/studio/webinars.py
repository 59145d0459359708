"""All webinars that a person may work on."""

from flask import Response

from app import core
from app.blueprints.studio import blueprint
from app.blueprints.studio.panels import may_open
from app.core import access
from app.web import accounts, pages
from app.web.desk import desk_nav

MOST = 200


@blueprint.get("/")
@accounts.requires(access.STUDIO)
def index() -> Response:
    found = core.webinars.listed(limit=MOST, everything=True)
    return pages.page(
        "studio/index.html",
        desk_nav=desk_nav("studio"),
        webinars=[webinar for webinar in found if may_open(webinar)],
    )
