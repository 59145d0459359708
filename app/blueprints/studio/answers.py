"""The panel of what viewers answered to the timeline's polls and questions."""

from flask import Response, abort, request

from app.autowebinar import results, versions
from app.blueprints.studio import blueprint, panels, timeline_words
from app.core import access
from app.web import accounts, numbers

VERSIONS = 50


@blueprint.get("/<slug>/answers/")
@accounts.requires(access.WEBINAR_EDIT)
def answers(slug: str) -> Response:
    """Of all versions, or of the one that the address names."""
    webinar = panels.webinar_of(slug, "auto")
    made = versions.notes(webinar.webinar_id, limit=VERSIONS)
    number = numbers.asked("version") if request.args.get("version") else None
    if number is not None and number not in {each.number for each in made}:
        abort(404)
    return panels.show(
        "answers",
        "answers.html",
        webinar,
        results=results.of(webinar.webinar_id, number),
        versions=made,
        chosen=number,
        words=timeline_words,
    )
