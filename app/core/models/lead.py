"""The lead: one person, found again by a normalised contact."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, UtcDateTime


class Lead(Base):
    """One row a person. `invited_by` is a user id, set once. `merged_into_id`: this lead
    answers as another one; its own history stays under its own id."""

    __tablename__ = "lead"
    __table_args__ = (
        Index("ix_lead_invited_by_id", "invited_by", "id"),
        Index("ix_lead_created_at", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    locale: Mapped[str | None] = mapped_column(String(8))
    timezone: Mapped[str | None] = mapped_column(String(64))
    invited_by: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", use_alter=True, name="fk_lead_invited_by")
    )
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("lead.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LeadMeta(Base):
    """Small facts about a lead by key: `lead_source`, `first_touch_at` (unix), UTM, consent."""

    __tablename__ = "lead_meta"

    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)


class LeadMerge(Base):
    """A recorded merge. `received` holds what the primary got by it, so that undo gives it back."""

    __tablename__ = "lead_merge"

    id: Mapped[int] = mapped_column(primary_key=True)
    primary_lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"), index=True)
    secondary_lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"), index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    received: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    merged_at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
