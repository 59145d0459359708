"""Whether the streams of broadcasts run: the media server is asked as viewers ask it.

A server that died, or whose speaker's network did, tells nobody; its list of pieces grows no more.
"""

import http.client
import logging
import urllib.request

from flask import current_app

from app import clock, live

log = logging.getLogger(__name__)
TIMEOUT_SECONDS = 2
LONGEST_LIST = 100_000
_known: dict[str, bytes] = {}


def look() -> int:
    """Look at each that should run; how many were given up."""
    now = clock.now()
    running = live.streams.running(now)
    for stream_id in _known.keys() - running.keys():
        del _known[stream_id]
    for stream_id, webinar_id in running.items():
        if _has_grown(stream_id):
            live.streams.heard(webinar_id, now)
    return live.streams.give_up_silent(now)


def _has_grown(stream_id: str) -> bool:
    """Since the last look: at the first one nobody can tell."""
    listed = _list_of(stream_id)
    if listed is None:
        return False
    before, _known[stream_id] = _known.get(stream_id), listed
    return before is not None and before != listed


def _list_of(stream_id: str) -> bytes | None:
    address = f"{current_app.config['SETTINGS'].stream_address}/hls/{stream_id}.m3u8"
    try:
        with urllib.request.urlopen(address, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
            found: bytes = answer.read(LONGEST_LIST)
            return found
    except (OSError, http.client.HTTPException) as error:
        log.debug("stream %s: %s", stream_id, error)
        return None
