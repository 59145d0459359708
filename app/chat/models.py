"""The lines of every room's chat, and how far each channel has counted."""

from datetime import datetime

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, UtcDateTime


class ChatChannel(Base):
    """`last_number` is that of the channel's newest line. The row is locked to write a line, so
    numbers are committed in order and a reader who saw one has missed none before it."""

    __tablename__ = "chat_channel"

    channel: Mapped[str] = mapped_column(String(80), primary_key=True)
    last_number: Mapped[int] = mapped_column(default=0)


class ChatLine(Base):
    """A line that a person wrote: `viewer` or `team` by `origin`."""

    __tablename__ = "chat_line"
    __table_args__ = (
        UniqueConstraint("channel", "number"),
        UniqueConstraint("channel", "form_key"),
        Index("ix_chat_line_registration", "registration_id", "channel", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(80))
    number: Mapped[int]
    registration_id: Mapped[int | None]
    author: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(16), default="guest")
    text: Mapped[str] = mapped_column(Text)
    at_sec: Mapped[int]
    origin: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    form_key: Mapped[str | None] = mapped_column(String(64))
    hidden_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
