"""Which recording a broadcast that is over has: a file that is brought, one that is here, an address.

Viewers get it in the room by the same link. What the page had is told with each choice, so that a
recording that came meanwhile is not lost to who had not seen it.
"""

from flask import Response, flash, url_for
from flask_babel import gettext

from app import live
from app.blueprints.studio import blueprint, broadcast, brought, media_words
from app.blueprints.studio.forms import FileForm
from app.blueprints.studio.live_form import RecordingForm
from app.core import WebinarRecord, access
from app.media import MediaRefused
from app.web import accounts, bodies, pages
from app.web.limits import SUBMIT, limiter


@blueprint.post("/<slug>/broadcast/recording/")
@accounts.requires(access.WEBINAR_EDIT)
@limiter.limit(SUBMIT)  # type: ignore[untyped-decorator]
def choose_recording(slug: str) -> Response:
    webinar, form = broadcast.live_of(slug), RecordingForm()
    if not form.validate_on_submit():
        return broadcast.show(webinar, recording={"form": form}, status=422)
    if webinar.status != "finished":
        return _too_early(webinar)
    address = form.recording.data or ""
    seen = form.seen.data or ""
    if not live.broadcasts.choose_recording(webinar.webinar_id, address, seen=seen):
        words = media_words.changed_meanwhile()
        return broadcast.show(webinar, refusal=words, status=409)
    flash(gettext("Запись сохранена.") if address else gettext("Запись убрана."), "success")
    return _back(slug)


@blueprint.post("/<slug>/broadcast/recording/file/")
@bodies.up_to(brought.largest_form)
@accounts.requires(access.WEBINAR_EDIT)
@limiter.limit(SUBMIT)  # type: ignore[untyped-decorator]
def save_recording_file(slug: str) -> Response:
    """A file by a plain form: what a page without JavaScript sends."""
    webinar, form = broadcast.live_of(slug), FileForm()
    if not form.validate_on_submit():
        wrong = {"file_error": form.file.errors}
        return broadcast.show(webinar, recording=wrong, status=422)
    if webinar.status != "finished":
        return _too_early(webinar)
    try:
        brought.take_video(webinar, form.file.data)
    except MediaRefused as refusal:
        wrong = {"file_error": [media_words.in_words(refusal, "video")]}
        status = media_words.status_of(refusal)
        return broadcast.show(webinar, recording=wrong, status=status)
    flash(gettext("Видео получено. Проверяем его."), "success")
    return _back(slug)


def _too_early(webinar: WebinarRecord) -> Response:
    return broadcast.show(webinar, refusal=media_words.not_now(), status=409)


def _back(slug: str) -> Response:
    return pages.go(url_for(".broadcast", slug=slug))
