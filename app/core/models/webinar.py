"""The webinar, LIVE or AUTO, as Core knows it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, UtcDateTime


class Webinar(Base):
    """`webinar_id` is opaque and never changes; the slug is an address and may.

    `status` of LIVE goes by the table in `core/webinar_states.py`; of AUTO it is `draft`,
    `published` or `archived`. Nothing but Core's state functions writes it.
    """

    __tablename__ = "webinar"
    __table_args__ = (Index("ix_webinar_status_scheduled", "status", "scheduled_at"),)

    webinar_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    type: Mapped[str] = mapped_column(String(8))
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    poster: Mapped[str] = mapped_column(String(500), default="")
    status: Mapped[str] = mapped_column(String(16), default="draft")
    scheduled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stream_type: Mapped[str] = mapped_column(String(16), default="obs")
    stream_source: Mapped[str] = mapped_column(String(500), default="")
    guest_cta_text: Mapped[str] = mapped_column(
        String(120), default="Забронировать место на вебинар"
    )
    guest_cta_link: Mapped[str] = mapped_column(String(500), default="/signup/")
    cta_visibility: Mapped[str] = mapped_column(String(8), default="hidden")
    speaker_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class WebinarFormerSlug(Base):
    """An address that a webinar had: it leads to the webinar still, and is nobody else's."""

    __tablename__ = "webinar_former_slug"

    slug: Mapped[str] = mapped_column(String(80), primary_key=True)
    webinar_id: Mapped[str] = mapped_column(ForeignKey("webinar.webinar_id"), index=True)
