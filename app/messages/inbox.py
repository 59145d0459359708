"""What came in over a channel: stored unread before anything is made of it.

An update is unique by bot and number, so that a repeated delivery is one row. One that cannot be
understood is kept, flagged `dead`, and stands in nobody's way.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, String, func, select, text
from sqlalchemy.orm import Mapped, aliased, mapped_column

from app import clock, core
from app.core.errors import Forbidden
from app.database import Base, UtcDateTime
from app.extensions import db

MOST_ATTEMPTS = 8
HELD_ATTEMPTS = 3
"""How often an update may fail before those behind it, of the same chat, wait no longer."""
KEPT = timedelta(days=7)
FORGOTTEN_AT_ONCE = 500
LARGEST_NUMBER = 2**63 - 1


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
        "chat": conversation_of(raw),
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


def receive(bot_id: str, raw: Any, body: str) -> bool:
    """Keep what a channel handed over, an update or not; `body` is kept of what is none."""
    number = raw.get("update_id") if isinstance(raw, dict) else None
    if type(number) is int and 0 <= number <= LARGEST_NUMBER:
        return store(bot_id, number, raw)
    store_poison(bot_id, body)
    return False


def conversation_of(raw: Any) -> int | None:
    """The chat whose updates are to be handled in their order, wherever an update names it."""
    for part in raw.values() if isinstance(raw, dict) else ():
        holder = part.get("chat", part.get("from")) if isinstance(part, dict) else None
        number = holder.get("id") if isinstance(holder, dict) else None
        if type(number) is int and abs(number) <= LARGEST_NUMBER:
            return number
    return None


def due(limit: int = 20) -> list[Incoming]:
    now = clock.now()
    statement = (
        select(Update)
        .where(Update.state == "new", Update.due_at <= now, ~_behind_another(due_after=now))
        .order_by(Update.update_id)
        .limit(limit)
    )
    return [Incoming(row.bot_id, row.update_id, row.raw) for row in db.session.scalars(statement)]


def _behind_another(due_after: datetime | None = None) -> Any:
    """An earlier update of the same chat is still to be handled: a «stop» that failed a moment
    ago must not come after the «start» that followed it. One that keeps failing holds nobody."""
    earlier = aliased(Update)
    held = select(earlier.update_id).where(
        earlier.bot_id == Update.bot_id,
        earlier.chat == Update.chat,
        earlier.update_id < Update.update_id,
        earlier.state == "new",
        earlier.attempts < HELD_ATTEMPTS,
    )
    if due_after is not None:
        held = held.where(earlier.due_at > due_after)
    return held.exists()


def take(incoming: Incoming) -> bool:
    """Inside the transaction that handles it: True for the one who marks it done."""
    statement = select(Update).where(
        Update.bot_id == incoming.bot_id,
        Update.update_id == incoming.update_id,
        Update.state == "new",
        ~_behind_another(),
    )
    row = db.session.scalars(core.skip_locked(statement)).one_or_none()
    if row is not None:
        row.state, row.error = "done", None
    return row is not None


def failed(incoming: Incoming, error: str) -> None:
    """Try again later, and at last put it aside, flagged."""
    with core.transaction() as session:
        row = session.get_one(Update, (incoming.bot_id, incoming.update_id), with_for_update=True)
        if row.state != "new":
            return
        row.attempts += 1
        row.error = error[:300]
        row.due_at = clock.now() + timedelta(seconds=2**row.attempts)
        if row.attempts >= MOST_ATTEMPTS:
            row.state = "dead"


@dataclass(frozen=True, slots=True)
class DeadUpdate:
    """An update that could not be handled. `readable`: trying again may help."""

    bot_id: str
    update_id: int
    raw: Any
    received_at: datetime
    attempts: int
    error: str

    @property
    def readable(self) -> bool:
        return self.update_id >= 0


def dead(limit: int = 50) -> list[DeadUpdate]:
    """Newest first."""
    put_aside = select(Update).where(Update.state == "dead").order_by(Update.received_at.desc())
    return [
        DeadUpdate(r.bot_id, r.update_id, r.raw, r.received_at, r.attempts, r.error or "")
        for r in db.session.scalars(put_aside.limit(limit))
    ]


def try_again(bot_id: str, update_id: int, *, actor: core.UserRecord) -> bool:
    """A person wants a dead update handled after all; False where it is none any more."""
    if not actor.can(core.access.MESSAGES_MANAGE):
        raise Forbidden(f"user {actor.user_id} may not decide about updates")
    with core.transaction() as session:
        row = session.get(Update, (bot_id, update_id), with_for_update=True)
        if row is None or row.state != "dead" or update_id < 0:
            return False
        row.state, row.attempts, row.due_at = "new", 0, clock.now()
        core.ring("updates")
        return True


def forget_done() -> int:
    """What people wrote stands on their timelines; the raw updates are kept for a week, longer
    than any channel repeats them."""
    with core.transaction() as session:
        old = (
            select(Update)
            .where(Update.state == "done", Update.received_at < clock.now() - KEPT)
            .limit(FORGOTTEN_AT_ONCE)
        )
        rows = session.scalars(core.skip_locked(old)).all()
        for row in rows:
            session.delete(row)
        return len(rows)


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


def release_poll(bot_id: str, holder: str) -> None:
    """The poller stops: another may begin at once."""
    with core.transaction() as session:
        row = session.get(PollLease, bot_id, with_for_update=True)
        if row is not None and row.holder == holder:
            row.until = clock.now()


def store_poison(bot_id: str, body: str) -> None:
    """Keep what is no update at all, flagged, under a number that no update has."""
    digest = int.from_bytes(hashlib.sha256(body.encode("utf-8", "replace")).digest()[:7], "big")
    store(bot_id, -digest, {"body": body[:4000]}, dead="not an update")
