"""The event log, append-only, and what remains to be delivered of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, UtcDateTime

BigKey = BigInteger().with_variant(Integer, "sqlite")


class EventRecord(Base):
    """A canonical event as it was. `seq` orders; `once_key` makes «once per …» a unique key.

    Personal members of the payload are not here but in `event_personal`.
    """

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_lead_seq", "lead_id", "seq"),
        Index("ix_event_webinar_name", "webinar_id", "name", "seq"),
    )

    seq: Mapped[int] = mapped_column(BigKey, primary_key=True)
    event_id: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(64), index=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lead_id: Mapped[int | None]
    user_id: Mapped[int | None]
    webinar_id: Mapped[str | None] = mapped_column(String(32))
    once_key: Mapped[str | None] = mapped_column(String(160), unique=True)


class EventPersonal(Base):
    """Personal members of a payload by path; erasure empties `fields`."""

    __tablename__ = "event_personal"

    event_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    lead_id: Mapped[int | None] = mapped_column(index=True)
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)


class Outbox(Base):
    """A fact that not every subscriber has heard yet. The row goes when all have."""

    __tablename__ = "event_outbox"
    __table_args__ = (Index("ix_event_outbox_due", "due_at", "seq"),)

    seq: Mapped[int] = mapped_column(
        BigKey, ForeignKey("event.seq"), primary_key=True, autoincrement=False
    )
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(String(300))


class EventAck(Base):
    """A subscriber has heard an event; written in the transaction of what it did about it."""

    __tablename__ = "event_ack"

    seq: Mapped[int] = mapped_column(
        BigKey, ForeignKey("event.seq"), primary_key=True, autoincrement=False
    )
    subscriber: Mapped[str] = mapped_column(String(80), primary_key=True)
