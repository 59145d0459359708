"""Lines in SQL: written once, in order, not too often; read back for a page."""

import math
from datetime import timedelta
from typing import Literal

from sqlalchemy import select

from app import clock
from app.chat import channels, people, questions, recall
from app.chat import rules as held
from app.chat.errors import LineHasLink, LineTooOften
from app.chat.line import Line, cleaned
from app.chat.links import has_link
from app.chat.models import ChatLine
from app.core import transaction
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
    country: str = "",
    registration_id: int | None = None,
    form_key: str | None = None,
    webinar_id: str | None = None,
    shared: bool = False,
    to_team: bool = False,
    may_ask: bool = True,
    reply_to: int | None = None,
) -> Line:
    """Commit a line and tell the channel. The same `form_key` again is the line it made first.

    `shared`: viewers read each other in this channel; `to_team`: the viewer asks the team.
    `may_ask`: lines here may be questions for the team's inbox.
    LineEmpty, LineTooLong, or, for a viewer, LineTooOften (five lines in ten seconds, or the
    webinar's slow mode), LineHasLink, WriterMuted, WriterBanned.
    """
    row = ChatLine(
        channel=channel,
        registration_id=registration_id,
        author=author,
        role=role,
        country=country or None,
        text=cleaned(text),
        at_sec=at_sec,
        origin=origin,
        created_at=clock.now(),
        form_key=form_key,
        webinar_id=webinar_id,
        reply_to=reply_to,
        quote="",
    )
    if origin == "viewer" and may_ask:
        row.question = questions.state_of(row.text, shared=shared, to_team=to_team)
    with transaction():
        return _append(row, shared)


def _append(row: ChatLine, shared: bool) -> Line:
    place = channels.locked(row.channel, row.webinar_id, shared)
    twin = _by_form_key(row.channel, row.form_key)
    if twin is not None:
        return recall.line_of(twin)
    if row.origin == "viewer":
        _refuse(row)
    elif row.reply_to is not None:
        row.quote = questions.quoted(row.channel, row.reply_to)
    place.last_number += 1
    row.number = place.last_number
    db.session.add(row)
    channels.take_change(place, row)
    return recall.line_of(row)


def _by_form_key(channel: str, form_key: str | None) -> ChatLine | None:
    if form_key is None:
        return None
    return db.session.scalar(
        select(ChatLine).where(ChatLine.channel == channel, ChatLine.form_key == form_key)
    )


def _refuse(row: ChatLine) -> None:
    people.require_voice(row.registration_id)
    if has_link(row.text):
        raise LineHasLink
    _refuse_flood(row, BURST, BURST_WINDOW)
    slow = held.slow_seconds(row.webinar_id)
    if slow:
        _refuse_flood(row, 1, timedelta(seconds=slow))


def _refuse_flood(row: ChatLine, burst: int, window: timedelta) -> None:
    """The last lines themselves are the count, so it is one for all processes."""
    now = clock.now()
    oldest_of_burst = db.session.scalar(
        select(ChatLine.created_at)
        .where(ChatLine.registration_id == row.registration_id, ChatLine.channel == row.channel)
        .order_by(ChatLine.number.desc())
        .offset(burst - 1)
        .limit(1)
    )
    if oldest_of_burst is not None and now - oldest_of_burst < window:
        wait = oldest_of_burst + window - now
        raise LineTooOften(max(1, math.ceil(wait.total_seconds())))


def recent(
    channel: str, *, after: int = 0, before: int | None = None, limit: int = recall.KEPT
) -> list[Line]:
    """The newest lines between those numbers, oldest first, hidden ones left out."""
    statement = (
        select(ChatLine)
        .where(ChatLine.channel == channel, ChatLine.number > after, ChatLine.hidden_at.is_(None))
        .order_by(ChatLine.number.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(ChatLine.number < before)
    return [recall.line_of(row) for row in reversed(list(db.session.scalars(statement)))]
