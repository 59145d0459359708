"""scenario-reminders-telegram: on `scenario_start` named `reminders`, reminders of the start.

Only the lead is reminded, in the lead's language and the registration's zone. What no longer
helps is recorded as skipped, with its reason.
"""

from app import core, messages
from app.core import Envelope, events

SCENARIO = "reminders"


def connect() -> None:
    core.subscribe(events.scenario_start, "scenario_reminders_telegram", hear)


def hear(envelope: Envelope) -> None:
    """By the registration as it is now: one that was moved meanwhile is reminded of its new start."""
    if envelope.payload["scenario"] != SCENARIO:
        return
    context = envelope.payload["context"]
    registration = messages.subject.registration_of(context["session_id"])
    if registration is not None:
        messages.reminders.plan(registration, rule=context["rule"])
