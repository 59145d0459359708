"""What we know of a person, as a file.

Until the address is proven, whoever opened the account gets what was done under it, and nothing
that somebody else submitted under the same address.
"""

import json
from dataclasses import asdict
from typing import Any

from flask import Response, make_response

from app import clock, core
from app.blueprints.account import blueprint
from app.core import Envelope, RegistrationRecord, UserRecord
from app.extensions import limiter
from app.web import accounts, limits

PAGE = 200


@blueprint.get("/account/data.json")
@accounts.requires()
@limiter.limit(limits.SUBMIT)
def data() -> Response:
    body = json.dumps(_everything(accounts.viewer()), ensure_ascii=False, indent=2, default=str)
    response = make_response(body)
    response.mimetype = "application/json"
    response.headers["Content-Disposition"] = 'attachment; filename="efir-data.json"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _everything(viewer: UserRecord) -> dict[str, Any]:
    whole = core.leads.speaks_for(viewer)
    registrations = core.registrations.of_user(viewer.user_id, limit=1000)
    own_sessions = {each.session_id for each in registrations}
    return {
        "made_at": clock.now().isoformat(timespec="seconds"),
        "account": _account(viewer),
        "lead": _lead(viewer) if whole else None,
        "registrations": [_registration(viewer, each) for each in registrations],
        "events": [
            _event(each)
            for each in _timeline(viewer)
            if whole or _is_own(each, viewer.user_id, own_sessions)
        ],
    }


def _account(viewer: UserRecord) -> dict[str, Any]:
    kept = (
        "user_id",
        "email",
        "name",
        "roles",
        "ref_code",
        "email_proven",
        "country",
        "created_at",
    )
    return {name: getattr(viewer, name) for name in kept}


def _lead(viewer: UserRecord) -> dict[str, Any]:
    assert viewer.lead_id is not None
    lead = core.leads.get(viewer.lead_id)
    kept = ("lead_id", "name", "email", "phone", "locale", "timezone", "created_at", "meta")
    contacts = core.contacts.of_lead(core.leads.family(viewer.lead_id))
    return {name: getattr(lead, name) for name in kept} | {
        "contacts": [asdict(contact) for contact in contacts]
    }


def _registration(viewer: UserRecord, registration: RegistrationRecord) -> dict[str, Any]:
    place = ("slot_id", "starts_at", "zone", "mode", "expires_at")
    kept = ("registration_id", "webinar_id", *place, "name", "country", "source", "created_at")
    viewing = core.user_meta.read(viewer.user_id, str(registration.registration_id))
    moves = core.registrations.moves(registration.registration_id)
    own = {name: getattr(registration, name) for name in kept}
    return own | {"moves": [asdict(move) for move in moves], "viewing": viewing}


def _timeline(viewer: UserRecord) -> list[Envelope]:
    found: list[Envelope] = []
    if viewer.lead_id is None:
        return found
    before = None
    while page := core.timeline.of_lead(viewer.lead_id, before=before, limit=PAGE):
        found += page
        before = page[-1].seq
    return found


def _is_own(event: Envelope, user_id: int, own_sessions: set[str]) -> bool:
    """Done by the account itself: in its own sessions, or in making the account."""
    about_account = event.user_id == user_id and "session_id" not in event.payload
    return about_account or event.payload.get("session_id") in own_sessions


def _event(event: Envelope) -> dict[str, Any]:
    return {"name": event.name, "occurred_at": event.occurred_at, "payload": event.payload}
