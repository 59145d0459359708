"""A chat as the team sees it: lines with what was deleted, who wrote them, what was asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, tuple_

from app.chat.models import ChatLine
from app.chat.people import FREE, Standing, standings
from app.extensions import db

PAGE = 60


@dataclass(frozen=True, slots=True)
class TeamLine:
    """`hidden_for`: why the line is away, if it is. `question` as in `questions`. An erased
    person's line has no words for the team either."""

    number: int
    channel: str
    change: int
    origin: str
    author: str
    role: str
    text: str
    quote: str
    at_sec: int
    created_at: datetime
    edited: bool
    hidden_for: str | None
    question: str | None
    registration_id: int | None
    standing: Standing


def newest(channel: str, *, before: int | None = None, limit: int = PAGE) -> list[TeamLine]:
    """Oldest first; `before` is the first number of the page after."""
    statement = select(ChatLine).where(ChatLine.channel == channel)
    if before is not None:
        statement = statement.where(ChatLine.number < before)
    rows = db.session.scalars(statement.order_by(ChatLine.number.desc()).limit(limit))
    return _lines(list(reversed(rows.all())))


def changed(channel: str, *, after: int, first: int, limit: int = PAGE) -> list[TeamLine]:
    """What came or changed after that change, of the lines from that number on."""
    statement = (
        select(ChatLine)
        .where(ChatLine.channel == channel, ChatLine.change > after, ChatLine.number >= first)
        .order_by(ChatLine.change)
        .limit(limit)
    )
    return _lines(db.session.scalars(statement).all())


def one(channel: str, number: int) -> TeamLine | None:
    statement = select(ChatLine).where(ChatLine.channel == channel, ChatLine.number == number)
    found = _lines(db.session.scalars(statement).all())
    return found[0] if found else None


def last_lines(channels: Sequence[tuple[str, int]]) -> dict[str, TeamLine]:
    """The newest line of each channel, whose count is given with it."""
    if not channels:
        return {}
    places = tuple_(ChatLine.channel, ChatLine.number).in_(list(channels))
    rows = db.session.scalars(select(ChatLine).where(places)).all()
    return {line.channel: line for line in _lines(rows)}


def _lines(rows: Sequence[ChatLine]) -> list[TeamLine]:
    found = standings(row.registration_id for row in rows if row.registration_id is not None)
    return [_line(row, found.get(row.registration_id or 0, FREE)) for row in rows]


def _line(row: ChatLine, standing: Standing) -> TeamLine:
    return TeamLine(
        number=row.number,
        channel=row.channel,
        change=row.change,
        origin=row.origin,
        author=row.author,
        role=row.role,
        text=row.text,
        quote=row.quote,
        at_sec=row.at_sec,
        created_at=row.created_at,
        edited=row.edited_at is not None,
        hidden_for=row.hidden_for,
        question=row.question,
        registration_id=row.registration_id,
        standing=standing,
    )
