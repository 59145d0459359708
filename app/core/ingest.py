"""`core_ingest_event`: find or make the lead, in one transaction, and tell of it."""

import hashlib
from dataclasses import dataclass
from typing import Any

from app import clock
from app.core import bus, contacts, events, normalise, referrals
from app.core.contacts import EMAIL, PHONE
from app.core.errors import IngestRefused
from app.core.models import Lead, LeadMeta, Touch, User
from app.core.storage import insert_new, transaction
from app.extensions import db

UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")
CREATED_VIA = "core_ingest"
LONGEST_META = 300


@dataclass(frozen=True, slots=True)
class Ingested:
    """`created`: whether the person was new. Pages do not show the difference."""

    lead_id: int
    created: bool


@dataclass(frozen=True, slots=True)
class _Submission:
    """A checked payload: every part normalised or the whole refused."""

    payload: dict[str, Any]
    name: str
    email: str
    phone: str | None
    moment: int

    @classmethod
    def of(cls, payload: dict[str, Any]) -> "_Submission":
        return cls(
            payload=payload,
            name=normalise.name(payload["name"]),
            email=normalise.email(payload["email"]),
            phone=normalise.phone(payload.get("phone") or ""),
            moment=payload.get("entry_timestamp") or clock.unix(clock.now()),
        )


def hear(
    _raiser: str,
    *,
    payload: dict[str, Any],
    visitor_id: str | None = None,
    once: str | None = None,
    locale: str | None = None,
) -> Ingested:
    """Core's handler of the request. IngestRefused names the field that will not do.

    `visitor_id`: the browser's id from `wh_ref`. `once`: a submission's own key; the same key
    again answers with the same lead and leaves no second trace.
    """
    submission = _Submission.of(payload)
    key = submission_key(once, submission.email) if once else None
    with transaction():
        lead, created = _find_or_make(submission, locale)
        subject = {"lead_id": lead.id, "webinar_id": payload.get("webinar_id")}
        raised = {**payload, "entry_timestamp": submission.moment}
        if bus.record(events.core_ingest_event, raised, once=key, subject=subject) is None:
            return Ingested(lead.id, created=False)
        touch = referrals.first_touch(visitor_id)
        referrals.join_touches(visitor_id, lead.id)
        filled = _fill_blanks(lead, submission, touch)
        _attribute(lead, visitor_id, payload.get("ref"))
        _tell(lead, created, raised, filled)
        return Ingested(lead.id, created)


def submission_key(form_key: str, email: str) -> str:
    """One submission of one person: a key replayed with another address is another one."""
    return hashlib.sha256(f"{form_key}\n{email}".encode()).hexdigest()


def _find_or_make(submission: _Submission, locale: str | None) -> tuple[Lead, bool]:
    """The contact's unique key decides between two first submissions of one person."""
    found = contacts.find_lead(EMAIL, submission.email)
    if found is not None:
        return found, False
    lead = Lead(name=submission.name, created_at=clock.now(), locale=locale)
    with db.session.begin_nested() as attempt:
        db.session.add(lead)
        db.session.flush()
        shown = submission.payload["email"].strip()
        if not contacts.add(lead.id, EMAIL, submission.email, shown):
            attempt.rollback()
    found = contacts.find_lead(EMAIL, submission.email)
    if found is None:
        raise IngestRefused("email")
    return found, found is lead


def _fill_blanks(lead: Lead, submission: _Submission, touch: Touch | None) -> dict[str, Any]:
    """Write only what the lead lacks; answers what was written."""
    filled: dict[str, Any] = {}
    if not lead.name:
        lead.name = filled["name"] = submission.name
    if submission.phone and _lacks_phone(lead):
        contacts.add(lead.id, PHONE, submission.phone, submission.payload["phone"].strip())
        filled["phone"] = submission.phone
    for key, value in _meta(submission, touch).items():
        if insert_new(LeadMeta, {"lead_id": lead.id, "key": key, "value": value}):
            filled[key] = value
    return filled


def _lacks_phone(lead: Lead) -> bool:
    return all(contact.kind != PHONE for contact in contacts.of_lead([lead.id]))


def _meta(submission: _Submission, touch: Touch | None) -> dict[str, Any]:
    payload = submission.payload
    first = clock.unix(touch.touched_at) if touch else submission.moment
    meta: dict[str, Any] = {
        "lead_source": payload["source"],
        "first_touch_at": min(first, submission.moment),
        "lead_created_at": clock.unix(clock.now()),
        "lead_created_via": CREATED_VIA,
    }
    meta |= {key: payload[key][:LONGEST_META] for key in UTM if payload.get(key)}
    if payload["consent"]:
        meta["consent_version"] = str(payload["consent"])
        meta["consent_at"] = submission.moment
        meta["consent_ip"] = payload.get("ip", "")
    return meta


def _attribute(lead: Lead, visitor_id: str | None, code: str | None) -> None:
    inviter_id = referrals.attribute(lead, visitor_id, code)
    user = db.session.query(User).filter_by(lead_id=lead.id).one_or_none()
    if inviter_id is not None and user is not None and user.invited_by is None:
        user.invited_by = inviter_id
        tell_ref_resolved(user)


def tell_ref_resolved(user: User) -> None:
    """The fact `core_ref_context_resolved`, once in a user's life."""
    payload = {
        "event_id": "",
        "user_id": user.id,
        "ref_id": user.invited_by,
        "timestamp": clock.unix(clock.now()),
    }
    about = {"lead_id": user.lead_id}
    bus.record(events.core_ref_context_resolved, payload, once=str(user.id), subject=about)


def _tell(lead: Lead, created: bool, raised: dict[str, Any], filled: dict[str, Any]) -> None:
    if created:
        payload = {"lead_id": lead.id, "payload": raised}
        bus.record(events.core_lead_created, payload, once=str(lead.id))
    elif filled:
        bus.record(events.core_lead_updated, {"lead_id": lead.id, "lead_meta": filled})
