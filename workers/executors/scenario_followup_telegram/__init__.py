"""scenario-followup-telegram: on `scenario_start` named `welcome`, a follow-up after a delay.

The delay is `FOLLOWUP_DELAY_SECONDS` from the start of the scenario. The team's chat gets
«Напоминание» with the same facts; the lead's own chat, once linked, the personal follow-up.
"""

from datetime import timedelta

from flask import current_app

from app import core
from app.core import Envelope, events
from app.messages import announce

SCENARIO = "welcome"
KIND = "followup"


def connect() -> None:
    core.subscribe(events.scenario_start, "scenario_followup_telegram", hear)


def hear(envelope: Envelope) -> None:
    if envelope.payload["scenario"] == SCENARIO:
        delay = timedelta(seconds=current_app.config["SETTINGS"].followup_delay_seconds)
        due_at = envelope.occurred_at + delay
        announce.to_team_and_lead(KIND, envelope.payload["context"], due_at=due_at)
