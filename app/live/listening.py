"""What the room hears of Core: a change that nobody told it in the change's own transaction.

The studio and the rules tell it at once. A command, or a release to come, may not: the fact that
Core recorded brings the broadcast up to date.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from app import clock, core
from app.core import Envelope, events
from app.live import broadcasts, state
from app.live.erasure import erase_words
from app.live.models import LiveBroadcast

A_SECOND = timedelta(seconds=1)
"""Facts tell whole seconds."""


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
    tell = _untold(row, envelope.payload["after"], webinar.status, moment)
    if tell is None:
        state.changed(row)
    else:
        tell(webinar.webinar_id, moment)


def _untold(
    row: LiveBroadcast, after: str, status: str, moment: datetime
) -> Callable[[str, datetime], None] | None:
    """How to tell the broadcast of what it does not know yet.

    A pause counts only while it lasts: one that is over when it is heard of was told, or was
    shorter than the way of a fact."""
    if after == "live" and row.on_air_at is None:
        return broadcasts.started
    if after == "finished" and row.off_air_at is None:
        return broadcasts.stopped
    if after == status == "paused" and row.paused_at is None:
        return broadcasts.paused
    resumed = row.paused_at is not None and row.paused_at <= moment + A_SECOND
    return broadcasts.resumed if after == status == "live" and resumed else None


def hear_cta(envelope: Envelope) -> None:
    webinar = core.webinars.get(envelope.webinar_id or "")
    if webinar is not None and webinar.type == "live":
        broadcasts.changed_elsewhere(webinar.webinar_id)
