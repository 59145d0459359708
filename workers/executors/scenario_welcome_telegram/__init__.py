"""scenario-welcome-telegram: on `scenario_start` named `welcome`, the welcome in Telegram.

The team's chat gets «Новый лид»; the lead's own chat, once linked, the personal welcome. Each is
a message of its own, unique by the run.
"""

from app import core
from app.core import Envelope, events
from app.messages import announce

SCENARIO = "welcome"
KIND = "welcome"


def connect() -> None:
    core.subscribe(events.scenario_start, "scenario_welcome_telegram", hear)


def hear(envelope: Envelope) -> None:
    if envelope.payload["scenario"] == SCENARIO:
        announce.to_team_and_lead(KIND, envelope.payload["context"], due_at=envelope.occurred_at)
