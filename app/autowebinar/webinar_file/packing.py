"""Writing the file: a piece at a time, so that a video of gigabytes is never in memory, and with
nothing of the hour or the machine in it, so that the same webinar is the same bytes."""

import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO

from app.autowebinar.webinar_file.document import DOCUMENT, REFERENCE

LONG_AGO = (1980, 1, 1, 0, 0, 0)
READ_BYTES = 1_048_576


class _Pieces:
    """What `zipfile` writes into; taken out as it comes."""

    def __init__(self) -> None:
        self.held = bytearray()

    def write(self, data: bytes) -> int:
        self.held += data
        return len(data)

    def flush(self) -> None:
        """Nothing waits."""

    def taken(self) -> bytes:
        data = bytes(self.held)
        self.held.clear()
        return data


def pack(document: bytes, media: Mapping[str, Path]) -> Iterator[bytes]:
    """The zip: the document, then the media by their names."""
    pieces = _Pieces()
    with zipfile.ZipFile(pieces, "w") as made:  # type: ignore[call-overload]
        with made.open(_entry(DOCUMENT, zipfile.ZIP_DEFLATED), "w") as entry:
            entry.write(document)
        yield pieces.taken()
        for sha256 in sorted(media):
            yield from _file(made, pieces, REFERENCE + sha256, media[sha256])
    yield pieces.taken()


def _file(made: zipfile.ZipFile, pieces: _Pieces, name: str, path: Path) -> Iterator[bytes]:
    large = path.stat().st_size > zipfile.ZIP64_LIMIT // 2
    with path.open("rb") as file, made.open(_entry(name), "w", force_zip64=large) as entry:
        while data := file.read(READ_BYTES):
            entry.write(data)
            yield pieces.taken()


def _entry(name: str, compression: int = zipfile.ZIP_STORED) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, LONG_AGO)
    entry.compress_type = compression
    entry.external_attr = 0o644 << 16
    return entry


def copied(source: IO[bytes], target: Path, most: int, beat: Callable[[], None]) -> int:
    """Copy at most so many bytes and one; how many were copied."""
    with target.open("wb") as file:
        left = most + 1
        while left > 0 and (data := source.read(min(READ_BYTES, left))):
            file.write(data)
            left -= len(data)
            beat()
    return most + 1 - left


__all__ = ["copied", "pack"]
