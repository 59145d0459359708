"""What the media server asks and tells: may this publisher publish; it began, ended, recorded.

The key comes as an argument of the published name (`<id>?key=…`), so that the address which viewers
see holds the id alone. Whoever does not know the key is refused and learns nothing.
"""

import hmac

from flask import abort, request

from app import clock, core, live
from app.blueprints.live_webinars import blueprint
from app.extensions import csrf, limiter
from app.live import Broadcast

LONGEST_PATH = 400


@blueprint.post("/hooks/rtmp/")
@csrf.exempt
@limiter.exempt  # type: ignore[untyped-decorator]
def rtmp() -> tuple[str, int]:
    broadcast = _publisher()
    call = request.form.get("call", "")
    if call == "publish":
        _permit(broadcast)
        live.streams.began(broadcast.webinar_id, clock.now())
    elif call == "publish_done":
        live.streams.ended(broadcast.webinar_id, clock.now())
    elif call == "record_done":
        path = request.form.get("path", "")
        if not path.isprintable() or not 0 < len(path) <= LONGEST_PATH:
            abort(400)
        with core.transaction():
            live.streams.recorded(broadcast.webinar_id, path, clock.now())
            core.ring("media")
    return "", 200


def _publisher() -> Broadcast:
    broadcast = live.broadcasts.by_stream(request.form.get("name", "")[:64])
    given = request.form.get("key", "")
    if broadcast is None or not hmac.compare_digest(given.encode(), broadcast.stream_key.encode()):
        abort(403)
    return broadcast


def _permit(broadcast: Broadcast) -> None:
    webinar = core.webinars.get(broadcast.webinar_id)
    if webinar is None or webinar.status not in live.state.OPEN:
        abort(403)
