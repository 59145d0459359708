"""The list of leads: searched, a page at a time, each viewer's own; or those of a webinar, with who
of them came."""

from flask import Response, request

from app import attendance, core
from app.blueprints.dashboard import blueprint
from app.blueprints.dashboard.desk import LONGEST_SEARCH, PAGE, SEES_LEADS, one_page, searched, show
from app.web import accounts
from app.web.numbers import cursor


@blueprint.get("/leads/")
@accounts.requires(*SEES_LEADS)
def leads() -> Response:
    search, after = searched(), cursor("after")
    webinar = core.webinars.get(request.args.get("webinar", "")[:LONGEST_SEARCH])
    of = webinar.webinar_id if webinar else None
    found = core.leads.page(
        accounts.viewer(), search=search, after=after, webinar_id=of, limit=PAGE + 1
    )
    shown, last = one_page(found)
    return show(
        "leads",
        "leads.html",
        "_leads.html",
        leads=shown,
        last=last,
        search=search,
        after=after,
        webinar=webinar,
        came=attendance.of_leads(of, [each.lead_id for each in shown]) if of else {},
    )
