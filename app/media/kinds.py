"""What a file is, by its first bytes and never by its name."""

import re

from app.media import document
from app.media.errors import MediaRefused
from app.media.folder import MEGABYTE, settings

KINDS = ("video", "image", "captions", "document", "archive")
ENDINGS = {
    "video/mp4": "mp4",
    "video/webm": "webm",
    "image/jpeg": "jpg",
    "text/vtt": "vtt",
    "application/pdf": "pdf",
    f"{document.OFFICE}wordprocessingml.document": "docx",
    f"{document.OFFICE}spreadsheetml.sheet": "xlsx",
    f"{document.OFFICE}presentationml.presentation": "pptx",
    f"{document.OPEN}text": "odt",
    f"{document.OPEN}spreadsheet": "ods",
    f"{document.OPEN}presentation": "odp",
}
HEAD = 4096
EBML = b"\x1a\x45\xdf\xa3"
FLV = b"FLV\x01"
"""What media servers record; kept as an MP4."""
PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
SUBRIP = re.compile(r"\s*\d+\s*\r?\n\d+:\d\d:\d\d,\d{1,3}\s*-->")


def largest(kind: str) -> int:
    """The most bytes that a file of this kind may have; an archive: the longest video and what
    lies beside it."""
    found = settings()
    most = {
        "video": found.media_max_video_mb,
        "image": found.media_max_image_mb,
        "captions": found.media_max_captions_mb,
        "document": found.media_max_document_mb,
        "archive": found.media_max_video_mb + found.media_max_form_mb,
    }
    return most[kind] * MEGABYTE


def require_length(kind: str, length: int) -> None:
    if length <= 0:
        raise MediaRefused("media_empty")
    if length > largest(kind):
        raise MediaRefused("media_too_large")


def require_kind(kind: str, head: bytes) -> None:
    """MediaRefused where the first bytes are not of that kind."""
    if not LOOKS[kind](head):
        raise MediaRefused(f"media_not_{kind}")


def _is_video(head: bytes) -> bool:
    is_webm = head.startswith(EBML) and b"webm" in head[:128]
    return head[4:8] == b"ftyp" or is_webm or head.startswith(FLV)


def _is_image(head: bytes) -> bool:
    return head.startswith(PICTURES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")


def _is_captions(head: bytes) -> bool:
    text = head.decode("utf-8-sig", errors="replace")
    return text.startswith("WEBVTT") or SUBRIP.match(text) is not None


def _is_document(head: bytes) -> bool:
    return head.startswith((document.PDF, document.ZIP))


def _is_archive(head: bytes) -> bool:
    return head.startswith(document.ZIP)


LOOKS = {
    "video": _is_video,
    "image": _is_image,
    "captions": _is_captions,
    "document": _is_document,
    "archive": _is_archive,
}
