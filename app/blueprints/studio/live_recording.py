"""A broadcast that is over becomes an AutoWebinar: its recording, what was written at its second,
the call to action where the speaker showed it. It goes by the open file of webinars, which can be
taken along as well, so that neither kind of webinar knows of the other.
"""

from collections.abc import Callable
from typing import Any

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext

from app import live, media
from app.autowebinar import webinar_file
from app.blueprints.studio import (
    blueprint,
    broadcast,
    recording_content,
    recording_kept,
    recording_start,
)
from app.blueprints.studio import webinar_file as files
from app.blueprints.studio.forms import NothingForm
from app.blueprints.studio.recording_kept import Recording
from app.blueprints.studio.recording_start_form import RecordingStartForm
from app.core import WebinarRecord, access
from app.live import Broadcast
from app.media import Asset
from app.web import accounts, landing, pages, webinar_making


@blueprint.post("/<slug>/broadcast/recording/auto/")
@accounts.requires(access.WEBINAR_EDIT)
def make_auto(slug: str) -> Response:
    """Of the start that is in the form, where one is: what the page told of it is what is made."""
    webinar = broadcast.live_of(slug)
    if not NothingForm().validate_on_submit():
        abort(400)
    kept = live.broadcasts.of(webinar.webinar_id)
    recording = recording_kept.of(webinar, kept)
    if recording is None:
        return broadcast.show(webinar, refusal=gettext("Записи эфира пока нет."), status=409)
    if "start" in request.form:
        form = RecordingStartForm(recording=recording)
        wrong = recording_start.refused(webinar, form)
        if wrong is not None:
            return wrong
        recording_start.keep(webinar, recording, form)
        recording = recording_kept.of(webinar, kept, form.chosen) or recording
    made = _made(webinar, kept, recording)
    flash(gettext("Автовебинар создан. Это черновик: проверьте и опубликуйте."), "success")
    return pages.go(url_for(".overview", slug=made.slug))


def _made(webinar: WebinarRecord, kept: Broadcast, recording: Recording) -> WebinarRecord:
    document = webinar_file.parse(webinar_file.canonical(_document(webinar, kept, recording)))
    return webinar_making.made_of(
        document,
        accounts.viewer(),
        placed=_placed(webinar, recording),
        lend=_lending(webinar, recording),
    )


def _placed(webinar: WebinarRecord, recording: Recording) -> Callable[[str], str]:
    addresses = {_named(each): address for address, each in _files(webinar, recording).items()}
    return lambda text: addresses.get(text, text)


def _lending(webinar: WebinarRecord, recording: Recording) -> Callable[[str, int], None]:
    def lend(webinar_id: str, owner_id: int) -> None:
        for address in _files(webinar, recording):
            media.assets.lend(webinar.webinar_id, address, webinar_id, owner_id)

    return lend


@blueprint.get("/<slug>/broadcast/recording/webinar.zip")
@accounts.requires(access.WEBINAR_EDIT)
def export_recording(slug: str) -> Response:
    """`start` in the address: the one that the page was tried with, kept or not."""
    webinar = broadcast.live_of(slug)
    kept = live.broadcasts.of(webinar.webinar_id)
    recording = recording_kept.of(webinar, kept)
    if recording is None:
        abort(404)
    if "start" in request.args:
        form = RecordingStartForm(request.args, recording=recording, meta={"csrf": False})
        if not form.validate():
            abort(400)
        recording = recording_kept.of(webinar, kept, form.chosen) or recording
    return files.sent(slug, _document(webinar, kept, recording))


def _document(webinar: WebinarRecord, kept: Broadcast, recording: Recording) -> dict[str, Any]:
    files = _files(webinar, recording)
    named = {address: _named(each) for address, each in files.items()}
    cover = _cover(webinar, recording)
    cover = named.get(cover, cover)
    return {
        "format": webinar_file.FORMAT,
        "version": webinar_file.VERSION,
        "kind": "live",
        "webinar": {
            "title": webinar.title,
            "description": webinar.description,
            "poster": cover,
        },
        "content": {
            "video": named.get(recording.address, recording.address),
            "poster": cover,
            "duration_sec": recording.seconds,
            "speaker": _speaker(webinar),
            "cues": list(recording_content.cues(webinar, kept, recording)),
        },
        "lines": list(recording_content.lines(webinar, recording)),
        "schedule": None,
        "media": {each.sha256: {"kind": each.kind, "name": each.name} for each in files.values()},
    }


def _cover(webinar: WebinarRecord, recording: Recording) -> str:
    """The broadcast's own, else the picture that was found in its recording."""
    return webinar.poster or (recording.asset.poster if recording.asset else "")


def _files(webinar: WebinarRecord, recording: Recording) -> dict[str, Asset]:
    """The broadcast's files that come along, by the addresses at which they are served here."""
    wanted = (recording.address, _cover(webinar, recording))
    found = ((each, media.assets.by_address(webinar.webinar_id, each)) for each in wanted)
    return {address: asset for address, asset in found if asset is not None}


def _named(asset: Asset) -> str:
    return f"{webinar_file.REFERENCE}{asset.sha256}"


def _speaker(webinar: WebinarRecord) -> dict[str, str]:
    found = landing.speaker(webinar, None)
    return {"name": found.name if found else "", "role": found.role if found else ""}
