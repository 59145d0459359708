"""The picture that viewers get, as the console shows it: a stream's own list, read by its player.

Embeds and outside platforms have pages of their own to look at.
"""

from flask import current_app

from app import live
from app.blueprints.studio import stream_words
from app.core import WebinarRecord
from app.live import Broadcast
from app.web import security


def address(webinar: WebinarRecord, kept: Broadcast) -> str:
    """Empty while no picture comes, and where there is none to be read."""
    if webinar.status not in ("draft", *live.state.OPEN):
        return ""
    if stream_words.is_checked(webinar):
        return webinar.stream_source
    if not _is_ours(webinar) or live.streams.publishing_since(webinar.webinar_id) is None:
        return ""
    return _ours(kept)


def permit(webinar: WebinarRecord, kept: Broadcast) -> None:
    """Let the console read it, now or when it comes: the policy stands while the page does."""
    if stream_words.is_checked(webinar):
        security.allow_playlists()
    elif _is_ours(webinar):
        security.allow_stream(_ours(kept))


def _is_ours(webinar: WebinarRecord) -> bool:
    return live.places.has_chat(webinar.stream_type) and not webinar.stream_source


def _ours(kept: Broadcast) -> str:
    return f"{current_app.config['SETTINGS'].stream_address}/hls/{kept.stream_id}.m3u8"
