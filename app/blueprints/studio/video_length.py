"""How long the draft's video really is, as far as anybody can know it."""

from functools import lru_cache
from pathlib import Path

from flask import Response, abort, current_app, make_response, request

from app import media
from app.autowebinar import video_lengths
from app.blueprints.studio import blueprint, panels
from app.core import WebinarRecord, access
from app.media import MediaRefused, video
from app.web import accounts, numbers
from app.web.limits import SUBMIT, limiter


def seconds_of(webinar: WebinarRecord, address: str) -> int | None:
    """Of a file that was uploaded, of one that the site itself has, and of one elsewhere as the
    author's player saw it."""
    own = _of_own(webinar, address)
    return own if own is not None else video_lengths.of(webinar.webinar_id, address)


def _of_own(webinar: WebinarRecord, address: str) -> int | None:
    asset = media.assets.by_address(webinar.webinar_id, address)
    return asset.duration_sec if asset else _of_static(address)


@blueprint.post("/<slug>/video/length/")
@accounts.requires(access.WEBINAR_EDIT)
@limiter.limit(SUBMIT)  # type: ignore[untyped-decorator]
def note_video_length(slug: str) -> Response:
    """The player beside the timeline tells how long a video from elsewhere is."""
    webinar = panels.webinar_of(slug, "auto")
    address, seconds = (
        request.form.get("address", ""),
        numbers.read(request.form.get("seconds", "")),
    )
    if _of_own(webinar, address) is not None:
        abort(422)
    if not video_lengths.note(webinar.webinar_id, address, seconds, actor=accounts.viewer()):
        abort(422)
    return make_response("", 204)


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
