"""Lines in SQL: written once, in order, not too often; read back for a page."""

import math
from datetime import timedelta
from typing import Literal

from sqlalchemy import select

from app import clock, core
from app.chat import recall
from app.chat.errors import LineTooOften
from app.chat.line import Line, cleaned
from app.chat.models import ChatChannel, ChatLine
from app.extensions import db

Origin = Literal["viewer", "team"]
BURST = 5
BURST_WINDOW = timedelta(seconds=10)


def write(
    channel: str,
    text: str,
    *,
    author: str,
    at_sec: int,
    origin: Origin = "viewer",
    role: str = "guest",
    registration_id: int | None = None,
    form_key: str | None = None,
) -> Line:
    """Commit a line and tell the channel. The same `form_key` again is the line it made first.

    LineEmpty, LineTooLong, or, for a viewer, LineTooOften: five lines in ten seconds.
    """
    row = ChatLine(
        channel=channel,
        registration_id=registration_id,
        author=author,
        role=role,
        text=cleaned(text),
        at_sec=at_sec,
        origin=origin,
        created_at=clock.now(),
        form_key=form_key,
    )
    with core.transaction():
        return _append(row)


def _append(row: ChatLine) -> Line:
    place = _locked(row.channel)
    twin = _by_form_key(row.channel, row.form_key)
    if twin is not None:
        return recall.line_of(twin)
    if row.origin == "viewer":
        _refuse_flood(row.channel, row.registration_id)
    place.last_number += 1
    row.number = place.last_number
    db.session.add(row)
    db.session.flush()
    line = recall.line_of(row)
    core.on_commit(lambda: recall.tell(line))
    return line


def _locked(channel: str) -> ChatChannel:
    """The channel's row, made where there is none and held until the end of the transaction."""
    core.insert_new(ChatChannel, {"channel": channel, "last_number": 0})
    return db.session.get_one(ChatChannel, channel, with_for_update=True, populate_existing=True)


def _by_form_key(channel: str, form_key: str | None) -> ChatLine | None:
    if form_key is None:
        return None
    return db.session.scalar(
        select(ChatLine).where(ChatLine.channel == channel, ChatLine.form_key == form_key)
    )


def _refuse_flood(channel: str, registration_id: int | None) -> None:
    """The last lines themselves are the count, so it is one for all processes."""
    now = clock.now()
    oldest_of_burst = db.session.scalar(
        select(ChatLine.created_at)
        .where(ChatLine.registration_id == registration_id, ChatLine.channel == channel)
        .order_by(ChatLine.number.desc())
        .offset(BURST - 1)
        .limit(1)
    )
    if oldest_of_burst is not None and now - oldest_of_burst < BURST_WINDOW:
        wait = oldest_of_burst + BURST_WINDOW - now
        raise LineTooOften(max(1, math.ceil(wait.total_seconds())))


def recent(channel: str, *, after: int = 0, limit: int = recall.KEPT) -> list[Line]:
    """The newest lines after that number, oldest first, hidden ones left out."""
    return [line for line in recall.read(channel, after=after, limit=limit) if not line.hidden]
