"""What leaves the ledger: frozen copies of its rows."""

from dataclasses import dataclass
from datetime import datetime

from app.messages.models import Attempt, Message, MessageText


@dataclass(frozen=True, slots=True)
class MessageRecord:
    message_id: int
    kind: str
    policy: str
    recipient: str
    lead_id: int | None
    webinar_id: str | None
    registration_id: int | None
    about_webinar: bool
    rule: str | None
    chat: int | None
    text: str
    buttons: list[list[dict[str, str]]]
    state: str
    reason: str | None
    due_at: datetime
    not_after: datetime | None
    created_at: datetime
    attempts: int
    unknown_count: int
    sent_at: datetime | None
    external_id: str | None

    @property
    def doubtful(self) -> bool:
        """An attempt had no answer, and it was or may be tried again: it may arrive twice."""
        return self.unknown_count > 0 and self.state != "unknown"


@dataclass(frozen=True, slots=True)
class AttemptRecord:
    number: int
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None
    cause: str | None


@dataclass(frozen=True, slots=True)
class TextRecord:
    kind: str
    recipient: str
    locale: str
    body: str
    updated_at: datetime


def of_message(row: Message) -> MessageRecord:
    names = MessageRecord.__dataclass_fields__.keys() - {"message_id"}
    return MessageRecord(message_id=row.id, **{name: getattr(row, name) for name in names})


def of_attempt(row: Attempt) -> AttemptRecord:
    return AttemptRecord(row.number, row.started_at, row.ended_at, row.outcome, row.cause)


def of_text(row: MessageText) -> TextRecord:
    return TextRecord(row.kind, row.recipient, row.locale, row.body, row.updated_at)
