"""What an author made: an AutoWebinar, its versions, their recorded lines and cues.

What a viewer did is in Core's user meta and nowhere else.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, UtcDateTime


class Autowebinar(Base):
    """`start_mode`: `at_once`, when the viewer enters."""

    __tablename__ = "autowebinar"

    webinar_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    published_version_id: Mapped[str | None] = mapped_column(
        ForeignKey("autowebinar_version.id", use_alter=True, name="fk_autowebinar_published")
    )
    start_mode: Mapped[str] = mapped_column(String(16), default="at_once")


class AutowebinarVersion(Base):
    """Written once, with its lines and cues, and never changed. `video`, `poster` and `captions`
    are whole addresses or paths of static files; `digest` is that of the whole content."""

    __tablename__ = "autowebinar_version"
    __table_args__ = (
        UniqueConstraint("webinar_id", "number"),
        UniqueConstraint("webinar_id", "digest"),
    )

    id: Mapped[str] = mapped_column(String(24), primary_key=True)
    webinar_id: Mapped[str] = mapped_column(ForeignKey("autowebinar.webinar_id"))
    number: Mapped[int]
    video: Mapped[str] = mapped_column(String(500))
    poster: Mapped[str] = mapped_column(String(500), default="")
    captions: Mapped[str] = mapped_column(String(500), default="")
    duration_sec: Mapped[int]
    speaker_name: Mapped[str] = mapped_column(String(200), default="")
    speaker_role: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    digest: Mapped[str] = mapped_column(String(64))


class AutowebinarLine(Base):
    """A chat line of the original broadcast. `position` orders lines of one second."""

    __tablename__ = "autowebinar_line"

    version_id: Mapped[str] = mapped_column(ForeignKey("autowebinar_version.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at_sec: Mapped[int]
    author: Mapped[str] = mapped_column(String(80))
    role: Mapped[str] = mapped_column(String(8), default="guest")
    text: Mapped[str] = mapped_column(Text)


class AutowebinarCue(Base):
    """Something that the timeline shows for a while; now a call to action alone."""

    __tablename__ = "autowebinar_cue"

    id: Mapped[str] = mapped_column(String(24), primary_key=True)
    version_id: Mapped[str] = mapped_column(ForeignKey("autowebinar_version.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8), default="cta")
    show_at: Mapped[int]
    hide_at: Mapped[int | None]
    text: Mapped[str] = mapped_column(String(120))
    link: Mapped[str | None] = mapped_column(String(500))
    note: Mapped[str] = mapped_column(String(300), default="")
