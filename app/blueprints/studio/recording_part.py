"""What the broadcast's panel shows of its recording: the one that viewers get, the files there are,
and those on their way."""

from typing import Any

from flask import current_app

from app import live, media
from app.blueprints.studio import media_words
from app.blueprints.studio.live_form import RecordingForm
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
) -> dict[str, Any]:
    """`form`, `file_error`: an address or a file that would not do."""
    if webinar.status not in live.state.OVER:
        return {"over": False}
    files = media.assets.of_webinar(webinar.webinar_id, kind="video")
    told = live.streams.recordings_of(webinar.webinar_id)
    return {
        "over": True,
        "may_choose": webinar.status == "finished",
        "played": _played(kept.recording),
        "asset": media.assets.by_address(webinar.webinar_id, kept.recording),
        "others": _others(files, kept.recording),
        "busy": [each for each in files if not each.is_ready],
        "working": _is_on_its_way(files),
        "untaken": [each for each in told if each.state != "kept"],
        "recording_form": form or _filled(kept),
        "file_error": file_error,
        "limits": current_app.config["SETTINGS"],
        "why": lambda asset: media_words.reason_in_words(asset.reason, asset.detail, asset.kind),
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


def is_working(webinar: WebinarRecord) -> bool:
    """Whether a file is being looked into."""
    return _is_on_its_way(media.assets.of_webinar(webinar.webinar_id, kind="video"))


def _is_on_its_way(files: list[Asset]) -> bool:
    return any(each.state == "received" for each in files)
