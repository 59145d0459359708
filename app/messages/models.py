"""The ledger: a row a message, a row an attempt; the texts; the state of the bot."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, UtcDateTime

# A state is written into the statement: bound as a parameter it keeps both databases from the
# partial indexes below. There is no index of all states: SQLite would take it for the due ones, and
# sort all that is planned for each look.
STATES = {
    state: literal_column(f"'{state}'", String)
    for state in (
        "planned",
        "sending",
        "waiting",
        "failed",
        "unknown",
        "sent",
        "skipped",
        "cancelled",
    )
}
PLANNED, SENDING, WAITING, FAILED, UNKNOWN, SENT, SKIPPED, CANCELLED = STATES.values()


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class Message(Base):
    """One message to one recipient, from planned to sent or to the reason why not.

    `recipient`: `team` or `lead`. `chat` is filled when a target is known. `token` fences a
    claim: only its holder settles. `unknown_count` > 0 says that it may have gone twice.
    """

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_due", "due_at", "id", **_where("state = 'planned'")),
        Index("ix_message_lease", "lease_until", **_where("state = 'sending'")),
        Index(
            "ix_message_late", "not_after", **_where("state = 'planned' AND not_after IS NOT NULL")
        ),
        Index("ix_message_doubled", "id", **_where("state = 'sent' AND unknown_count > 0")),
        Index("ix_message_lead", "lead_id", "id"),
        *(
            Index(f"ix_message_{state}", "id", **_where(f"state = '{state}'"))
            for state in ("failed", "unknown", "skipped", "cancelled")
        ),
        Index("ix_message_waiting", "lead_id", **_where("state = 'waiting'")),
        Index("ix_message_expiring", "not_after", **_where("state = 'waiting'")),
        Index("ix_message_doubtful", "id", **_where("unknown_count > 0")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dedupe_key: Mapped[str] = mapped_column(String(160), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    policy: Mapped[str] = mapped_column(String(16))
    recipient: Mapped[str] = mapped_column(String(8))
    lead_id: Mapped[int | None]
    webinar_id: Mapped[str | None] = mapped_column(String(32))
    registration_id: Mapped[int | None]
    about_webinar: Mapped[bool] = mapped_column(default=False)
    rule: Mapped[str | None] = mapped_column(String(80))
    chat: Mapped[int | None] = mapped_column(BigInteger)
    text: Mapped[str] = mapped_column(Text)
    buttons: Mapped[list[list[dict[str, str]]]] = mapped_column(JSON, default=list)
    state: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str | None] = mapped_column(String(40))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    not_after: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    unknown_count: Mapped[int] = mapped_column(default=0)
    token: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    external_id: Mapped[str | None] = mapped_column(String(40))


class Attempt(Base):
    """A row before the try, with its outcome after it."""

    __tablename__ = "message_attempt"
    __table_args__ = (UniqueConstraint("message_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"))
    number: Mapped[int]
    token: Mapped[str] = mapped_column(String(32))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(16))
    cause: Mapped[str | None] = mapped_column(String(200))


class MessageText(Base):
    """The text of a kind of message to a recipient in a language, as the marketer wrote it."""

    __tablename__ = "message_text"

    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    recipient: Mapped[str] = mapped_column(String(8), primary_key=True)
    locale: Mapped[str] = mapped_column(String(8), primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ChannelState(Base):
    """What the channel said of the bot as a whole: paused until, or until somebody acts."""

    __tablename__ = "channel_state"

    channel: Mapped[str] = mapped_column(String(16), primary_key=True)
    paused_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    alarm: Mapped[str | None] = mapped_column(String(40))
    alarm_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    check_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked: Mapped[str | None] = mapped_column(String(16))
    token_digest: Mapped[str | None] = mapped_column(String(16))
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Heartbeat(Base):
    """A part of the workers was alive at this moment."""

    __tablename__ = "worker_heartbeat"

    part: Mapped[str] = mapped_column(String(80), primary_key=True)
    beat_at: Mapped[datetime] = mapped_column(UtcDateTime)
