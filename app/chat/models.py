"""The lines of every room's chat, how far each channel has counted, and what was decided there."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, UtcDateTime


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class ChatChannel(Base):
    """`last_number` is that of the channel's newest line, `last_change` that of its newest line
    or change of one. The row is locked to write, so both are committed in order and a reader who
    saw one has missed none before it. `shared`: whether viewers read each other there."""

    __tablename__ = "chat_channel"
    __table_args__ = (Index("ix_chat_channel_webinar", "webinar_id", "changed_at"),)

    channel: Mapped[str] = mapped_column(String(120), primary_key=True)
    last_number: Mapped[int] = mapped_column(default=0)
    last_change: Mapped[int] = mapped_column(default=0)
    webinar_id: Mapped[str | None] = mapped_column(String(32))
    shared: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    pinged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ChatLine(Base):
    """A line that a person wrote: `viewer` or `team` by `origin`.

    `change` is the channel's count at the line's last change. `question`: None for chatter, else
    `open`, `answered` (by the line whose id is `answer_id`) or `dismissed`. A team's line may
    answer the line `reply_to`, whose words stand in `quote`. `hidden_for`: `deleted`, `banned` or `erased`.
    """

    __tablename__ = "chat_line"
    __table_args__ = (
        UniqueConstraint("channel", "number"),
        UniqueConstraint("channel", "form_key"),
        Index("ix_chat_line_registration", "registration_id", "channel", "number"),
        Index("ix_chat_line_change", "channel", "change"),
        Index("ix_chat_line_reply", "channel", "reply_to", **_where("reply_to IS NOT NULL")),
        Index("ix_chat_line_question", "question", "id", **_where("question IS NOT NULL")),
        Index(
            "ix_chat_line_webinar_question",
            "webinar_id",
            "question",
            "id",
            **_where("question IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(120))
    number: Mapped[int]
    webinar_id: Mapped[str | None] = mapped_column(String(32))
    registration_id: Mapped[int | None]
    author: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(16), default="guest")
    country: Mapped[str | None] = mapped_column(String(2))
    text: Mapped[str] = mapped_column(Text)
    at_sec: Mapped[int]
    origin: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    form_key: Mapped[str | None] = mapped_column(String(64))
    hidden_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hidden_for: Mapped[str | None] = mapped_column(String(8))
    change: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    question: Mapped[str | None] = mapped_column(String(10))
    answer_id: Mapped[int | None]
    reply_to: Mapped[int | None]
    quote: Mapped[str] = mapped_column(Text, default="")


class ChatPerson(Base):
    """What was decided of a viewer's place: by the team (muted, banned), by the viewer (unnamed
    in the list of those who watch)."""

    __tablename__ = "chat_person"

    registration_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    webinar_id: Mapped[str] = mapped_column(String(32))
    muted_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    banned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    unnamed: Mapped[bool] = mapped_column(default=False)


class ChatRules(Base):
    """How a webinar's chat is held. `shared`: among those who watch the same session."""

    __tablename__ = "chat_rules"

    webinar_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    shared: Mapped[bool] = mapped_column(default=False)
    slow_seconds: Mapped[int] = mapped_column(default=0)


class ChatAction(Base):
    """Who of the team did what in a chat, and when. `before` and `after` are a line's words."""

    __tablename__ = "chat_action"
    __table_args__ = (
        Index("ix_chat_action_webinar", "webinar_id", "id"),
        Index("ix_chat_action_registration", "registration_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    webinar_id: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(16))
    actor_id: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    channel: Mapped[str | None] = mapped_column(String(120))
    number: Mapped[int | None]
    registration_id: Mapped[int | None]
    before: Mapped[str] = mapped_column(Text, default="")
    after: Mapped[str] = mapped_column(Text, default="")


class ChatAnswer(Base):
    """An answer on its way to who asked. `way`: `room` once the viewer's page has it, `telegram`
    once a message was planned, None until one of them."""

    __tablename__ = "chat_answer"
    __table_args__ = (
        UniqueConstraint("answer_id", "registration_id"),
        Index("ix_chat_answer_due", "due_at", **_where("way IS NULL")),
        Index("ix_chat_answer_open", "registration_id", **_where("way IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int]
    answer_id: Mapped[int]
    registration_id: Mapped[int]
    change: Mapped[int]
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    way: Mapped[str | None] = mapped_column(String(8))
