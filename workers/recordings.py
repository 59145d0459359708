"""Files that the media server wrote become media of their broadcasts.

A file lies on one machine's disk: workers of that machine take it, under a lock of the file's own,
which a worker that dies lets go. The file itself stays where it is, whole.
"""

import fcntl
import logging
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from flask import current_app

from app import clock, core, live, media
from app.live import Broadcast
from app.live.streams import Recording
from app.media import Asset, MediaRefused
from workers import recording_stretches

log = logging.getLogger(__name__)
STILL_WRITTEN_SECONDS = 20
GIVEN_UP_AFTER = timedelta(days=1)
"""For a file that no machine's workers could open."""


def find_untold() -> int:
    """Recordings of broadcasts that are over, left by a media server that died before it could tell
    of them; how many. One that is still written is left for later. Its end is when it was last
    written."""
    folder, now = current_app.config["SETTINGS"].media_recordings_dir.resolve(), clock.now()
    found = [
        (webinar_id, path)
        for stream_id, webinar_id in live.streams.streams_over(now).items()
        for path in _untold(webinar_id, sorted(folder.glob(f"{stream_id}-*.flv")))
        if clock.unix(now) - path.stat().st_mtime > STILL_WRITTEN_SECONDS
    ]
    for webinar_id, path in found:
        log.warning("recording %s: the media server did not tell of it", path)
        with core.transaction():
            ended_at = clock.from_unix(path.stat().st_mtime)
            live.streams.recorded(webinar_id, str(path), ended_at)
            core.ring("media")
    return len(found)


def _untold(webinar_id: str, paths: list[Path]) -> list[Path]:
    if not paths:
        return []
    told = {Path(each.path).name for each in live.streams.recordings_of(webinar_id)}
    return [path for path in paths if path.name not in told]


def take_next() -> bool:
    """Take a file that was told of; False where none of them can be taken here and now."""
    return any(_take(each) for each in live.streams.new_recordings())


def _take(recording: Recording) -> bool:
    try:
        with _path_of(recording).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if live.streams.is_new(recording.recording_id):
                _settle(recording, file)
                return True
    except BlockingIOError:
        return False
    except OSError as error:
        if clock.now() - recording.told_at > GIVEN_UP_AFTER:
            _lose(recording, type(error).__name__)
    except MediaRefused as refused:
        if refused.name == "media_disk_full":
            log.warning("recording %s waits: %s", recording.path, refused)
        else:
            _lose(recording, str(refused))
    return False


def _settle(recording: Recording, file: BinaryIO) -> None:
    if not media.flv.has_content(file):
        log.warning("recording %s is put aside: nothing is in it", recording.path)
        live.streams.put_aside(recording.recording_id)
        return
    with recording_stretches.on_air(recording, Path(file.name)) as stretch:
        with stretch.path.open("rb") as kept:
            _bring(recording, kept)
        live.streams.keep_recording(recording.recording_id, stretch.ended_at)


def _path_of(recording: Recording) -> Path:
    """MediaRefused for whatever lies elsewhere: the hook's caller names the path."""
    folder = current_app.config["SETTINGS"].media_recordings_dir.resolve()
    path = (folder / recording.path).resolve()
    if not path.is_relative_to(folder):
        raise MediaRefused("media_broken", "not in the folder of recordings")
    return path


def _bring(recording: Recording, file: BinaryIO) -> None:
    webinar = core.webinars.get(recording.webinar_id)
    if webinar is None:
        raise MediaRefused("media_broken", "no webinar")
    taken = media.uploads.whole(
        "video",
        Path(recording.path).name,
        file.seek(0, 2),
        _from_the_start(file),
        owner_id=webinar.owner_id or webinar.speaker_id or 0,
        webinar_id=webinar.webinar_id,
        source=recording.source,
    )
    if taken.state != "received":
        raise MediaRefused("media_broken", "not read to its end")


def _from_the_start(file: BinaryIO) -> BinaryIO:
    file.seek(0)
    return file


def _lose(recording: Recording, why: str) -> None:
    log.error("recording %s is given up: %s", recording.path, why)
    live.streams.lose_recording(recording.recording_id, why)


def show(asset: Asset) -> None:
    """What a person uploaded is the recording; of what the media server wrote, the longest file,
    unless a person has chosen. An archived webinar changes no more."""
    webinar = core.webinars.get(asset.webinar_id)
    if not asset.source and webinar is not None and webinar.status != "archived":
        live.broadcasts.choose_recording(asset.webinar_id, asset.address)
    elif asset.source:
        _show_if_better(asset)


def _show_if_better(asset: Asset) -> None:
    """Held meanwhile, so that what a person chooses in the same moment stands."""
    with core.transaction():
        live.broadcasts.locked(asset.webinar_id)
        if _is_better(asset, live.broadcasts.of(asset.webinar_id)):
            live.broadcasts.set_up(asset.webinar_id, recording=asset.address)


def _is_of_before_the_start(asset: Asset, broadcast: Broadcast) -> bool:
    """A speaker who tries the stream beforehand speaks to nobody: only a person may choose that."""
    began = broadcast.air.on_air_at
    told = live.streams.recordings_of(asset.webinar_id)
    end = next((each.told_at for each in told if each.source == asset.source), None)
    least = timedelta(seconds=recording_stretches.LEAST)
    return began is None or (end is not None and end < began + least)


def _is_better(asset: Asset, broadcast: Broadcast) -> bool:
    if broadcast.recording_chosen or _is_of_before_the_start(asset, broadcast):
        return False
    if not broadcast.recording:
        return True
    shown = media.assets.by_address(asset.webinar_id, broadcast.recording)
    return shown is not None and (shown.duration_sec or 0) < (asset.duration_sec or 0)
