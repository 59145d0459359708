"""A ledger with a bot, a lead, and short ways to plan."""

from typing import Any

import pytest
from flask import Flask

from app import core, messages
from app.core import RegistrationRecord
from app.messages import MessageRecord, Plan
from tests.fixtures.application import Make

TEAM_CHAT, CHAT = -1000, 42


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    return {"telegram_bot_token": "1:TEST", "telegram_chat_id": TEAM_CHAT}


@pytest.fixture
def registration(make: Make) -> RegistrationRecord:
    return make.registration(make.webinar(), "anna@example.org")


class Ledger:
    """Plans messages of which only what is said matters."""

    def __init__(self) -> None:
        self._count = 0

    def plan(self, recipient: str = messages.TEAM, **fields: Any) -> MessageRecord:
        self._count += 1
        values = {"name": "Анна", "lead_id": 1}
        given = {"kind": "welcome", "dedupe": f"test:{self._count}", "values": values} | fields
        message_id = messages.plan(Plan(recipient=recipient, **given))
        assert message_id is not None
        return messages.get(message_id)

    def to_lead(self, registration: RegistrationRecord, **fields: Any) -> MessageRecord:
        own = {
            "lead_id": registration.lead_id,
            "registration_id": registration.registration_id,
            "webinar_id": registration.webinar_id,
        }
        return self.plan(messages.LEAD, **(own | fields))

    def state(self, message: MessageRecord) -> tuple[str, str | None]:
        found = messages.get(message.message_id)
        return found.state, found.reason


@pytest.fixture
def ledger(app: Flask) -> Ledger:
    return Ledger()


def link(registration: RegistrationRecord, chat: int = CHAT, *, proven: bool = False) -> None:
    """Link a chat as the thank-you page does, or as the account does."""
    assert core.contacts.link_telegram(
        registration.lead_id,
        chat,
        "@anna",
        registration_id=None if proven else registration.registration_id,
        proven=proven,
    )


def told(name: str) -> list[tuple[int, str | None]]:
    """(message, reason) of the facts of that name, oldest first."""
    return [
        (each.payload["message_id"], each.payload["reason"])
        for each in core.timeline.everything()
        if each.name == name
    ]
