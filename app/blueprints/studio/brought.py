"""A file that an author brings by a plain form: how large the form may be, and where the file goes."""

from flask import current_app
from werkzeug.datastructures import FileStorage

from app import media
from app.core import WebinarRecord
from app.media import Asset
from app.media.folder import MEGABYTE
from app.web import accounts

ENVELOPE = 1_000_000
"""What a form may have beside its file."""


def largest_form() -> int:
    most: int = current_app.config["SETTINGS"].media_max_form_mb
    return most * MEGABYTE + ENVELOPE


def largest_form_with_document() -> int:
    most: int = current_app.config["SETTINGS"].media_max_document_mb
    return most * MEGABYTE + ENVELOPE


def take(webinar: WebinarRecord, kind: str, given: FileStorage) -> Asset:
    """A small file, looked into at once. MediaRefused keeps nothing."""
    return media.take(
        given.stream,
        kind=kind,
        name=given.filename or "",
        owner_id=accounts.viewer().user_id,
        webinar_id=webinar.webinar_id,
    )


def take_video(webinar: WebinarRecord, given: FileStorage) -> None:
    """A worker looks into it, for that may last."""
    length = given.stream.seek(0, 2)
    given.stream.seek(0)
    media.uploads.whole(
        "video",
        given.filename or "",
        length,
        given.stream,
        owner_id=accounts.viewer().user_id,
        webinar_id=webinar.webinar_id,
    )
