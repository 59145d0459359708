"""A scenario's message about a lead: one to the team's chat, one to the lead's own."""

from datetime import datetime
from typing import Any

from app import core
from app.messages import subject
from app.messages.plan import LEAD, TEAM, Plan, plan


def to_team_and_lead(kind: str, context: dict[str, Any], *, due_at: datetime) -> None:
    """Plan both, unique by the run of the scenario. `context` is that of `scenario_start`."""
    lead_id = context["lead_id"]
    registration = subject.registration_of(context["session_id"])
    lead = core.leads.get(lead_id)
    values = subject.values(lead_id, registration)
    about = {
        "kind": kind,
        "lead_id": lead_id,
        "webinar_id": context["webinar_id"],
        "registration_id": registration.registration_id if registration else None,
        "rule": context["rule"],
        "due_at": due_at,
    }
    run = f"run:{context['run_id']}:{kind}"
    # The team sees the lead under its own name, whatever was typed for one registration.
    of_lead = values | {"name": lead.name, "inviter": lead.inviter_name}
    plan(Plan(**about, recipient=TEAM, dedupe=f"{run}:team", values=of_lead))
    plan(
        Plan(
            **about,
            recipient=LEAD,
            dedupe=f"{run}:lead",
            locale=lead.locale,
            about_webinar=registration is not None,
            values=values,
            buttons=subject.room_buttons(registration, lead.locale),
        )
    )
