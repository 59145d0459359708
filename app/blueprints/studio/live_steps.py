"""A broadcast's steps as the studio takes them: Core is asked first, then the broadcast's own clock
is told, in one transaction, so that neither can be without the other."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

from app import clock, core, live
from app.core import UserRecord

Step = Literal["start", "pause", "resume", "stop"]


def take(step: Step, webinar_id: str, actor: UserRecord) -> None:
    """A CoreRefusal changes nothing."""
    now = clock.now()
    with core.transaction():
        if step in ("start", "stop"):
            _ask(webinar_id, step, actor, now)
        else:
            change = core.webinar_states.pause if step == "pause" else core.webinar_states.resume
            change(webinar_id, actor_id=actor.user_id)
        TOLD[step](webinar_id, now)


TOLD: dict[str, Callable[[str, datetime], None]] = {
    "start": live.broadcasts.started,
    "pause": live.broadcasts.paused,
    "resume": live.broadcasts.resumed,
    "stop": live.broadcasts.stopped,
}


def _ask(webinar_id: str, status: str, actor: UserRecord, now: datetime) -> None:
    payload = {"webinar_id": webinar_id, "status": status, "context": _context(actor, now)}
    core.request(core.events.core_webinar_set_status, payload, raiser="studio")


def show_cta(webinar_id: str, actor: UserRecord, *, visible: bool) -> None:
    context = _context(actor, clock.now())
    payload = {"webinar_id": webinar_id, "visible": visible, "context": context}
    with core.transaction():
        core.request(core.events.core_webinar_set_cta_visibility, payload, raiser="studio")
        live.broadcasts.changed_elsewhere(webinar_id)


def schedule(webinar_id: str, starts_at: datetime, actor: UserRecord, *, again: bool) -> None:
    """`again`: it had an hour, and moves to another one."""
    change = core.webinar_states.reschedule if again else core.webinar_states.schedule
    with core.transaction():
        change(webinar_id, starts_at, actor_id=actor.user_id)
        live.broadcasts.changed_elsewhere(webinar_id)


def cancel(webinar_id: str, actor: UserRecord) -> None:
    with core.transaction():
        core.webinar_states.cancel(webinar_id, actor_id=actor.user_id)
        live.broadcasts.cancelled(webinar_id, clock.now())


def archive(webinar_id: str, actor: UserRecord) -> None:
    with core.transaction():
        core.webinar_states.archive(webinar_id, actor_id=actor.user_id)
        live.broadcasts.changed_elsewhere(webinar_id)


def _context(actor: UserRecord, now: datetime) -> dict[str, Any]:
    return {"actor_id": actor.user_id, "timestamp": clock.unix(now), "source": "studio"}
