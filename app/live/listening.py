"""What the room hears of Core: a change that nobody told it in the change's own transaction.

The studio and the rules tell it at once. A command, or a release to come, may not: the fact that
Core recorded brings the broadcast up to date.
"""

from app import clock, core
from app.core import Envelope, events
from app.live import broadcasts, state
from app.live.erasure import erase_words


def connect() -> None:
    core.subscribe(events.core_webinar_status_changed, "live.status", hear_status)
    core.subscribe(events.core_webinar_cta_visibility_changed, "live.cta", hear_cta)
    core.subscribe(events.core_lead_deleted, "live.erasure", erase_words)


def hear_status(envelope: Envelope) -> None:
    """Once in effect: each step keeps the first moment that it was told."""
    webinar = core.webinars.get(envelope.webinar_id or "")
    if webinar is None or webinar.type != "live":
        return
    moment = clock.from_unix(envelope.payload["context"]["timestamp"])
    row = broadcasts.locked(webinar.webinar_id)
    after = envelope.payload["after"]
    if after == "live" and row.on_air_at is None:
        broadcasts.started(webinar.webinar_id, moment)
    elif after == "finished" and row.off_air_at is None:
        broadcasts.stopped(webinar.webinar_id, moment)
    else:
        state.changed(row)


def hear_cta(envelope: Envelope) -> None:
    webinar = core.webinars.get(envelope.webinar_id or "")
    if webinar is not None and webinar.type == "live":
        broadcasts.changed_elsewhere(webinar.webinar_id)
