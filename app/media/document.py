"""Documents that are handed out: PDF, Word, Excel, PowerPoint, OpenDocument. Kept as they came.

They are looked into, not rewritten: that the file is what it seems, whole, and holds no macros.
Nothing of it is ever opened in our pages: it is served as an attachment.
"""

import zipfile
import zlib
from pathlib import Path

from app.media.errors import MediaRefused

PDF = b"%PDF-"
ZIP = b"PK\x03\x04"
PDF_END = b"%%EOF"
TAIL = 65_557
"""As long as the end record of a zip may be, with its comment."""
END_RECORD = b"PK\x05\x06"
END_RECORD_LENGTH = 22
ZIP64_LOCATOR = b"PK\x06\x07"
ZIP64_LOCATOR_LENGTH = 20
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
        size = file.seek(0, 2)
        file.seek(max(0, size - TAIL))
        tail = file.read()
    if head == PDF:
        if PDF_END not in tail[-1024:]:
            raise MediaRefused("media_broken", "cut short")
        return "application/pdf"
    _require_small_directory(tail)
    try:
        with zipfile.ZipFile(path) as opened:
            return _type_of_zip(opened)
    except MediaRefused:
        raise
    except BROKEN as error:
        raise MediaRefused("media_broken", type(error).__name__) from None


def _require_small_directory(tail: bytes) -> None:
    """A zip lists its entries at its end; the list is read whole, so how long it is comes first."""
    at = tail.rfind(END_RECORD)
    if at < 0 or len(tail) - at < END_RECORD_LENGTH:
        raise MediaRefused("media_broken", "cut short")
    if tail[:at][-ZIP64_LOCATOR_LENGTH:].startswith(ZIP64_LOCATOR):  # it tells of another length
        raise MediaRefused("media_not_document", "too many entries")
    if int.from_bytes(tail[at + 12 : at + 16], "little") > LARGEST_DIRECTORY:
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
