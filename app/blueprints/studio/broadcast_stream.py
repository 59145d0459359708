"""Behind the gear: where a broadcast is shown, and where OBS sends it.

Who looks after the system changes both. The webinar's own speaker reads them, for without the address
and the key nobody broadcasts from OBS, and is told whom to ask for a change.
"""

from urllib.parse import urlsplit

from flask import Response, abort, current_app, flash, request, url_for
from flask_babel import gettext

from app import core, live
from app.blueprints.studio import (
    blueprint,
    live_form,
    live_words,
    panels,
    stream_check,
    stream_words,
)
from app.blueprints.studio.forms import NothingForm
from app.blueprints.studio.live_form import StreamForm
from app.core import WebinarRecord, access
from app.core.errors import CoreRefusal
from app.web import accounts, pages
from app.web.limits import SUBMIT, limiter

MOST_TO_ASK = 3


def may_set_stream() -> bool:
    return accounts.viewer().can(access.SYSTEM_VIEW)


def may_see_stream(webinar: WebinarRecord) -> bool:
    return may_set_stream() or accounts.viewer().user_id == webinar.speaker_id


@blueprint.route("/<slug>/broadcast/stream/", methods=["GET", "POST"])
@accounts.requires(access.WEBINAR_EDIT)
def stream_settings(slug: str) -> Response:
    """Where it is shown, and where OBS sends it. Sent, it makes another key."""
    webinar, form = panels.webinar_of(slug, "live"), NothingForm()
    if not (may_set_stream() if request.method == "POST" else may_see_stream(webinar)):
        abort(403)
    if form.validate_on_submit():
        live.broadcasts.new_key(webinar.webinar_id)
        flash(gettext("Ключ новый: прежний больше не подойдёт. Вставьте его в OBS."), "success")
        return pages.go(url_for(".stream_settings", slug=slug))
    return _show(webinar)


@blueprint.post("/<slug>/broadcast/stream/place/")
@accounts.requires(access.WEBINAR_EDIT)
@limiter.limit(SUBMIT)  # type: ignore[untyped-decorator]
def set_stream_place(slug: str) -> Response:
    webinar, form = panels.webinar_of(slug, "live"), StreamForm()
    if not may_set_stream():
        abort(403)
    if webinar.status in live_words.DONE:
        return _show(webinar, refusal=live_words.done(webinar.status), status=409)
    if not form.validate_on_submit():
        return _show(webinar, form=form, status=422)
    try:
        stream_check.ask_unless_fresh(_placed(webinar, form))
    except CoreRefusal as refusal:
        fresh = core.webinars.get(webinar.webinar_id) or webinar
        return _show(fresh, refusal=live_words.refused(refusal, fresh.status), status=409)
    flash(gettext("Место эфира сохранено."), "success")
    return pages.go(url_for(".stream_settings", slug=slug))


def _placed(webinar: WebinarRecord, form: StreamForm) -> WebinarRecord:
    """Saved, and the viewers' pages are told."""
    with core.transaction():
        saved = core.webinars.edit(
            webinar.webinar_id,
            stream_type=form.stream_type.data,
            stream_source=form.stream_source.data or "",
        )
        live.broadcasts.changed_elsewhere(webinar.webinar_id)
        return saved


def _show(
    webinar: WebinarRecord, *, form: StreamForm | None = None, refusal: str = "", status: int = 200
) -> Response:
    kept = live.broadcasts.of(webinar.webinar_id)
    may_set = may_set_stream()
    response = panels.show(
        "broadcast",
        "broadcast_stream.html",
        webinar,
        status=status,
        button_form=NothingForm(),
        form=form or StreamForm(formdata=None, data=live_form.stream_of(webinar)),
        place=stream_words.place(webinar),
        is_ours=live.places.is_ours(webinar),
        locked=webinar.status in live_words.DONE,
        server=stream_server(),
        key=f"{kept.stream_id}?key={kept.stream_key}",
        may_set_stream=may_set,
        whom_to_ask=[] if may_set else _admins(),
        refusal=refusal,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _admins() -> list[str]:
    found = core.users.who_may(access.SYSTEM_VIEW, limit=MOST_TO_ASK)
    return sorted(core.users.names({each.user_id for each in found}).values())


def stream_server() -> str:
    """Where the media server takes streams: at the host that hands them out."""
    base = current_app.config["SETTINGS"].stream_address
    return f"rtmp://{urlsplit(base).hostname}/live"
