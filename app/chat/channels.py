"""A channel's count: every line and every change of one takes the next number of it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app import clock, core
from app.chat import recall
from app.chat.models import ChatChannel, ChatLine
from app.extensions import db


@dataclass(frozen=True, slots=True)
class Channel:
    channel: str
    webinar_id: str | None
    shared: bool
    lines: int
    changed_at: datetime | None


def locked(channel: str, webinar_id: str | None = None, shared: bool = False) -> ChatChannel:
    """The channel's row, made where there is none and held until the end of the transaction."""
    first = {
        "channel": channel,
        "last_number": 0,
        "last_change": 0,
        "webinar_id": webinar_id,
        "shared": shared,
        "changed_at": clock.now(),
    }
    core.insert_new(ChatChannel, first)
    return db.session.get_one(ChatChannel, channel, with_for_update=True, populate_existing=True)


def take_change(place: ChatChannel, row: ChatLine) -> None:
    """The line is as it is from this change on; polls learn of it after the commit."""
    replaces = row.change
    place.last_change += 1
    place.changed_at = row.changed_at = clock.now()
    row.change = place.last_change
    db.session.flush()
    line = recall.line_of(row)
    core.on_commit(lambda: recall.tell(line, replaces=replaces))


def get(channel: str) -> Channel | None:
    row = db.session.get(ChatChannel, channel)
    return _record(row) if row else None


def of_webinar(
    webinar_id: str, *, before: datetime | None = None, limit: int = 30
) -> list[Channel]:
    """Those where something was said, the latest first."""
    statement = (
        select(ChatChannel)
        .where(ChatChannel.webinar_id == webinar_id)
        .order_by(ChatChannel.changed_at.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(ChatChannel.changed_at < before)
    return [_record(row) for row in db.session.scalars(statement)]


def _record(row: ChatChannel) -> Channel:
    return Channel(row.channel, row.webinar_id, row.shared, row.last_number, row.changed_at)
