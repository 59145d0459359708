"""What an author made: an AutoWebinar, its versions, their recorded lines and cues.

What a viewer did is in Core's user meta and nowhere else.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
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
    created_by: Mapped[int | None]
    changes: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    digest: Mapped[str] = mapped_column(String(64))
    closing: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class AutowebinarLine(Base):
    """A line that the chat shows at its second; `source` says whence, as in `LineContent`.
    `position` orders lines of one second."""

    __tablename__ = "autowebinar_line"

    version_id: Mapped[str] = mapped_column(ForeignKey("autowebinar_version.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at_sec: Mapped[int]
    author: Mapped[str] = mapped_column(String(80))
    role: Mapped[str] = mapped_column(String(8), default="guest")
    text: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(12), server_default="imported")
    mode: Mapped[str] = mapped_column(String(12), server_default="chat")


class AutowebinarCue(Base):
    """Something that the timeline shows for a while. `key` is the same in every version that has
    the cue; `data` holds what is of its kind alone."""

    __tablename__ = "autowebinar_cue"

    id: Mapped[str] = mapped_column(String(24), primary_key=True)
    version_id: Mapped[str] = mapped_column(ForeignKey("autowebinar_version.id"), index=True)
    key: Mapped[str] = mapped_column(String(24))
    kind: Mapped[str] = mapped_column(String(8), default="cta")
    show_at: Mapped[int]
    hide_at: Mapped[int | None]
    text: Mapped[str] = mapped_column(String(200))
    link: Mapped[str | None] = mapped_column(String(500))
    note: Mapped[str] = mapped_column(String(1000), default="")
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class AutowebinarDraft(Base):
    """What the author is working on: the members of a version's content but its lines.

    `revision` counts the changes, so that two editors cannot overwrite each other unseen.
    """

    __tablename__ = "autowebinar_draft"

    webinar_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    revision: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_by: Mapped[int | None]


class AutowebinarVideoLength(Base):
    """How long the video at an address elsewhere is, as the author's player saw it last."""

    __tablename__ = "autowebinar_video_length"

    webinar_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    address: Mapped[str] = mapped_column(String(2000))
    seconds: Mapped[int]
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AutowebinarDraftLine(Base):
    """A chat line of the draft. `import_key` is unique within a webinar, so that a file imported
    again adds nothing twice; a line that was typed has none."""

    __tablename__ = "autowebinar_draft_line"
    __table_args__ = (
        UniqueConstraint("webinar_id", "import_key"),
        Index("ix_autowebinar_draft_line_at", "webinar_id", "at_sec", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    webinar_id: Mapped[str] = mapped_column(ForeignKey("autowebinar_draft.webinar_id"))
    at_sec: Mapped[int]
    author: Mapped[str] = mapped_column(String(80))
    role: Mapped[str] = mapped_column(String(8), default="guest")
    text: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(12), server_default="imported")
    mode: Mapped[str] = mapped_column(String(12), server_default="chat")
    import_key: Mapped[str | None] = mapped_column(String(64))


class AutowebinarSchedule(Base):
    """When a webinar may be watched: `rules` as `schedule_rules.Rules` writes itself down."""

    __tablename__ = "autowebinar_schedule"

    webinar_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    rules: Mapped[dict[str, Any]] = mapped_column(JSON)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_by: Mapped[int | None]


class AutowebinarImport(Base):
    """A file of chat lines that an author has brought and not yet taken in: one a person and
    webinar, a newer one takes its place."""

    __tablename__ = "autowebinar_import"

    webinar_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    user_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(200))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
