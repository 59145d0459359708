"""All webinars that a person may work on, with who is registered and who watches now."""

from flask import Response, request, url_for

from app import clock, core
from app.blueprints.studio import blueprint
from app.chat import presence
from app.core import WebinarRecord, access
from app.web import accounts, pages
from app.web.desk import desk_nav

AT_ONCE = 50


@blueprint.get("/")
@accounts.requires(access.STUDIO)
def index() -> Response:
    found = core.webinars.worked_on(
        None if accounts.viewer().can(access.WEBINAR_ALL) else accounts.viewer().user_id,
        after=request.args.get("after"),
        limit=AT_ONCE + 1,
    )
    shown, more = found[:AT_ONCE], len(found) > AT_ONCE
    return pages.page(
        "studio/index.html",
        desk_nav=desk_nav("studio"),
        webinars=shown,
        places=core.registrations.counts(each.webinar_id for each in shown),
        watching=_watching(shown),
        next_url=url_for(".index", after=shown[-1].webinar_id) if more else None,
        first_url=url_for(".index") if "after" in request.args else None,
    )


def _watching(webinars: list[WebinarRecord]) -> dict[str, int]:
    """How many see each recording at this moment, whichever slot they came to."""
    rooms = {each.webinar_id: f"auto:{each.webinar_id}" for each in webinars if each.type == "auto"}
    counted = presence.counts(rooms.values(), clock.now())
    return {webinar_id: counted[room] for webinar_id, room in rooms.items()}
