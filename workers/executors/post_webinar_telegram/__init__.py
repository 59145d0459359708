"""post-webinar-telegram: what fits after the webinar, to the lead: thanks, or the recording.

On `scenario_start` named `post_webinar_attended` or `post_webinar_not_attended`, which the rules
start from `post_webinar_route`. Who missed a broadcast is offered its recording where there is
one; a recording is always there to come back to.
"""

from datetime import timedelta
from typing import Any

from app import core, live, messages
from app.core import Envelope, RegistrationRecord, events
from app.messages import subject

NEWS_FOR = timedelta(days=7)
"""Whoever links a chat later than that is not thanked for something long past."""
KINDS = {
    "post_webinar_attended": "post_attended",
    "post_webinar_not_attended": "post_not_attended",
}


def connect() -> None:
    core.subscribe(events.scenario_start, "post_webinar_telegram", hear)


def hear(envelope: Envelope) -> None:
    kind = KINDS.get(envelope.payload["scenario"])
    if kind is not None:
        _plan(kind, envelope.payload["context"], envelope)


def _plan(kind: str, context: dict[str, Any], envelope: Envelope) -> None:
    """Unique by the run of the scenario, so by the viewing session that it tells of."""
    registration = subject.registration_of(context["session_id"])
    lead = core.leads.get(context["lead_id"])
    values = subject.values(lead.lead_id, registration)
    if registration is not None:
        values |= {"recording_link": _recording_link(registration)}
    messages.plan(
        messages.Plan(
            kind=kind,
            recipient=messages.LEAD,
            dedupe=f"run:{context['run_id']}:{kind}:lead",
            lead_id=lead.lead_id,
            webinar_id=context["webinar_id"],
            registration_id=registration.registration_id if registration else None,
            rule=context["rule"],
            due_at=envelope.occurred_at,
            not_after=envelope.occurred_at + NEWS_FOR,
            locale=lead.locale,
            about_webinar=registration is not None,
            values=values,
            buttons=subject.room_buttons(registration, lead.locale),
        )
    )


def _recording_link(registration: RegistrationRecord) -> str | None:
    """The personal link, where it leads to something to watch."""
    webinar = core.registrations.webinar_of(registration)
    if webinar.type == "live" and not live.broadcasts.of(webinar.webinar_id).recording:
        return None
    return subject.room_address(registration)
