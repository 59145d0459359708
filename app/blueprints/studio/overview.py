"""The first panel of a webinar: what it is, in which state, and what is missing."""

from flask import Response

from app import autowebinar
from app.blueprints.studio import blueprint, panels
from app.core import access
from app.web import accounts


@blueprint.get("/<slug>/")
@accounts.requires(access.STUDIO)
def overview(slug: str) -> Response:
    webinar = panels.webinar_of(slug)
    auto = webinar.type == "auto"
    return panels.show(
        "overview",
        "overview.html",
        webinar,
        version=autowebinar.published(webinar.webinar_id) if auto else None,
        draft=autowebinar.drafts.get(webinar.webinar_id) if auto else None,
    )
