"""Reading the file: everything is looked at before anything of it is believed.

No name in it becomes a path of ours, no size that it claims is trusted, and what unfolds to more
than it may is let go at the first byte too many.
"""

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from app import zip_directory
from app.autowebinar.webinar_file.document import (
    DOCUMENT,
    LARGEST_DOCUMENT,
    MOST_MEDIA,
    Document,
    FileInvalid,
    parse,
)
from app.autowebinar.webinar_file.packing import copied
from app.zip_directory import DirectoryUnclear

MEDIA = re.compile(r"media/([0-9a-f]{64})", re.ASCII)
ENCRYPTED = 0x1
LARGEST_DIRECTORY = 100_000
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)


@dataclass(frozen=True, slots=True)
class Unpacked:
    """The document, and where each of its media lies now. Their content is not yet examined."""

    document: Document
    media: dict[str, Path]


def unpack(
    source: IO[bytes],
    folder: Path,
    largest: Callable[[str], int],
    beat: Callable[[], None] = lambda: None,
) -> Unpacked:
    """Unfold the file into the folder. `largest`: the most bytes that media of a kind may have;
    `beat` is called again and again meanwhile.

    FileInvalid says what is wrong; what was unfolded till then is the caller's to remove.
    """
    _require_small_directory(source)
    with _reading(), zipfile.ZipFile(source) as opened:
        entries = _entries(opened)
        document = parse(_document(opened, entries))
        found = {name: entry for name, entry in entries.items() if name != DOCUMENT}
        _require_same(document, found)
        media = {}
        for sha256, each in document.media.items():
            entry, most = found[f"media/{sha256}"], largest(each.kind)
            media[sha256] = _unfolded(opened, entry, folder / sha256, most, beat)
    return Unpacked(document, media)


def _require_small_directory(source: IO[bytes]) -> None:
    try:
        length = zip_directory.length_of(source)
    except DirectoryUnclear as error:
        raise FileInvalid("not_a_zip", str(error)) from None
    if length > LARGEST_DIRECTORY:
        raise FileInvalid("too_many")


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except FileInvalid:
        raise
    except BROKEN as error:
        raise FileInvalid("not_a_zip", type(error).__name__) from None


def _entries(opened: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    listed = opened.infolist()
    if len(listed) > MOST_MEDIA + 1:
        raise FileInvalid("entries", str(len(listed)))
    for entry in listed:
        named = entry.filename == DOCUMENT or MEDIA.fullmatch(entry.filename)
        plain = not entry.flag_bits & ENCRYPTED and entry.compress_type in METHODS
        if not named or not plain:
            raise FileInvalid("entries", entry.filename[:80])
    entries = {entry.filename: entry for entry in listed}
    if len(entries) < len(listed):
        raise FileInvalid("entries", "twice")
    return entries


def _document(opened: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo]) -> bytes:
    if DOCUMENT not in entries:
        raise FileInvalid("no_document")
    with opened.open(entries[DOCUMENT]) as file:
        body = file.read(LARGEST_DOCUMENT + 1)
    if len(body) > LARGEST_DOCUMENT:
        raise FileInvalid("too_large", DOCUMENT)
    return body


def _require_same(document: Document, found: dict[str, zipfile.ZipInfo]) -> None:
    said = {f"media/{sha256}" for sha256 in document.media}
    if said - found.keys():
        raise FileInvalid("media_missing", min(said - found.keys()).removeprefix("media/"))
    if found.keys() - said:
        raise FileInvalid("media_unused", min(found.keys() - said).removeprefix("media/"))


def _unfolded(
    opened: zipfile.ZipFile,
    entry: zipfile.ZipInfo,
    target: Path,
    most: int,
    beat: Callable[[], None],
) -> Path:
    if entry.file_size > most:
        raise FileInvalid("too_large", entry.filename)
    with opened.open(entry) as file:
        if copied(file, target, most, beat) > most:
            raise FileInvalid("too_large", entry.filename)
    return target
