"""Where a broadcast is: here, or on an outside platform with a chat of its own."""

from app.core import WebinarRecord

OUTSIDE = ("zoom", "telegram")


def room_key(webinar_id: str) -> str:
    """One for all who are in the room: names its chat, and counts its viewers."""
    return f"live:{webinar_id}"


def has_chat(stream_type: str) -> bool:
    return stream_type not in OUTSIDE


def is_ours(webinar: WebinarRecord) -> bool:
    """Whether the picture comes from OBS by our own media server."""
    return has_chat(webinar.stream_type) and not webinar.stream_source
