"""Where the recording begins: tried, with what would come of it, and kept.

People trim the waiting before the start, or their camera ran before it; only they know.
"""

from flask import Response, abort, flash, url_for
from flask_babel import gettext

from app import live
from app.blueprints.studio import blueprint, broadcast, media_words, recording_kept
from app.blueprints.studio.recording_kept import Recording
from app.blueprints.studio.recording_start_form import RecordingStartForm
from app.core import WebinarRecord, access
from app.web import accounts, pages
from app.web.limits import SUBMIT, limiter

PREVIEW = "_recording_outcome.html"


@blueprint.post("/<slug>/broadcast/recording/start/")
@accounts.requires(access.WEBINAR_EDIT)
@limiter.limit(SUBMIT)  # type: ignore[untyped-decorator]
def save_recording_start(slug: str) -> Response:
    webinar = broadcast.live_of(slug)
    recording = recording_of(webinar)
    if recording is None or webinar.status != "finished":
        return broadcast.show(webinar, refusal=media_words.not_now(), status=409)
    form = RecordingStartForm(recording=recording)
    wrong = refused(webinar, form)
    if wrong is not None:
        return wrong
    keep(webinar, recording, form)
    flash(gettext("Начало записи сохранено."), "success")
    return pages.go(url_for(".broadcast", slug=slug))


@blueprint.post("/<slug>/broadcast/recording/start/look/")
@accounts.requires(access.WEBINAR_EDIT)
def look_at_recording_start(slug: str) -> Response:
    """What would come of it. Nothing is kept."""
    webinar = broadcast.live_of(slug)
    recording = recording_of(webinar)
    if recording is None:
        abort(404)
    form = RecordingStartForm(recording=recording)
    wrong = refused(webinar, form)
    return wrong or broadcast.show(webinar, fragment=PREVIEW, recording={"start_form": form})


def recording_of(webinar: WebinarRecord) -> Recording | None:
    return recording_kept.of(webinar, live.broadcasts.of(webinar.webinar_id))


def refused(webinar: WebinarRecord, form: RecordingStartForm) -> Response | None:
    """Why this start will not do; None where it will."""
    if not form.validate_on_submit():
        wrong = {"start_form": form}
        return broadcast.show(webinar, fragment=PREVIEW, recording=wrong, status=422)
    return _stale(webinar) if form.is_stale else None


def _stale(webinar: WebinarRecord) -> Response:
    """A part of the page would stand beside another recording: the whole page is asked for anew."""
    response = broadcast.show(webinar, refusal=media_words.changed_meanwhile(), status=409)
    if pages.wants_fragment():
        response.headers["HX-Refresh"] = "true"
    return response


def keep(webinar: WebinarRecord, recording: Recording, form: RecordingStartForm) -> None:
    """An archived webinar changes no more."""
    if webinar.status == "finished" and form.chosen != recording.start:
        live.recording_starts.keep(webinar.webinar_id, recording.address, form.chosen)
