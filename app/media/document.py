"""Documents that are handed out: PDF, Word, Excel, PowerPoint, OpenDocument. Kept as they came.

They are looked into, not rewritten: that the file is what it seems, whole, and holds no macros.
Nothing of it is ever opened in our pages: it is served as an attachment.
"""

import zipfile
import zlib
from pathlib import Path
from typing import IO

from app import zip_directory
from app.media.errors import MediaRefused
from app.zip_directory import DirectoryUnclear

PDF = b"%PDF-"
ZIP = b"PK\x03\x04"
PDF_END = b"%%EOF"
PDF_TAIL = 1024
LARGEST_DIRECTORY = 2_000_000
OFFICE = "application/vnd.openxmlformats-officedocument."
OPEN = "application/vnd.oasis.opendocument."
PARTS = {
    "word/document.xml": f"{OFFICE}wordprocessingml.document",
    "xl/workbook.xml": f"{OFFICE}spreadsheetml.sheet",
    "ppt/presentation.xml": f"{OFFICE}presentationml.presentation",
}
TYPES_OF_PARTS = "[Content_Types].xml"
NAMED = tuple(f"{OPEN}{name}" for name in ("text", "spreadsheet", "presentation"))
MACROS = ("vbaproject.bin", "basic/")
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)


def type_of(path: Path) -> str:
    """The media type. MediaRefused where it is no document, is cut short, or holds macros."""
    with path.open("rb") as file:
        head = file.read(len(PDF))
        if head == PDF:
            return _pdf(file)
        _require_small_directory(file)
    try:
        with zipfile.ZipFile(path) as opened:
            return _type_of_zip(opened)
    except MediaRefused:
        raise
    except BROKEN as error:
        raise MediaRefused("media_broken", type(error).__name__) from None


def _pdf(file: IO[bytes]) -> str:
    file.seek(max(0, file.seek(0, 2) - PDF_TAIL))
    if PDF_END not in file.read():
        raise MediaRefused("media_broken", "cut short")
    return "application/pdf"


def _require_small_directory(file: IO[bytes]) -> None:
    try:
        length = zip_directory.length_of(file)
    except DirectoryUnclear as error:
        raise MediaRefused("media_broken", str(error)) from None
    if length > LARGEST_DIRECTORY:
        raise MediaRefused("media_not_document", "too many entries")


def _type_of_zip(opened: zipfile.ZipFile) -> str:
    names = [each.filename for each in opened.infolist()]
    if any(
        name.lower().endswith(MACROS[0]) or name.lower().startswith(MACROS[1]) for name in names
    ):
        raise MediaRefused("media_macros")
    if names and names[0] == "mimetype":
        with opened.open("mimetype") as file:
            named = file.read(100).decode("ascii", "replace").strip()
        if named in NAMED:
            return named
    if TYPES_OF_PARTS in names:
        for part, found in PARTS.items():
            if part in names:
                return found
    raise MediaRefused("media_not_document")
