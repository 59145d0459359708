"""A way to reach a lead."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Base, UtcDateTime

EMAIL = "email"
PHONE = "phone"
TELEGRAM = "telegram"


class Contact(Base):
    """`value` is normalised and found by; `shown` is as the person typed it.

    An e-mail and a Telegram chat belong to one lead; a phone may be an office's. A Telegram
    chat that was linked from a thank-you page receives the messages of the registrations in
    `scopes` and no others, until a signed-in person proves it.
    """

    __tablename__ = "contact"
    __table_args__ = (
        Index(
            "uq_contact_kind_value",
            "kind",
            "value",
            unique=True,
            sqlite_where=text("kind <> 'phone'"),
            postgresql_where=text("kind <> 'phone'"),
        ),
        Index("ix_contact_phone", "kind", "value"),
        Index("ix_contact_lead_id", "lead_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    kind: Mapped[str] = mapped_column(String(16))
    value: Mapped[str] = mapped_column(String(320))
    shown: Mapped[str] = mapped_column(String(320))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proven_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    blocked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    unsubscribed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    scopes: Mapped[list["ContactScope"]] = relationship(
        lazy="selectin", order_by="ContactScope.registration_id"
    )


class ContactScope(Base):
    """An unproven chat receives the messages of this registration."""

    __tablename__ = "contact_scope"

    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"), primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), primary_key=True)
