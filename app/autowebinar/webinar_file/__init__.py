"""A whole webinar as one open file: a zip of canonical JSON and media named by SHA-256.

The format is described in `docs/webinar-file.md`. Where media lie, and whose they are, is known
above: here they are names and bytes.
"""

from app.autowebinar.webinar_file.document import (
    DOCUMENT,
    FORMAT,
    MOST_LINES,
    REFERENCE,
    VERSION,
    Document,
    FileInvalid,
    MediaEntry,
    WebinarMembers,
    canonical,
    parse,
    replaced,
)
from app.autowebinar.webinar_file.packing import pack
from app.autowebinar.webinar_file.unpacking import Unpacked, unpack

__all__ = [
    "DOCUMENT",
    "FORMAT",
    "MOST_LINES",
    "REFERENCE",
    "VERSION",
    "Document",
    "FileInvalid",
    "MediaEntry",
    "Unpacked",
    "WebinarMembers",
    "canonical",
    "pack",
    "parse",
    "replaced",
    "unpack",
]
