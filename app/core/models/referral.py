"""Touches: that a browser came by a partner's link, kept as facts."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, UtcDateTime


class Touch(Base):
    """One per browser (`visitor_id`, the random id in `wh_ref`), code and day."""

    __tablename__ = "touch"
    __table_args__ = (
        UniqueConstraint("visitor_id", "code", "day"),
        Index("ix_touch_lead_id", "lead_id"),
        Index("ix_touch_inviter_id", "inviter_id", "touched_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visitor_id: Mapped[str] = mapped_column(String(32))
    code: Mapped[str] = mapped_column(String(32))
    inviter_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    day: Mapped[date]
    landing: Mapped[str] = mapped_column(String(300), default="")
    touched_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("lead.id"))
