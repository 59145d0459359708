"""What part of the ledger is wanted: for pages, and for decisions about many at once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import literal_column

from app import core
from app.messages.models import STATES, Message

DOUBTFUL = "doubtful"
"""Not a state of a row but a way to look: an attempt had no answer, and there were others."""


@dataclass(frozen=True, slots=True)
class Filter:
    """`state` may be DOUBTFUL; `since` and `until` bound the moment that a message is due."""

    state: str | None = None
    kind: str | None = None
    reason: str | None = None
    lead_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> list[Any]:
        return [*self._of_state(), *self._of_row(), *self._of_time()]

    def _of_state(self) -> list[Any]:
        if self.state == DOUBTFUL:
            return [Message.unknown_count > literal_column("0"), Message.state != "unknown"]
        return [Message.state == STATES.get(self.state, self.state)] if self.state else []

    def _of_row(self) -> list[Any]:
        found: list[Any] = []
        if self.kind:
            found.append(Message.kind == self.kind)
        if self.reason:
            found.append(Message.reason == self.reason)
        if self.lead_id is not None:
            found.append(Message.lead_id.in_(core.contacts.family_ids(self.lead_id)))
        return found

    def _of_time(self) -> list[Any]:
        found: list[Any] = []
        if self.since is not None:
            found.append(Message.due_at >= self.since)
        if self.until is not None:
            found.append(Message.due_at < self.until)
        return found
