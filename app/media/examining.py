"""A whole file is looked into, made fit to be served, and kept under its SHA-256."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.media import captions, document, folder, kinds, picture, video

READ_BYTES = 1_048_576
Beat = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Found:
    """`path`: the file as it is to be kept. `poster`: a picture found in a video."""

    path: Path
    mime: str
    sha256: str
    size: int
    duration_sec: int | None = None
    width: int | None = None
    height: int | None = None
    poster: bytes | None = None


def examine(kind: str, asset_id: str, beat: Beat) -> Found:
    """MediaRefused says why it cannot be kept. `beat` is called again and again meanwhile."""
    path = folder.incoming(asset_id)
    with path.open("rb") as file:
        kinds.require_kind(kind, file.read(kinds.HEAD))
    return EXAMINERS[kind](asset_id, path, beat)


def _video(asset_id: str, path: Path, beat: Beat) -> Found:
    found = video.look_into(path)
    if video.needs_remux(path, found):
        made = folder.incoming(asset_id, "remuxed")
        with folder.refusing_when_full():
            folder.require_room(path.stat().st_size)
            video.remux(path, made, beat)
        path, found = made, video.look_into(made)
    return Found(
        path=path,
        mime=found.mime,
        sha256=digest(path, beat),
        size=path.stat().st_size,
        duration_sec=found.duration,
        width=found.width,
        height=found.height,
        poster=video.poster(path, found.duration),
    )


def _image(asset_id: str, path: Path, beat: Beat) -> Found:
    data = picture.read(path)
    width, height = picture.size_of(data)
    made = written(asset_id, data)
    return Found(made, "image/jpeg", digest(made, beat), len(data), width=width, height=height)


def _captions(asset_id: str, path: Path, beat: Beat) -> Found:
    data = captions.read(path)
    made = written(asset_id, data)
    return Found(made, "text/vtt", digest(made, beat), len(data))


def _document(asset_id: str, path: Path, beat: Beat) -> Found:
    mime = document.type_of(path)
    return Found(path, mime, digest(path, beat), path.stat().st_size)


EXAMINERS = {"video": _video, "image": _image, "captions": _captions, "document": _document}


def written(asset_id: str, data: bytes) -> Path:
    path = folder.incoming(asset_id, "made")
    with folder.refusing_when_full():
        path.write_bytes(data)
    return path


def digest(path: Path, beat: Beat) -> str:
    sha256 = hashlib.sha256()
    with path.open("rb") as file:
        while data := file.read(READ_BYTES):
            sha256.update(data)
            beat()
    return sha256.hexdigest()
