"""What LIVE rooms leave to the workers: who left, how a broadcast ended, one that was forgotten."""

import logging
from typing import Any

from flask import current_app

from app import attendance, clock, core, live, messages
from app import client_webinar_tracker as tracker
from app.extensions import db
from app.live.presence import Gone
from app.live.rules import Overdue, Unstarted
from app.live.settling import Outcome
from workers import batches

log = logging.getLogger(__name__)

AT_ONCE = 100


def flush_presence() -> int:
    return batches.until_none(live.presence.flush)


def show_what_was_stirred() -> int:
    return live.state.put_waiting()


def tell_who_left() -> int:
    return batches.until_none(_tell_some_who_left)


def _tell_some_who_left() -> int:
    """A viewer unseen for a minute is out of the room: once a session, with the reason."""
    gone = live.presence.gone(clock.now(), AT_ONCE)
    if gone:
        with core.transaction():
            for viewer in gone:
                tracker.client_webinar_leave(_leaving(viewer))
            live.presence.mark_left(gone)
    return len(gone)


def _leaving(viewer: Gone) -> dict[str, Any]:
    return {
        "lead_id": viewer.lead_id,
        "webinar_id": viewer.webinar_id,
        "webinar_type": "live",
        "session_id": viewer.session_id,
        "left_at": viewer.left_at,
        "leave_reason": viewer.reason,
    }


def settle() -> int:
    """Tell of everybody in broadcasts that are over, then close their attendance. A crash in
    between does it again from the start: each fact is told once."""
    due = live.settling.due(clock.now())
    for webinar_id in due:
        try:
            _settle(webinar_id)
        except Exception:
            db.session.rollback()
            log.exception("the broadcast %s was not settled", webinar_id)
    return len(due)


def _settle(webinar_id: str) -> None:
    live.settling.prepare(webinar_id)
    _tell_outcomes(webinar_id)
    cursor: int | None = 0
    while cursor is not None:
        cursor = attendance.close(webinar_id, after=cursor)
    live.settling.finish(webinar_id)


def _tell_outcomes(webinar_id: str) -> None:
    after = ""
    while page := live.settling.outcomes(webinar_id, after):
        with core.transaction():
            for outcome in page:
                _tell(outcome)
        after = page[-1].session_id


def _tell(outcome: Outcome) -> None:
    about = {
        "lead_id": outcome.lead_id,
        "webinar_id": outcome.webinar_id,
        "webinar_type": "live",
        "session_id": outcome.session_id,
    }
    if outcome.completed:
        tracker.client_webinar_complete(about | {"completed_at": outcome.stopped_at})
    if outcome.here_at_the_stop and not outcome.left_before:
        leaving = {"left_at": outcome.stopped_at, "leave_reason": "session_end"}
        tracker.client_webinar_leave(about | leaving)
        live.presence.mark_left_at_the_stop(outcome.session_id)


def see_to_forgotten() -> int:
    """Broadcasts that run on long past their planned end: the team is told, once a step."""
    return live.rules.look(clock.now(), _notice)


def see_to_unstarted() -> int:
    """Broadcasts whose hour has come and that nobody has begun: the team is told, once a step and an
    hour."""
    late = live.rules.unstarted(clock.now())
    return sum(_say_not_started(each) is not None for each in late)


def _say_not_started(late: Unstarted) -> int | None:
    webinar, site = late.webinar, current_app.config["SETTINGS"].site_address
    assert webinar.scheduled_at is not None
    hour = clock.unix(webinar.scheduled_at)
    return messages.plan(
        messages.Plan(
            kind="live_not_started",
            recipient=messages.TEAM,
            dedupe=f"live_not_started:{webinar.webinar_id}:{hour}:{late.step}",
            webinar_id=webinar.webinar_id,
            values={"webinar": webinar.title, "link": f"{site}/studio/{webinar.slug}/live/"},
        )
    )


NOTICES = {"warned": "live_overdue", "stopped": "live_stopped"}


def _notice(overdue: Overdue) -> None:
    webinar = core.webinars.get(overdue.webinar_id)
    assert webinar is not None
    site = current_app.config["SETTINGS"].site_address
    began = live.broadcasts.of(webinar.webinar_id).air.on_air_at
    messages.plan(
        messages.Plan(
            kind=NOTICES[overdue.what],
            recipient=messages.TEAM,
            dedupe=f"{NOTICES[overdue.what]}:{webinar.webinar_id}:{began}",
            webinar_id=webinar.webinar_id,
            values={"webinar": webinar.title, "link": f"{site}/studio/{webinar.slug}/"},
        )
    )
