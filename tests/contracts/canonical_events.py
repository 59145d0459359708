"""The contract of the canonical events, written out by hand: what other systems rely on.

Nothing here is derived from the code. A line changes only with the contract itself.
"""

from dataclasses import dataclass
from typing import Any

CORE = ("core",)
TRACKER = ("client_webinar_tracker",)
AUTOWEBINAR = ("autowebinar",)
ATTENDANCE = ("attendance",)
MESSAGES = ("messages",)
ENGINE = ("scenario_engine",)


@dataclass(frozen=True, slots=True)
class Contract:
    """Who raises an event, the members that a payload must have, and those that it may have."""

    raisers: tuple[str, ...]
    required: frozenset[str]
    optional: frozenset[str] = frozenset()
    kind: str = "fact"


def _contract(raisers: tuple[str, ...], required: str, optional: str = "", **more: Any) -> Contract:
    return Contract(raisers, frozenset(required.split()), frozenset(optional.split()), **more)


INGEST_OPTIONAL = (
    "phone ref webinar_id entry_timestamp user_agent ip "
    "utm_source utm_medium utm_campaign utm_content utm_term"
)
USER_FACT = "event_id user_id ref_id timestamp"
CHANGED = "webinar_id before after context"
CONTACT = "lead_id kind timestamp"
MESSAGE = "message_id lead_id kind recipient reason timestamp"
CLASSIFIED = "lead_id webinar_id attended timestamp"
AUTOWEBINAR_FACT = "event_id user_id lead_id ref_id webinar_id session_id timestamp"
# Whose session it was is known where the room told it: a fact emitted by hand may not know.
COMPLETED = _contract(TRACKER, "webinar_id completed_at", "lead_id webinar_type session_id")

CONTRACTS: dict[str, Contract] = {
    "core_ingest_event": _contract(
        ("integration_web_form", "signup", "api"),
        "source name email consent",
        INGEST_OPTIONAL,
        kind="request",
    ),
    "core_lead_created": _contract(CORE, "lead_id payload"),
    "core_lead_updated": _contract(CORE, "lead_id lead_meta"),
    "core_lead_deleted": _contract(CORE, "lead_id lead_meta"),
    "core_lead_merged": _contract(CORE, "primary_lead_id secondary_lead_id lead_meta"),
    "core_user_registered": _contract(CORE, USER_FACT),
    "core_user_login": _contract(CORE, USER_FACT),
    "core_ref_context_resolved": _contract(CORE, USER_FACT),
    "core_webinar_set_status": _contract(
        ("studio", "rules"), "webinar_id status context", kind="request"
    ),
    "core_webinar_set_cta_visibility": _contract(
        ("studio", "timeline"), "webinar_id visible context", kind="request"
    ),
    "core_webinar_status_changed": _contract(CORE, CHANGED),
    "core_webinar_cta_visibility_changed": _contract(CORE, CHANGED),
    "core_contact_linked": _contract(CORE, CONTACT),
    "core_contact_blocked": _contract(CORE, CONTACT),
    "core_contact_unsubscribed": _contract(CORE, CONTACT),
    "core_contact_message_received": _contract(CORE, CONTACT + " text"),
    "scenario_start": _contract(ENGINE, "scenario context"),
    "message_planned": _contract(MESSAGES, MESSAGE),
    "message_sent": _contract(MESSAGES, MESSAGE),
    "message_not_sent": _contract(MESSAGES, MESSAGE),
    "client_webinar_registered": _contract(
        TRACKER, "lead_id webinar_id registered_at", "webinar_type slot_id source"
    ),
    "client_webinar_entered": _contract(TRACKER, "webinar_id timestamp", "lead_id session_id"),
    "client_webinar_left": _contract(
        TRACKER, "webinar_id left_at leave_reason", "lead_id webinar_type session_id"
    ),
    "client_webinar_completed": COMPLETED,
    "client_webinar_form_submitted": _contract(
        TRACKER,
        "webinar_id submitted_at form_id form_payload",
        "lead_id webinar_type session_id",
    ),
    "webinar_completed": Contract(ATTENDANCE, COMPLETED.required, COMPLETED.optional),
    "client_webinar_attendance_classified": _contract(ATTENDANCE, CLASSIFIED),
    "post_webinar_route": _contract(ATTENDANCE, CLASSIFIED + " route"),
    "autowebinar_session_created": _contract(AUTOWEBINAR, AUTOWEBINAR_FACT),
    "autowebinar_join": _contract(AUTOWEBINAR, AUTOWEBINAR_FACT),
    "autowebinar_progress": _contract(AUTOWEBINAR, AUTOWEBINAR_FACT + " progress"),
    "autowebinar_cta_click": _contract(AUTOWEBINAR, AUTOWEBINAR_FACT),
    "autowebinar_completed": _contract(AUTOWEBINAR, AUTOWEBINAR_FACT),
}

NOW = 1_700_000_000
INGEST = {
    "source": "web_form",
    "name": "Анна",
    "email": "anna@example.org",
    "consent": "2026-11-23",
}
CONTEXT = {"actor_id": 7, "timestamp": NOW, "source": "studio"}
SAMPLE: dict[str, Any] = {
    "lead_id": 1,
    "user_id": 2,
    "ref_id": None,
    "webinar_id": "wb_1",
    "webinar_type": "auto",
    "session_id": "5e55",
    "slot_id": None,
    "event_id": "e7e7",
    "message_id": 3,
    "primary_lead_id": 1,
    "secondary_lead_id": 2,
    "lead_meta": {"lead_source": "web_form", "first_touch_at": NOW},
    "payload": INGEST,
    "form_payload": {"question": "Когда?", "agree": True, "age": 30},
    "timestamp": NOW,
    "registered_at": NOW,
    "left_at": NOW,
    "completed_at": NOW,
    "submitted_at": NOW,
    "entry_timestamp": NOW,
    "leave_reason": "network_loss",
    "form_id": "feedback",
    "attended": True,
    "route": "attended",
    "progress": 75,
    "kind": "telegram",
    "text": "Добрый день",
    "recipient": "lead",
    "reason": None,
    "scenario": "welcome",
    "before": "scheduled",
    "after": "live",
    "status": "start",
    "visible": True,
    "ip": "127.0.0.1",
    "user_agent": "test",
    "ref": "CODE",
    "phone": None,
    "utm_source": "a",
    "utm_medium": "b",
    "utm_campaign": "c",
    "utm_content": "d",
    "utm_term": "e",
    "context": CONTEXT,
    **INGEST,
}
SCENARIO_CONTEXT = {
    "lead_id": 1,
    "payload": INGEST,
    "webinar_id": None,
    "session_id": None,
    "run_id": 4,
    "rule": "welcome_web_form",
    "event_id": "e7e7",
}


def payload_of(name: str, *, optional: bool = True) -> dict[str, Any]:
    """A payload that the contract allows, with or without what it need not have."""
    contract = CONTRACTS[name]
    members = contract.required | (contract.optional if optional else frozenset())
    sample = SAMPLE | ({"context": SCENARIO_CONTEXT} if name == "scenario_start" else {})
    return {member: sample[member] for member in sorted(members)}
