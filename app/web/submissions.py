"""The payload of `core_ingest_event` as any of our forms sends it."""

from typing import Any

from flask import request

from app import clock
from app.core import normalise, referrals
from app.extensions import client_address
from app.web import campaign, consent, referral
from app.web.person_form import PersonForm

LONGEST_AGENT = 300


def payload(form: PersonForm, source: str, *, webinar_id: str | None = None) -> dict[str, Any]:
    """Who submitted what, from where. `consent` is the version of the text agreed to."""
    return {
        "source": source,
        "name": normalise.name(form.name.data or ""),
        "email": (form.email.data or "").strip(),
        "ref": _code(),
        "webinar_id": webinar_id,
        "entry_timestamp": clock.unix(clock.now()),
        "user_agent": request.user_agent.string[:LONGEST_AGENT],
        "ip": client_address(),
        "consent": consent.CURRENT if form.consent.data else None,
        **campaign.tags(),
    }


def _code() -> str | None:
    """The partner's code in the address, if it looks like one."""
    code = referral.current_code()
    return code if code and referrals.CODE.fullmatch(code) else None
