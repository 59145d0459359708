"""One message in each of the three ledgers."""

from dataclasses import dataclass
from datetime import datetime

AT_MOST_ONCE = "at_most_once"


@dataclass(frozen=True, slots=True)
class Planned:
    """What somebody asked the web to have sent: `due_at` and `not_after` in unix seconds."""

    dedupe: str
    policy: str
    chat: int
    text: str
    due_at: float
    not_after: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the product's ledger; the order is that of `database.COLUMNS`."""

    id: int
    dedupe_key: str
    kind: str
    recipient: str
    policy: str
    lead_id: int | None
    chat: int | None
    text: str
    state: str
    reason: str | None
    due_at: datetime
    not_after: datetime | None
    created_at: datetime
    attempts: int
    unknown_count: int
    external_id: str | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A message that the Bot API took."""

    chat: int
    message_id: int
    text: str
    received_at: float
