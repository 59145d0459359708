"""How a webinar passes from state to state, and the name of each refusal.

LIVE: draft -> scheduled -> live <-> paused -> finished -> archived, scheduled -> cancelled ->
archived. AUTO: draft <-> published -> archived. Start and stop come only as the request
`core_webinar_set_status`; the rest are functions here, each behind a capability.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Engine, inspect, update
from sqlalchemy import event as orm_event
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.sql import ClauseElement

from app import clock
from app.core import access, records, status_writing
from app.core.bus import record
from app.core.errors import Forbidden, WebinarRefused
from app.core.events import core_webinar_cta_visibility_changed, core_webinar_status_changed
from app.core.models import Registration, Webinar
from app.core.storage import transaction
from app.core.users import get as get_user
from app.core.webinars import row_for_change
from app.extensions import db

ALLOWED: dict[str, dict[str, frozenset[str]]] = {
    "live": {
        "schedule": frozenset({"draft"}),
        "start": frozenset({"scheduled"}),
        "pause": frozenset({"live"}),
        "resume": frozenset({"paused"}),
        "stop": frozenset({"live", "paused"}),
        "cancel": frozenset({"scheduled"}),
        "archive": frozenset({"finished", "cancelled"}),
    },
    "auto": {
        "publish": frozenset({"draft"}),
        "unpublish": frozenset({"published"}),
        "archive": frozenset({"draft", "published"}),
    },
}
BECOMES = {
    "schedule": "scheduled",
    "start": "live",
    "pause": "paused",
    "resume": "live",
    "stop": "finished",
    "cancel": "cancelled",
    "archive": "archived",
    "publish": "published",
    "unpublish": "draft",
}
REFUSALS = {
    ("start", "finished"): "webinar_state_invalid_restart",
    ("schedule", "live"): "webinar_state_invalid_rewind",
    ("schedule", "paused"): "webinar_state_invalid_rewind",
    ("resume", "finished"): "webinar_state_invalid_restart",
}
_PERMITTED = "efir_status_change_permitted"
_permitted: ContextVar[bool] = ContextVar("efir_status_change_permitted", default=False)


@orm_event.listens_for(Webinar.status, "set")
def _refuse_direct_write(row: Webinar, value: str, old: Any, _initiator: object) -> None:
    """A status is set at birth, to `draft`, and afterwards only by `_change`."""
    at_birth = value == "draft" and not inspect(row).has_identity
    if not at_birth and not getattr(row, _PERMITTED, False):
        raise WebinarRefused(name="webinar_status_mutation_forbidden")


@orm_event.listens_for(Session, "do_orm_execute")
def _refuse_write_of_many(asked: ORMExecuteState) -> None:
    """An UPDATE of rows, or an INSERT past the model, goes by no attribute: refused all the same."""
    if not (asked.is_update or asked.is_insert) or asked.bind_mapper is not inspect(Webinar):
        return
    given = asked.parameters or {}
    rows = given if isinstance(given, list) else [given]
    statement = cast(ClauseElement, asked.statement)
    if "status" in {*statement.compile().params, *(name for row in rows for name in row)}:
        raise WebinarRefused(name="webinar_status_mutation_forbidden")


@contextmanager
def _changing(row: Webinar) -> Iterator[None]:
    """What is written of this row inside may be its status."""
    setattr(row, _PERMITTED, True)
    permit = _permitted.set(True)
    try:
        yield
    finally:
        _permitted.reset(permit)
        setattr(row, _PERMITTED, False)


@orm_event.listens_for(Engine, "before_cursor_execute")
def _refuse_text(
    _connection: object,
    _cursor: object,
    statement: str,
    _given: object,
    context: Any,
    _many: object,
) -> None:
    """The last gate of this process: whatever SQL says it, by text or by a table's own constructs. A
    hand in the database's console is not held."""
    if "webinar" not in statement or _permitted.get():
        return
    written = status_writing.kind_of(statement)
    if written == "update" or (written == "insert" and not _is_birth(context)):
        raise WebinarRefused(name="webinar_status_mutation_forbidden")


def _is_birth(context: Any) -> bool:
    """Rows that a model or its table inserts, all of them drafts."""
    rows = context.compiled_parameters if context.isinsert else None
    states = [
        value
        for row in rows or ()
        for name, value in row.items()
        if name == "status" or name.startswith("status_m")
    ]
    return bool(states) and all(state == "draft" for state in states)


def hear_set_status(_raiser: str, *, payload: dict[str, Any]) -> records.WebinarRecord:
    """Core's handler of the request: start or stop, or a refusal by name."""
    context = payload["context"]
    _permit(context["actor_id"], access.WEBINAR_STATUS)
    return _change(payload["webinar_id"], payload["status"], context)


def hear_set_cta(_raiser: str, *, payload: dict[str, Any]) -> records.WebinarRecord:
    context = payload["context"]
    _permit(context["actor_id"], access.WEBINAR_CTA)
    after = "shown" if payload["visible"] else "hidden"
    with transaction():
        row = row_for_change(payload["webinar_id"])
        before, row.cta_visibility = row.cta_visibility, after
        if before != after:
            _tell(core_webinar_cta_visibility_changed, row, before, after, context)
        return records.of_webinar(row)


def schedule(
    webinar_id: str, starts_at: datetime, *, actor_id: int | None
) -> records.WebinarRecord:
    with transaction():
        _act(webinar_id, "schedule", access.WEBINAR_EDIT, actor_id)
        row = row_for_change(webinar_id)
        row.scheduled_at = starts_at
        return records.of_webinar(row)


def reschedule(
    webinar_id: str, starts_at: datetime, *, actor_id: int | None
) -> records.WebinarRecord:
    """Another hour for what is scheduled: every place on it moves with it, and the fact
    `core_webinar_status_changed` from `scheduled` to `scheduled` tells of it. The same hour again
    is nothing. Refused like scheduling where the webinar is anything else."""
    _permit(actor_id, access.WEBINAR_EDIT)
    with transaction():
        row = row_for_change(webinar_id)
        if row.status != "scheduled":
            raise WebinarRefused(name=_refusal("schedule", row.status))
        if row.scheduled_at != starts_at:
            row.scheduled_at = starts_at
            places = update(Registration).where(Registration.webinar_id == webinar_id)
            db.session.execute(places.values(starts_at=starts_at))
            _tell(core_webinar_status_changed, row, row.status, row.status, _context(actor_id))
        return records.of_webinar(row)


def cancel(webinar_id: str, *, actor_id: int | None) -> records.WebinarRecord:
    return _act(webinar_id, "cancel", access.WEBINAR_EDIT, actor_id)


def pause(webinar_id: str, *, actor_id: int | None) -> records.WebinarRecord:
    return _act(webinar_id, "pause", access.WEBINAR_STATUS, actor_id)


def resume(webinar_id: str, *, actor_id: int | None) -> records.WebinarRecord:
    return _act(webinar_id, "resume", access.WEBINAR_STATUS, actor_id)


def archive(webinar_id: str, *, actor_id: int | None) -> records.WebinarRecord:
    return _act(webinar_id, "archive", access.WEBINAR_EDIT, actor_id)


_HAS_SOMETHING_TO_SHOW: dict[str, Callable[[str], bool]] = {}


def ask_before_publishing(type: str, has_something_to_show: Callable[[str], bool]) -> None:
    """Core does not know what a webinar of that type shows: its room is asked, by webinar id,
    whichever road a publication takes."""
    _HAS_SOMETHING_TO_SHOW[type] = has_something_to_show


def publish(webinar_id: str, *, actor_id: int | None) -> records.WebinarRecord:
    """`webinar_nothing_to_show` where its room has nothing to open with."""
    with transaction():
        row = row_for_change(webinar_id)
        ready = _HAS_SOMETHING_TO_SHOW.get(row.type)
        if ready is not None and not ready(webinar_id):
            raise WebinarRefused(name="webinar_nothing_to_show")
        return _act(webinar_id, "publish", access.WEBINAR_EDIT, actor_id)


def unpublish(webinar_id: str, *, actor_id: int | None) -> records.WebinarRecord:
    return _act(webinar_id, "unpublish", access.WEBINAR_EDIT, actor_id)


def _act(
    webinar_id: str, action: str, capability: str, actor_id: int | None
) -> records.WebinarRecord:
    _permit(actor_id, capability)
    return _change(webinar_id, action, _context(actor_id))


def _context(actor_id: int | None) -> dict[str, Any]:
    return {
        "actor_id": actor_id,
        "timestamp": clock.unix(clock.now()),
        "source": "studio" if actor_id is not None else "rule",
    }


def _permit(actor_id: int | None, capability: str) -> None:
    """A rule (no actor) may; a person needs the capability."""
    if actor_id is None:
        return
    user = get_user(actor_id)
    if user is None or not user.can(capability):
        raise Forbidden(f"user {actor_id} lacks {capability}")


def _change(webinar_id: str, action: str, context: dict[str, Any]) -> records.WebinarRecord:
    with transaction():
        row = row_for_change(webinar_id)
        before = row.status
        if before not in ALLOWED[row.type].get(action, frozenset()):
            raise WebinarRefused(name=_refusal(action, before))
        db.session.flush()
        with _changing(row):
            row.status = BECOMES[action]
            db.session.flush()
        _tell(core_webinar_status_changed, row, before, row.status, context)
        return records.of_webinar(row)


def _refusal(action: str, before: str) -> str:
    return REFUSALS.get((action, before), f"webinar_state_invalid_{action}")


def _tell(event: Any, row: Webinar, before: str, after: str, context: dict[str, Any]) -> None:
    payload = {
        "webinar_id": row.webinar_id,
        "before": before,
        "after": after,
        "context": context,
    }
    record(event, payload)
