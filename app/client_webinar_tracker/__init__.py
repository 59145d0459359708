"""client-webinar-tracker: helpers by which the client's webinar states are emitted by hand.

Each takes a context (`lead_id` int where known, `webinar_id` string, a moment in unix seconds,
now if absent), normalises it, passes on nothing that it was not given, and answers the event id,
or None where that session had already said so. No tables, no state, nothing detected or sent.
"""

from typing import Any

from app import clock, core
from app.core import events
from app.core.errors import EventRefused

emit = core.emitter("client_webinar_tracker")
LEAVE_REASONS = ("user_exit", "session_end", "network_loss")

Context = dict[str, Any]


def client_webinar_register(context: Context, *, session_id: str | None = None) -> str | None:
    """`client_webinar_registered`. `session_id` is the new registration's, which makes it once."""
    allowed = ("webinar_type", "slot_id", "source")
    payload = _normalised(context, "registered_at", allowed)
    _require_lead(payload, "client_webinar_registered")
    return emit(events.client_webinar_registered, payload, once=session_id)


def client_webinar_enter(context: Context) -> str | None:
    """`client_webinar_entered`, once per `session_id`."""
    payload = _normalised(context, "timestamp", ("session_id",))
    return emit(events.client_webinar_entered, payload, once=payload.get("session_id"))


def client_webinar_leave(context: Context) -> str | None:
    """`client_webinar_left`, once per `session_id`; `leave_reason` is one of the three."""
    allowed = ("webinar_type", "session_id", "leave_reason")
    payload = _normalised(context, "left_at", allowed)
    if payload.setdefault("leave_reason", "user_exit") not in LEAVE_REASONS:
        raise EventRefused(f"leave_reason must be one of {', '.join(LEAVE_REASONS)}")
    return emit(events.client_webinar_left, payload, once=payload.get("session_id"))


def client_webinar_complete(context: Context) -> str | None:
    """`client_webinar_completed`, once per `session_id`."""
    payload = _normalised(context, "completed_at", ("webinar_type", "session_id"))
    return emit(events.client_webinar_completed, payload, once=payload.get("session_id"))


def client_webinar_form_submit(context: Context, *, form_key: str | None = None) -> str | None:
    """`client_webinar_form_submitted`; needs `form_id` and a flat `form_payload`. May repeat:
    only a `form_key`, that of one rendered form, makes a doubled submission one."""
    allowed = ("webinar_type", "session_id", "form_id", "form_payload")
    payload = _normalised(context, "submitted_at", allowed)
    if not payload.get("form_id"):
        raise EventRefused("form_id is missing")
    payload.setdefault("form_payload", {})
    return emit(events.client_webinar_form_submitted, payload, once=form_key)


def _normalised(context: Context, moment: str, allowed: tuple[str, ...]) -> dict[str, Any]:
    """The minimal context and the allowed members that were given; nothing else."""
    payload: dict[str, Any] = {"webinar_id": _webinar_id(context)}
    if context.get("lead_id") is not None:
        payload["lead_id"] = _int(context["lead_id"], "lead_id")
    given = context.get(moment, context.get("timestamp"))
    payload[moment] = clock.unix(clock.now()) if given is None else _int(given, moment)
    payload |= {name: context[name] for name in allowed if context.get(name) is not None}
    return payload


def _webinar_id(context: Context) -> str:
    value = str(context.get("webinar_id") or "").strip()
    if not value:
        raise EventRefused("webinar_id is missing")
    return value


def _int(value: Any, name: str) -> int:
    try:
        number = int(str(value))
    except ValueError:
        raise EventRefused(f"{name} must be a whole number") from None
    if number < 0:
        raise EventRefused(f"{name} must not be negative")
    return number


def _require_lead(payload: dict[str, Any], name: str) -> None:
    if "lead_id" not in payload:
        raise EventRefused(f"{name}: lead_id is missing")
