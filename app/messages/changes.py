"""Changes of a webinar that everybody who holds a place on it is told of, a page at a time.

A change is a row before anybody is told. Whoever tells goes on from the cursor, so that neither a
crash nor ten thousand places make one long transaction. Of two changes in a row the later one is
told: who was not told of the earlier yet never hears of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Index, String, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from app import clock, core
from app.database import Base, UtcDateTime
from app.extensions import db


class WebinarChange(Base):
    """`kind`: `moved`, `cancelled` or `recorded`. `cursor`: the last registration that was told."""

    __tablename__ = "webinar_change"
    __table_args__ = (
        Index(
            "ix_webinar_change_open",
            "noted_at",
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
    )

    event_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    webinar_id: Mapped[str] = mapped_column(String(32), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cursor: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class Change:
    event_id: str
    webinar_id: str
    kind: str
    cursor: int


def note(event_id: str, webinar_id: str, kind: str) -> None:
    """Something to tell of. Noted again it is nothing; what was to be told before it is not."""
    with core.transaction() as session:
        now = clock.now()
        row = {"event_id": event_id, "webinar_id": webinar_id, "kind": kind, "noted_at": now}
        if core.insert_new(WebinarChange, row):
            earlier = update(WebinarChange).where(
                WebinarChange.webinar_id == webinar_id,
                WebinarChange.event_id != event_id,
                WebinarChange.done_at.is_(None),
            )
            session.execute(earlier.values(done_at=now))


def noted(event_ids: Iterable[str]) -> set[str]:
    """Which of these are known already, told or not; in one query."""
    wanted = list(event_ids)
    statement = select(WebinarChange.event_id).where(WebinarChange.event_id.in_(wanted))
    return set(db.session.scalars(statement))


def due(kinds: Sequence[str], limit: int = 10) -> list[Change]:
    open_ones = WebinarChange.done_at.is_(None), WebinarChange.kind.in_(kinds)
    statement = select(WebinarChange).where(*open_ones)
    rows = db.session.scalars(statement.order_by(WebinarChange.noted_at).limit(limit))
    return [Change(row.event_id, row.webinar_id, row.kind, row.cursor) for row in rows]


def take(change: Change) -> bool:
    """Inside the transaction that tells a page: False where somebody else has told it."""
    statement = select(WebinarChange).where(
        WebinarChange.event_id == change.event_id,
        WebinarChange.cursor == change.cursor,
        WebinarChange.done_at.is_(None),
    )
    return db.session.scalar(core.skip_locked(statement)) is not None


def advance(change: Change, cursor: int | None) -> None:
    """The page up to `cursor` was told; None: that was the last."""
    row = db.session.get_one(WebinarChange, change.event_id)
    if cursor is None:
        row.done_at = clock.now()
    else:
        row.cursor = cursor
