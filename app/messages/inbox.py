"""What came in over a channel: stored unread before anything is made of it.

An update is unique by bot and number, so that a repeated delivery is one row. One that cannot be
understood is kept, flagged `dead`, and stands in nobody's way.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, String, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from app import clock, core
from app.database import Base, UtcDateTime
from app.extensions import db

MOST_ATTEMPTS = 8


class Update(Base):
    """One update as it came. `state`: `new`, `done` or `dead`."""

    __tablename__ = "inbox_update"
    __table_args__ = (
        Index(
            "ix_inbox_update_new",
            "due_at",
            sqlite_where=text("state = 'new'"),
            postgresql_where=text("state = 'new'"),
        ),
        Index(
            "ix_inbox_update_chat",
            "bot_id",
            "chat",
            "update_id",
            sqlite_where=text("state = 'new'"),
            postgresql_where=text("state = 'new'"),
        ),
        Index("ix_inbox_update_kept", "state", "received_at"),
    )

    bot_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    update_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    chat: Mapped[int | None] = mapped_column(BigInteger)
    raw: Mapped[Any] = mapped_column(JSON)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(8), default="new")
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(String(300))


class PollLease(Base):
    """Who may poll for a bot's updates, and until when."""

    __tablename__ = "inbox_poll_lease"

    bot_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    holder: Mapped[str] = mapped_column(String(64))
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    next_update_id: Mapped[int | None] = mapped_column(BigInteger)


@dataclass(frozen=True, slots=True)
class Incoming:
    bot_id: str
    update_id: int
    raw: Any


def store(bot_id: str, update_id: int, raw: Any, *, dead: str | None = None) -> bool:
    """Keep an update; False where it was kept before. `dead` says why nobody can read it."""
    now = clock.now()
    row = {
        "bot_id": bot_id,
        "update_id": update_id,
        "raw": raw,
        "received_at": now,
        "due_at": now,
        "state": "dead" if dead else "new",
        "attempts": 0,
        "error": dead,
    }
    with core.transaction():
        stored = core.insert_new(Update, row)
        if stored and not dead:
            core.ring("updates")
        return stored


def due(limit: int = 20) -> list[Incoming]:
    statement = (
        select(Update)
        .where(Update.state == "new", Update.due_at <= clock.now())
        .order_by(Update.update_id)
        .limit(limit)
    )
    return [Incoming(row.bot_id, row.update_id, row.raw) for row in db.session.scalars(statement)]


def take(incoming: Incoming) -> bool:
    """Inside the transaction that handles it: True for the one who marks it done."""
    statement = select(Update).where(
        Update.bot_id == incoming.bot_id,
        Update.update_id == incoming.update_id,
        Update.state == "new",
    )
    row = db.session.scalars(core.skip_locked(statement)).one_or_none()
    if row is not None:
        row.state = "done"
    return row is not None


def failed(incoming: Incoming, error: str) -> None:
    """Try again later, and at last put it aside, flagged."""
    with core.transaction() as session:
        row = session.get_one(Update, (incoming.bot_id, incoming.update_id))
        row.attempts += 1
        row.error = error[:300]
        row.due_at = clock.now() + timedelta(seconds=2**row.attempts)
        if row.attempts >= MOST_ATTEMPTS:
            row.state = "dead"


def dead_count() -> int:
    statement = select(func.count()).select_from(Update).where(Update.state == "dead")
    return db.session.scalar(statement) or 0


def next_update_at() -> datetime | None:
    return db.session.scalar(select(func.min(Update.due_at)).where(Update.state == "new"))


def hold_poll(bot_id: str, holder: str, seconds: float) -> int | None:
    """The lease to poll: the next update number to ask for, or None while another holds it."""
    now = clock.now()
    with core.transaction() as session:
        first = {"bot_id": bot_id, "holder": holder, "until": now, "next_update_id": 0}
        core.insert_new(PollLease, first)
        row = session.get_one(PollLease, bot_id, with_for_update=True)
        if row.holder != holder and row.until > now:
            return None
        row.holder, row.until = holder, now + timedelta(seconds=seconds)
        return row.next_update_id or 0


def polled(bot_id: str, holder: str, next_update_id: int) -> None:
    with core.transaction() as session:
        row = session.get_one(PollLease, bot_id, with_for_update=True)
        if row.holder == holder:
            row.next_update_id = max(row.next_update_id or 0, next_update_id)


def store_poison(bot_id: str, body: str) -> None:
    """Keep what is no update at all, flagged, under a number that no update has."""
    digest = int.from_bytes(hashlib.sha256(body.encode()).digest()[:7], "big")
    store(bot_id, -digest, {"body": body[:4000]}, dead="not an update")
