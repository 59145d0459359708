"""Captions: WebVTT, or SubRip made into it. Read whole and written anew."""

import io
from pathlib import Path

import webvtt
from webvtt.errors import MalformedCaptionError, MalformedFileError

from app.media.errors import MediaRefused


def read(path: Path) -> bytes:
    """The captions as they are kept. MediaRefused names what cannot be read."""
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise MediaRefused("media_not_captions", "UTF-8") from None
    form = "vtt" if text.startswith("WEBVTT") else "srt"
    try:
        found = webvtt.from_buffer(io.StringIO(text), format=form, strict=form == "vtt")
    except (MalformedFileError, MalformedCaptionError) as error:
        raise MediaRefused("media_captions_line", str(error)[:160]) from None
    if not found.captions:
        raise MediaRefused("media_not_captions")
    for caption in found.captions:
        if caption.end_in_seconds < caption.start_in_seconds:
            raise MediaRefused("media_captions_line", f"{caption.start} --> {caption.end}")
    return (found.content.rstrip() + "\n").encode()
