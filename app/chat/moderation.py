"""What the team may do to lines and to those who write them; each can be undone, each is kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import select

from app import clock, core
from app.chat import channels, history, people, recall
from app.chat.line import Line, cleaned
from app.chat.models import ChatChannel, ChatLine
from app.core import UserRecord
from app.core.errors import NotFound
from app.extensions import db

MUTES = (timedelta(minutes=10), timedelta(hours=1), timedelta(days=1))
MOST_LINES = 500


def delete(channel: str, number: int, *, actor: UserRecord) -> None:
    """The line disappears for all by their next poll."""
    with _changing(channel, actor) as place:
        row = _line(channel, number)
        if row.hidden_at is None:
            _hide(place, row, "deleted")
            _keep(place, "deleted", actor, row, before=row.text)


def restore(channel: str, number: int, *, actor: UserRecord) -> None:
    """A deleted line comes back to its place."""
    with _changing(channel, actor) as place:
        row = _line(channel, number)
        if row.hidden_for == "deleted":
            _show(place, row)
            _keep(place, "restored", actor, row)


def edit(channel: str, number: int, text: str, *, actor: UserRecord) -> Line:
    """Other words for a line, which is marked so. LineEmpty or LineTooLong change nothing."""
    words = cleaned(text)
    with _changing(channel, actor) as place:
        row = _line(channel, number)
        if row.hidden_for == "erased":
            raise NotFound(f"line {number} of {channel}")
        if row.text != words:
            _keep(place, "edited", actor, row, before=row.text, after=words)
            row.text, row.edited_at = words, clock.now()
            _requote(place, row.number, words)
            channels.take_change(place, row)
        return recall.line_of(row)


def writer_of(channel: str, number: int) -> int:
    """The registration that wrote the line; NotFound where it was the team or a recording."""
    registration_id = _line(channel, number).registration_id
    if registration_id is None:
        raise NotFound(f"line {number} of {channel} has no viewer")
    return registration_id


def mute(registration_id: int, webinar_id: str, duration: timedelta, *, actor: UserRecord) -> None:
    """The viewer may not write for a while, and is told so."""
    history.permit(actor)
    with core.transaction():
        people.row_of(registration_id, webinar_id).muted_until = clock.now() + duration
        minutes = str(int(duration.total_seconds() // 60))
        history.keep(webinar_id, "muted", actor, registration_id=registration_id, after=minutes)


def unmute(registration_id: int, webinar_id: str, *, actor: UserRecord) -> None:
    history.permit(actor)
    with core.transaction():
        people.row_of(registration_id, webinar_id).muted_until = None
        history.keep(webinar_id, "unmuted", actor, registration_id=registration_id)


def ban(registration_id: int, webinar_id: str, *, actor: UserRecord) -> None:
    """Out of the chat of this webinar: the lines go from the page, no new ones come."""
    history.permit(actor)
    with core.transaction():
        person = people.row_of(registration_id, webinar_id)
        if person.banned_at is None:
            person.banned_at = clock.now()
            _change_all(registration_id, hide=True)
            history.keep(webinar_id, "banned", actor, registration_id=registration_id)


def unban(registration_id: int, webinar_id: str, *, actor: UserRecord) -> None:
    """In again, and the lines that went with the ban with them."""
    history.permit(actor)
    with core.transaction():
        person = people.row_of(registration_id, webinar_id)
        if person.banned_at is not None:
            person.banned_at = None
            _change_all(registration_id, hide=False)
            history.keep(webinar_id, "unbanned", actor, registration_id=registration_id)


def _change_all(registration_id: int, *, hide: bool) -> None:
    """Channels are taken in the order of their names, so that two who do this do not wait for
    each other."""
    mine = ChatLine.registration_id == registration_id
    state = ChatLine.hidden_at.is_(None) if hide else ChatLine.hidden_for == "banned"
    where = select(ChatLine.channel).where(mine, state).distinct().order_by(ChatLine.channel)
    for channel in list(db.session.scalars(where)):
        place = channels.locked(channel)
        newest = select(ChatLine).where(mine, state, ChatLine.channel == channel)
        rows = db.session.scalars(newest.order_by(ChatLine.number.desc()).limit(MOST_LINES)).all()
        for row in reversed(rows):
            _hide(place, row, "banned") if hide else _show(place, row)


def _hide(place: ChatChannel, row: ChatLine, reason: str) -> None:
    row.hidden_at, row.hidden_for = clock.now(), reason
    _requote(place, row.number, "")
    channels.take_change(place, row)


def _show(place: ChatChannel, row: ChatLine) -> None:
    row.hidden_at = row.hidden_for = None
    _requote(place, row.number, row.text)
    channels.take_change(place, row)


def _requote(place: ChatChannel, number: int, words: str) -> None:
    """Answers that quote the line quote what it says now."""
    quoting = select(ChatLine).where(
        ChatLine.channel == place.channel, ChatLine.reply_to == number, ChatLine.quote != words
    )
    for row in db.session.scalars(quoting):
        row.quote = words
        channels.take_change(place, row)


@contextmanager
def _changing(channel: str, actor: UserRecord) -> Iterator[ChatChannel]:
    """A transaction in which the channel is held by somebody who may change its lines."""
    history.permit(actor)
    with core.transaction():
        yield channels.locked(channel)


def _line(channel: str, number: int) -> ChatLine:
    row = db.session.scalar(
        select(ChatLine).where(ChatLine.channel == channel, ChatLine.number == number)
    )
    if row is None:
        raise NotFound(f"line {number} of {channel}")
    return row


def _keep(
    place: ChatChannel,
    kind: str,
    actor: UserRecord,
    row: ChatLine,
    *,
    before: str = "",
    after: str = "",
) -> None:
    if place.webinar_id is not None:
        history.keep(
            place.webinar_id,
            kind,
            actor,
            channel=place.channel,
            number=row.number,
            registration_id=row.registration_id,
            before=before,
            after=after,
        )
