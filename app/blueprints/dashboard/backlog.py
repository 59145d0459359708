"""«Обрабатывается»: facts that workers have yet to deliver, so what follows is not shown yet."""

from urllib.parse import urlsplit

from flask import Response

from app.blueprints.dashboard import blueprint
from app.blueprints.dashboard.desk import SEES_LEADS, show
from app.extensions import htmx
from app.web import accounts, pages


@blueprint.get("/backlog/")
@accounts.requires(*SEES_LEADS)
def backlog() -> Response:
    """The line alone: it asks for itself again while anything waits, then offers the page anew."""
    return show("", "_backlog.html", came_from=_page_that_asks())


def _page_that_asks() -> str:
    parts = urlsplit(htmx.current_url or "")
    address = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return pages.safe_next(address, "/dashboard/")
