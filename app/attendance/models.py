"""What attendance knows of a viewing session until it is settled."""

from datetime import datetime

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, UtcDateTime


class Attendance(Base):
    """One row a viewing session. `verdict_due_at`: when silence settles it as not attended."""

    __tablename__ = "attendance"
    __table_args__ = (
        Index(
            "ix_attendance_open",
            "verdict_due_at",
            sqlite_where=text("classified_at IS NULL"),
            postgresql_where=text("classified_at IS NULL"),
        ),
        Index("ix_attendance_lead", "lead_id"),
    )

    session_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    lead_id: Mapped[int]
    webinar_id: Mapped[str] = mapped_column(String(32))
    entered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    verdict_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    classified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attended: Mapped[bool | None]
