"""The list of leads: searched, a page at a time, each viewer's own."""

from flask import Response

from app import core
from app.blueprints.dashboard import blueprint
from app.blueprints.dashboard.desk import PAGE, SEES_LEADS, one_page, searched, show
from app.web import accounts
from app.web.numbers import cursor


@blueprint.get("/leads/")
@accounts.requires(*SEES_LEADS)
def leads() -> Response:
    search, after = searched(), cursor("after")
    found = core.leads.page(accounts.viewer(), search=search, after=after, limit=PAGE + 1)
    shown, last = one_page(found)
    return show(
        "leads", "leads.html", "_leads.html", leads=shown, last=last, search=search, after=after
    )
