"""A file that comes as it was once served: looked into, and kept without a byte changed.

What an archive brings may claim anything, so it is examined like any other file; but what would
have to be made fit first is refused, for then it is not what the archive says it is.
"""

import warnings
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from PIL import Image, UnidentifiedImageError

from app import clock, core
from app.media import assets, captions, document, examining, folder, kinds, picture, video
from app.media.assets import Asset
from app.media.errors import MediaRefused
from app.media.models import MediaAsset


@dataclass(frozen=True, slots=True)
class Weighed:
    """A file that may be kept as it is."""

    kind: str
    sha256: str
    size: int
    mime: str
    duration_sec: int | None = None
    width: int | None = None
    height: int | None = None

    @property
    def address(self) -> str:
        return assets.address_of(self.sha256, self.kind, self.mime)


def weigh(path: Path, kind: str, sha256: str, beat: examining.Beat = lambda: None) -> Weighed:
    """What it is, having read all of it. MediaRefused names why it cannot be kept as it is."""
    size = path.stat().st_size
    kinds.require_length(kind, size)
    with path.open("rb") as file:
        kinds.require_kind(kind, file.read(kinds.HEAD))
    if examining.digest(path, beat) != sha256:
        raise MediaRefused("media_broken", "sha256")
    return WEIGH[kind](path, sha256, size)


def _video(path: Path, sha256: str, size: int) -> Weighed:
    found = video.look_into(path)
    if video.needs_remux(path, found):
        raise MediaRefused("media_broken", "not as it is served")
    return Weighed("video", sha256, size, found.mime, found.duration, found.width, found.height)


def _image(path: Path, sha256: str, size: int) -> Weighed:
    """A JPEG with nothing in it but the picture, of the size that ours have."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path, formats=("JPEG",)) as image:
                width, height = image.size
                if max(width, height) > picture.LARGEST_SIDE or image.info.get("exif"):
                    raise MediaRefused("media_broken", "not as it is served")
                image.load()
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise MediaRefused("media_not_image", type(error).__name__) from None
    return Weighed("image", sha256, size, "image/jpeg", width=width, height=height)


def _captions(path: Path, sha256: str, size: int) -> Weighed:
    if captions.read(path) != path.read_bytes():
        raise MediaRefused("media_broken", "not as it is served")
    return Weighed("captions", sha256, size, "text/vtt")


def _document(path: Path, sha256: str, size: int) -> Weighed:
    return Weighed("document", sha256, size, document.type_of(path))


WEIGH = {"video": _video, "image": _image, "captions": _captions, "document": _document}


def keep(path: Path, weighed: Weighed) -> None:
    """Put the file in its place. Without a row it is nobody's, and harms nobody."""
    with folder.refusing_when_full():
        folder.require_room(weighed.size)
        folder.keep(path, weighed.sha256)


def adopt(weighed: Weighed, *, name: str, owner_id: int, webinar_id: str) -> Asset:
    """A kept file becomes the webinar's, in the present transaction."""
    now = clock.now()
    row = MediaAsset(
        id=token_hex(16),
        owner_id=owner_id,
        webinar_id=webinar_id,
        kind=weighed.kind,
        name=name,
        state="ready",
        length=weighed.size,
        received=weighed.size,
        sha256=weighed.sha256,
        mime=weighed.mime,
        size=weighed.size,
        duration_sec=weighed.duration_sec,
        width=weighed.width,
        height=weighed.height,
        created_at=now,
        touched_at=now,
    )
    with core.transaction() as session:
        session.add(row)
        session.flush()
        return assets.of_row(row)
