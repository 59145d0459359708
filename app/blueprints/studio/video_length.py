"""How long the draft's video really is, as far as anybody can know it."""

from functools import lru_cache
from pathlib import Path

from flask import current_app

from app import media
from app.core import WebinarRecord
from app.media import MediaRefused, video


def seconds_of(webinar: WebinarRecord, address: str) -> int | None:
    """Of a file that was uploaded, and of one that the site itself has."""
    asset = media.assets.by_address(webinar.webinar_id, address)
    return asset.duration_sec if asset else _of_static(address)


def _of_static(address: str) -> int | None:
    """A path of this site's static files; anything else is none."""
    folder = Path(current_app.static_folder or "").resolve()
    path = (folder / address.removeprefix("/static/")).resolve()
    if not address or not path.is_relative_to(folder) or not path.is_file():
        return None
    stamp = path.stat()
    return _looked_into(path, stamp.st_mtime_ns, stamp.st_size)


@lru_cache(maxsize=50)
def _looked_into(path: Path, changed: int, size: int) -> int | None:
    """Read once, for as long as the file is the same."""
    try:
        return video.look_into(path).duration
    except MediaRefused:
        return None
