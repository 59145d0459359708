"""What the broadcast's panel shows of its recording: the one that viewers get, the files there are,
and those on their way."""

from typing import Any

from flask import current_app

from app import live, media
from app.blueprints.studio import media_words, recording_content, recording_kept
from app.blueprints.studio.live_form import RecordingForm
from app.blueprints.studio.recording_start_form import RecordingStartForm
from app.core import WebinarRecord
from app.live import Broadcast
from app.media import Asset
from app.video_source import VideoRefused, source_of
from app.web import assets


def context(
    webinar: WebinarRecord,
    kept: Broadcast,
    *,
    form: RecordingForm | None = None,
    file_error: Any = None,
    start_form: RecordingStartForm | None = None,
) -> dict[str, Any]:
    """`form`, `file_error`, `start_form`: an address, a file or a start that were given."""
    if webinar.status not in live.state.OVER:
        return {"over": False}
    found = state(webinar, kept)
    return {
        "over": True,
        "may_choose": webinar.status == "finished",
        "others": _others(found["files"], kept.recording),
        "recording_form": form or _filled(kept),
        "file_error": file_error,
        "limits": current_app.config["SETTINGS"],
        **_start(webinar, kept, start_form),
        **found,
    }


def state(webinar: WebinarRecord, kept: Broadcast) -> dict[str, Any]:
    """What a page that waits for a file asks for again and again."""
    files = media.assets.of_webinar(webinar.webinar_id, kind="video")
    told = live.streams.recordings_of(webinar.webinar_id)
    return {
        "files": files,
        "played": _played(kept.recording),
        "asset": media.assets.by_address(webinar.webinar_id, kept.recording),
        "busy": [each for each in files if not each.is_ready],
        "working": any(each.state == "received" for each in files),
        "untaken": [each for each in told if each.state in ("new", "lost")],
        "why": lambda asset: media_words.reason_in_words(asset.reason, asset.detail, asset.kind),
    }


def _start(
    webinar: WebinarRecord, kept: Broadcast, form: RecordingStartForm | None
) -> dict[str, Any]:
    """Where the recording begins and what comes of it; nothing comes of one that will not do."""
    given = form.chosen if form is not None and not form.errors else None
    recording = recording_kept.of(webinar, kept, given)
    if recording is None:
        return {"recording": None}
    fails = form is not None and bool(form.errors)
    return {
        "recording": recording,
        "start_form": form or RecordingStartForm.filled(recording),
        "outcome": None if fails else recording_content.outcome(webinar, recording),
    }


def _played(recording: str) -> str | None:
    """The address of what the panel's own player can show: a file of this site."""
    try:
        source = source_of(recording) if recording else None
    except VideoRefused:
        return None
    own = source is not None and source.kind == "file" and "://" not in recording
    return assets.whole_address(recording) if own else None


def _filled(kept: Broadcast) -> RecordingForm:
    own = kept.recording.startswith("/media/")
    given = {"recording": "" if own else kept.recording, "seen": kept.recording}
    return RecordingForm(formdata=None, data=given)


def _others(files: list[Asset], shown: str) -> list[Asset]:
    """Ready ones that could be the recording instead; each file once."""
    found = {each.address: each for each in reversed(files) if each.is_ready}
    return [asset for address, asset in found.items() if address != shown]
