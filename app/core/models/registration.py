"""A lead's place on a webinar, with a personal link and a viewing session of its own."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, UtcDateTime


class Registration(Base):
    """`token` is the personal link's; `session_id` names the viewing session in events.

    `proven`: made by a new person, or by one who was signed in. An unproven one came from
    somebody who merely typed a known address: it sees nothing of the person's others.
    `name` is as typed then: a page of this registration shows no other. `country`: what was chosen
    in its room to be shown there; empty for none, None where nothing was chosen.
    `starts_at` is the start of its session where that has an hour of its own; `zone` the time zone
    in which the person reads it. `mode`: `session`, by the clock, or `recording`, at one's own pace
    until `expires_at`.
    `submission` makes a doubled form submission find the first one's registration.
    """

    __tablename__ = "registration"
    __table_args__ = (
        Index("ix_registration_lead_webinar", "lead_id", "webinar_id"),
        Index("ix_registration_user_webinar", "user_id", "webinar_id"),
        Index("ix_registration_webinar", "webinar_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    webinar_id: Mapped[str] = mapped_column(ForeignKey("webinar.webinar_id"))
    slot_id: Mapped[str | None] = mapped_column(String(64))
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    zone: Mapped[str | None] = mapped_column(String(64))
    mode: Mapped[str] = mapped_column(String(12), default="session", server_default="session")
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    session_id: Mapped[str] = mapped_column(String(32), unique=True)
    submission: Mapped[str | None] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    country: Mapped[str | None] = mapped_column(String(2))
    proven: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(String(32), default="signup")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RegistrationMove(Base):
    """A place was moved to another start. `moved_by`: `viewer`, `telegram`, or a user's id."""

    __tablename__ = "registration_move"
    __table_args__ = (Index("ix_registration_move", "registration_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    from_slot_id: Mapped[str | None] = mapped_column(String(64))
    from_starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    to_slot_id: Mapped[str | None] = mapped_column(String(64))
    to_starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    moved_by: Mapped[str] = mapped_column(String(32))
    moved_at: Mapped[datetime] = mapped_column(UtcDateTime)
