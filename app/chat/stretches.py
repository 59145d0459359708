"""A channel's lines by when they were written: what a stretch of time has, and how many it has not."""

from datetime import datetime

from sqlalchemy import ColumnElement, case, func, select

from app.chat import recall
from app.chat.line import Line
from app.chat.models import ChatLine
from app.extensions import db


def _visible(channel: str) -> tuple[ColumnElement[bool], ...]:
    return ChatLine.channel == channel, ChatLine.hidden_at.is_(None)


def between(channel: str, since: datetime, until: datetime, *, limit: int) -> list[Line]:
    """The first ones written since then and before `until`, in order, hidden ones left out."""
    within = ChatLine.created_at >= since, ChatLine.created_at < until
    statement = select(ChatLine).where(*_visible(channel), *within)
    rows = db.session.scalars(statement.order_by(ChatLine.number).limit(limit))
    return [recall.line_of(row) for row in rows]


def counted(channel: str, since: datetime, until: datetime) -> tuple[int, int, int]:
    """(before, in and after the stretch), hidden ones left out."""
    when = ChatLine.created_at
    early, late = (
        func.sum(case((when < since, 1), else_=0)),
        func.sum(case((when >= until, 1), else_=0)),
    )
    statement = select(func.count(), early, late).where(*_visible(channel))
    whole, before, after = db.session.execute(statement).one()
    before, after = before or 0, after or 0
    return before, whole - before - after, after
