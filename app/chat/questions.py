"""Which lines ask something of the team, and how far each question has come."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from app import core
from app.chat import history
from app.chat.models import ChatChannel, ChatLine
from app.core import UserRecord
from app.extensions import db

OPEN = "open"
ANSWERED = "answered"
DISMISSED = "dismissed"
STATES = (OPEN, ANSWERED, DISMISSED)
MOST_COUNTED = 100


@dataclass(frozen=True, slots=True)
class Question:
    """`at_sec`: the second of the room. `answer`: the words of the team's line, if any."""

    question_id: int
    webinar_id: str
    channel: str
    number: int
    registration_id: int
    author: str
    text: str
    at_sec: int
    created_at: datetime
    state: str
    answer: str = ""


def state_of(text: str, *, shared: bool, to_team: bool) -> str | None:
    """`open` for what the team is asked. Where the team alone reads, every line in words is
    meant for it; among viewers, what was addressed to it or ends a sentence with a question."""
    if not any(character.isalpha() for character in text):
        return None
    return OPEN if not shared or to_team or "?" in text else None


def quoted(channel: str, number: int) -> str:
    """The words of a line that is answered; none where it is gone."""
    words = select(ChatLine.text).where(
        ChatLine.channel == channel, ChatLine.number == number, ChatLine.hidden_at.is_(None)
    )
    return db.session.scalar(words) or ""


def page(
    webinar_ids: Iterable[str] | None,
    state: str,
    *,
    before: int | None = None,
    limit: int = 100,
) -> list[Question]:
    """The newest questions of these webinars (None: of all) in that state; `before` is the last
    question of the page before."""
    statement = _of(select(ChatLine), webinar_ids, state).order_by(ChatLine.id.desc())
    if before is not None:
        statement = statement.where(ChatLine.id < before)
    return _records(list(db.session.scalars(statement.limit(limit))))


def _of(statement: Select[Any], webinar_ids: Iterable[str] | None, state: str) -> Select[Any]:
    asked = ChatLine.question == state, ChatLine.hidden_at.is_(None)
    statement = statement.where(*asked)
    if webinar_ids is None:
        return statement.where(ChatLine.webinar_id.is_not(None))
    return statement.where(ChatLine.webinar_id.in_(list(webinar_ids)))


def open_count(webinar_ids: Iterable[str] | None) -> int:
    """How many wait for an answer; no further than a hundred is counted."""
    waiting = _of(select(ChatLine), webinar_ids, OPEN).limit(MOST_COUNTED).subquery()
    return db.session.scalar(select(func.count()).select_from(waiting)) or 0


def get(question_ids: Iterable[int]) -> list[Question]:
    """Those that were asked, whatever their state, oldest first."""
    statement = (
        select(ChatLine)
        .where(
            ChatLine.id.in_(list(question_ids)),
            ChatLine.question.is_not(None),
            ChatLine.webinar_id.is_not(None),
            ChatLine.hidden_at.is_(None),
        )
        .order_by(ChatLine.id)
    )
    return _records(list(db.session.scalars(statement)))


def open_numbers(channel: str, *, limit: int = 100) -> list[int]:
    """The lines of a chat that wait for an answer."""
    waiting = (
        select(ChatLine.number)
        .where(ChatLine.channel == channel, ChatLine.question == OPEN, ChatLine.hidden_at.is_(None))
        .order_by(ChatLine.number.desc())
        .limit(limit)
    )
    return list(db.session.scalars(waiting))


def of_registrations(registration_ids: Iterable[int], *, limit: int = 20) -> list[Question]:
    """What a person asked in any chat, newest first, with the team's answers."""
    statement = (
        select(ChatLine)
        .where(
            ChatLine.registration_id.in_(list(registration_ids)),
            ChatLine.question.is_not(None),
            ChatLine.webinar_id.is_not(None),
            ChatLine.hidden_at.is_(None),
        )
        .order_by(ChatLine.id.desc())
        .limit(limit)
    )
    return _records(list(db.session.scalars(statement)))


def _records(rows: Sequence[ChatLine]) -> list[Question]:
    answers = _answers({row.answer_id for row in rows if row.answer_id is not None})
    return [_record(row, answers.get(row.answer_id or 0, "")) for row in rows]


def _answers(line_ids: set[int]) -> dict[int, str]:
    if not line_ids:
        return {}
    rows = db.session.execute(select(ChatLine.id, ChatLine.text).where(ChatLine.id.in_(line_ids)))
    return dict(rows.all())


def _record(row: ChatLine, answer: str) -> Question:
    return Question(
        question_id=row.id,
        webinar_id=row.webinar_id or "",
        channel=row.channel,
        number=row.number,
        registration_id=row.registration_id or 0,
        author=row.author,
        text=row.text,
        at_sec=row.at_sec,
        created_at=row.created_at,
        state=row.question or "",
        answer=answer,
    )


def mark(question_ids: Iterable[int], state: str, *, actor: UserRecord) -> int:
    """Put aside (`dismissed`) or open again; how many were changed. What was answered stays so."""
    history.permit(actor)
    assert state in (OPEN, DISMISSED)
    with core.transaction():
        wanted = ChatLine.id.in_(list(question_ids)), ChatLine.question.is_not(None)
        rows = db.session.scalars(select(ChatLine).where(*wanted)).all()
        changed = [row for row in rows if row.question not in (state, ANSWERED)]
        for row in changed:
            row.question = state
            history.keep(
                row.webinar_id or "",
                state,
                actor,
                channel=row.channel,
                number=row.number,
                registration_id=row.registration_id,
            )
        return len(changed)


def make_one(channel: str, number: int, *, actor: UserRecord) -> None:
    """The team takes a viewer's line for a question, though it did not look like one."""
    history.permit(actor)
    with core.transaction():
        row = db.session.scalar(
            select(ChatLine).where(ChatLine.channel == channel, ChatLine.number == number)
        )
        if row is not None and row.origin == "viewer" and row.question is None:
            row.question = OPEN


def may_ping(channel: str, now: datetime, pause: float) -> bool:
    """True for the one question in so many seconds of which the team is told."""
    with core.transaction():
        place = db.session.get(ChatChannel, channel, with_for_update=True, populate_existing=True)
        if place is None:
            return False
        if place.pinged_at and (now - place.pinged_at).total_seconds() < pause:
            return False
        place.pinged_at = now
        return True
