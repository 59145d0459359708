"""What a LIVE webinar's room keeps: the broadcast, who was there, what the speaker showed.

The webinar and its state are Core's; a chat line is the chat's.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, UtcDateTime


class LiveBroadcast(Base):
    """One row a LIVE webinar.

    `stream_id` stands in the address that viewers see, `stream_key` never does. `paused_seconds`:
    pauses that are over; `paused_at`: since when the present one is. `revision` counts changes of
    what the room shows. `publishing_since`: the media server has the speaker's stream;
    `stream_heard_at`: when it was last seen to run, or was said to have ended.
    `settled_at`: who was there at the end has been told. `speaker_name`: as the landing page has
    it; empty for the account's own. `recording_chosen`: by a person, so no machine puts another
    one in its place.
    """

    __tablename__ = "live_broadcast"
    __table_args__ = (
        Index(
            "ix_live_broadcast_unsettled",
            "off_air_at",
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
    )

    webinar_id: Mapped[str] = mapped_column(ForeignKey("webinar.webinar_id"), primary_key=True)
    planned_minutes: Mapped[int] = mapped_column(default=90)
    stream_id: Mapped[str] = mapped_column(String(32), unique=True)
    stream_key: Mapped[str] = mapped_column(String(64))
    on_air_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    off_air_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paused_seconds: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(String(500), default="")
    cta_text: Mapped[str] = mapped_column(String(120), default="")
    cta_link: Mapped[str] = mapped_column(String(500), default="")
    speaker_name: Mapped[str] = mapped_column(String(120), default="")
    speaker_role: Mapped[str] = mapped_column(String(200), default="")
    recording: Mapped[str] = mapped_column(String(500), default="")
    recording_chosen: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(default=0)
    publishing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stream_heard_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    warned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LivePresence(Base):
    """One viewing session. `air_second`: the broadcast's second at which it was last seen;
    `seconds`: how long it was there while on air; `late`: it was away at the stop and came
    afterwards."""

    __tablename__ = "live_presence"
    __table_args__ = (
        Index("ix_live_presence_webinar", "webinar_id", "session_id"),
        Index(
            "ix_live_presence_here",
            "last_seen_at",
            sqlite_where=text("left_at IS NULL"),
            postgresql_where=text("left_at IS NULL"),
        ),
    )

    session_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    webinar_id: Mapped[str] = mapped_column(ForeignKey("live_broadcast.webinar_id"))
    lead_id: Mapped[int]
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    air_second: Mapped[int] = mapped_column(default=0)
    seconds: Mapped[int] = mapped_column(default=0)
    late: Mapped[bool] = mapped_column(default=False)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LivePoll(Base):
    """A question with answers to choose from; one is open at a time. `options`: their words."""

    __tablename__ = "live_poll"
    __table_args__ = (Index("ix_live_poll_webinar", "webinar_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    webinar_id: Mapped[str] = mapped_column(ForeignKey("live_broadcast.webinar_id"))
    question: Mapped[str] = mapped_column(String(300))
    options: Mapped[list[Any]] = mapped_column(JSON)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hidden_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LiveVote(Base):
    """One registration's answer; another one takes its place while the poll is open."""

    __tablename__ = "live_vote"

    poll_id: Mapped[int] = mapped_column(ForeignKey("live_poll.id"), primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), primary_key=True)
    choice: Mapped[int]
    voted_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LiveQuestion(Base):
    """A question to the speaker, apart from the chatter. `votes` is the count of its rows."""

    __tablename__ = "live_question"
    __table_args__ = (
        UniqueConstraint("webinar_id", "form_key"),
        Index("ix_live_question_queue", "webinar_id", "votes", "id"),
        Index("ix_live_question_registration", "registration_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    webinar_id: Mapped[str] = mapped_column(ForeignKey("live_broadcast.webinar_id"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    author: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    at_sec: Mapped[int]
    votes: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hidden_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    form_key: Mapped[str | None] = mapped_column(String(64))


class LiveQuestionVote(Base):
    """A registration wants this question answered too: once."""

    __tablename__ = "live_question_vote"

    question_id: Mapped[int] = mapped_column(ForeignKey("live_question.id"), primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), primary_key=True)


class LiveRecording(Base):
    """A file that the media server wrote of a broadcast; it may write several, one a connection of
    the speaker's. `state`: `new`, `kept`, `lost`, or `aside`: nothing was in it. `told_at`: when it
    ended; of one that was cut, when what is kept of it did."""

    __tablename__ = "live_recording"

    id: Mapped[int] = mapped_column(primary_key=True)
    webinar_id: Mapped[str] = mapped_column(ForeignKey("live_broadcast.webinar_id"), index=True)
    path: Mapped[str] = mapped_column(String(400), unique=True)
    told_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(8), default="new", index=True)
    error: Mapped[str] = mapped_column(String(300), default="")


class LiveStreamCheck(Base):
    """The newest check of a stream from elsewhere. `look_at`: when the next look is due; none once
    it is done. `first` and `found`: what the workers saw, in their words."""

    __tablename__ = "live_stream_check"

    webinar_id: Mapped[str] = mapped_column(
        ForeignKey("live_broadcast.webinar_id"), primary_key=True
    )
    address: Mapped[str] = mapped_column(String(500))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    look_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    first: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    found: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class LiveRecordingStart(Base):
    """At which second of the broadcast a recording of it begins, where a person has said so. By the
    recording's address: each of several has its own. `pauses_cut`: the broadcast's pauses are not
    in it."""

    __tablename__ = "live_recording_start"

    webinar_id: Mapped[str] = mapped_column(
        ForeignKey("live_broadcast.webinar_id"), primary_key=True
    )
    address: Mapped[str] = mapped_column(String(500), primary_key=True)
    second: Mapped[int]
    pauses_cut: Mapped[bool] = mapped_column(default=False)


class LiveCut(Base):
    """A publisher to be cut off the media server. `due_at`: when it is tried next; none once it is
    over. `repeats`: to be done once more; `told`: the team knows that it fails."""

    __tablename__ = "live_cut"

    webinar_id: Mapped[str] = mapped_column(
        ForeignKey("live_broadcast.webinar_id"), primary_key=True
    )
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    repeats: Mapped[bool] = mapped_column(default=False)
    told: Mapped[bool] = mapped_column(default=False)
