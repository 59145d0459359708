"""Chat lines as a file that other products, or a spreadsheet, take."""

from collections.abc import Callable, Iterator

from flask import Response, stream_with_context

from app.autowebinar import chat_files, drafts
from app.blueprints.studio import blueprint, panels, timeline
from app.core import access
from app.web import accounts

WRITERS: dict[str, Callable[..., Iterator[str]]] = {
    "everwebinar": chat_files.everwebinar,
    "plain": chat_files.plain,
}


@blueprint.get("/<slug>/timeline/export/")
@accounts.requires(access.WEBINAR_EDIT)
def timeline_export(slug: str) -> Response:
    webinar = timeline.auto_of(slug)
    draft = drafts.get(webinar.webinar_id)
    fitting = sum(1 for _ in chat_files.within_everwebinar(drafts.every_line(webinar.webinar_id)))
    return panels.show("timeline", "timeline_export.html", webinar, draft=draft, fitting=fitting)


@blueprint.get("/<slug>/timeline/export/<any(everwebinar, plain):csv_format>.csv")
@accounts.requires(access.WEBINAR_EDIT)
def timeline_export_csv(slug: str, csv_format: str) -> Response:
    webinar = timeline.auto_of(slug)
    pieces = WRITERS[csv_format](drafts.every_line(webinar.webinar_id))
    response = Response(stream_with_context(pieces), mimetype="text/csv")
    name = f"{slug}-chat-{csv_format}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
