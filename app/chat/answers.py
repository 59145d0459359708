"""The team's answers, until they have reached who asked: by the viewer's page, or by a message.

An answer waits for a sign of life that the viewer's page has it. Who is gone, or gives none in
time, is to be written to; that is the caller's affair, for the chat knows no messages.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import aliased

from app import clock, core
from app.chat import history, lines
from app.chat.line import Line
from app.chat.models import ChatAnswer, ChatLine
from app.chat.questions import ANSWERED, OPEN
from app.core import UserRecord
from app.extensions import db

GRACE = timedelta(seconds=45)
ROOM = "room"
TELEGRAM = "telegram"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that has not reached its viewer yet."""

    answer_id: int
    registration_id: int
    webinar_id: str
    question: str
    text: str


def reply(
    channel: str,
    text: str,
    numbers: Collection[int],
    *,
    actor: UserRecord,
    author: str,
    at_sec: int,
    webinar_id: str,
    shared: bool,
    gone: Collection[int],
    form_key: str | None = None,
) -> Line:
    """One line of the team in a channel, which answers the open questions of these numbers.

    `gone`: registrations that are not in the room, so that their answer is due elsewhere at once.
    The same `form_key` again is the line that it made first, and answers nothing more.
    """
    history.permit(actor)
    with core.transaction():
        asked = _asked(channel, numbers)
        line = lines.write(
            channel,
            text,
            author=author,
            at_sec=at_sec,
            origin="team",
            role=actor.role,
            form_key=form_key,
            webinar_id=webinar_id,
            shared=shared,
            reply_to=asked[0].number if asked else None,
        )
        _settle_questions(channel, line, asked, gone)
        return line


def _asked(channel: str, numbers: Collection[int]) -> list[ChatLine]:
    statement = (
        select(ChatLine)
        .where(
            ChatLine.channel == channel,
            ChatLine.number.in_(list(numbers)),
            ChatLine.question == OPEN,
            ChatLine.hidden_at.is_(None),
        )
        .order_by(ChatLine.number)
    )
    return list(db.session.scalars(statement))


def _settle_questions(
    channel: str, line: Line, asked: list[ChatLine], gone: Collection[int]
) -> None:
    """Who asked twice is answered once."""
    by_number = ChatLine.channel == channel, ChatLine.number == line.number
    answer_id = db.session.scalars(select(ChatLine.id).where(*by_number)).one()
    now = clock.now()
    for row in asked:
        row.question, row.answer_id = ANSWERED, answer_id
        if row.registration_id is not None:
            away = row.registration_id in gone
            values = {
                "question_id": row.id,
                "answer_id": answer_id,
                "registration_id": row.registration_id,
                "change": line.change,
                "due_at": now if away else now + GRACE,
            }
            core.insert_new(ChatAnswer, values)


def seen(registration_id: int, change: int) -> None:
    """The viewer's page has everything up to that change."""
    mine = (
        ChatAnswer.registration_id == registration_id,
        ChatAnswer.way.is_(None),
        ChatAnswer.change <= change,
    )
    if db.session.scalar(select(ChatAnswer.id).where(*mine).limit(1)) is not None:
        with core.transaction() as session:
            session.execute(update(ChatAnswer).where(*mine).values(way=ROOM))


def due(limit: int = 50) -> list[Answer]:
    """Those that no page has taken in time, oldest first. What was hidden since is not among
    them."""
    question = aliased(ChatLine)
    statement = (
        select(ChatAnswer.answer_id, ChatAnswer.registration_id, ChatLine, question.text)
        .join(ChatLine, ChatLine.id == ChatAnswer.answer_id)
        .join(question, question.id == ChatAnswer.question_id)
        .where(
            ChatAnswer.way.is_(None),
            ChatAnswer.due_at <= clock.now(),
            ChatLine.hidden_at.is_(None),
        )
        .order_by(ChatAnswer.due_at)
        .limit(limit)
    )
    return [
        Answer(answer_id, registration_id, line.webinar_id or "", asked, line.text)
        for answer_id, registration_id, line, asked in db.session.execute(statement)
    ]


def take(answer: Answer) -> bool:
    """Inside the transaction that plans its message: True for the one who does."""
    mine = (
        ChatAnswer.answer_id == answer.answer_id,
        ChatAnswer.registration_id == answer.registration_id,
        ChatAnswer.way.is_(None),
    )
    taken = db.session.execute(
        update(ChatAnswer).where(*mine).values(way=TELEGRAM).returning(ChatAnswer.id)
    )
    return taken.first() is not None


def ways(answer_ids: Iterable[int]) -> dict[int, str | None]:
    """By which way each answer has gone, for the team's eyes."""
    wanted = list(answer_ids)
    if not wanted:
        return {}
    rows = db.session.execute(
        select(ChatAnswer.answer_id, ChatAnswer.way).where(ChatAnswer.answer_id.in_(wanted))
    )
    return dict(rows.all())
