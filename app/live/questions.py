"""Questions to the speaker, apart from the chatter: asked, voted up, answered, put away."""

from datetime import timedelta

from sqlalchemy import func, select, update

from app import clock, core
from app.core import RegistrationRecord
from app.extensions import db
from app.live import state
from app.live.broadcasts import locked
from app.live.errors import QuestionInvalid, QuestionTooOften
from app.live.models import LiveQuestion, LiveQuestionVote
from app.live.state import QuestionView

LONGEST = 500
MOST_AT_ONCE = 5
WINDOW = timedelta(minutes=5)


def ask(registration: RegistrationRecord, text: str, *, at_sec: int, form_key: str | None) -> int:
    """The question's id; the same `form_key` again is the one it made first. QuestionInvalid, or
    QuestionTooOften: five in five minutes."""
    words = core.normalise.visible(text)
    if not words or len(words) > LONGEST:
        raise QuestionInvalid(f"{len(words)} characters")
    with core.transaction():
        locked(registration.webinar_id)
        twin = _by_key(registration.webinar_id, form_key)
        if twin is not None:
            return twin
        _refuse_flood(registration.registration_id)
        question = LiveQuestion(
            webinar_id=registration.webinar_id,
            registration_id=registration.registration_id,
            author=registration.name,
            text=words,
            at_sec=at_sec,
            asked_at=clock.now(),
            form_key=form_key,
        )
        db.session.add(question)
        db.session.flush()
        state.stirred(registration.webinar_id)
        return question.id


def _by_key(webinar_id: str, form_key: str | None) -> int | None:
    if form_key is None:
        return None
    return db.session.scalar(
        select(LiveQuestion.id).where(
            LiveQuestion.webinar_id == webinar_id, LiveQuestion.form_key == form_key
        )
    )


def _refuse_flood(registration_id: int) -> None:
    recent = select(func.count()).where(
        LiveQuestion.registration_id == registration_id,
        LiveQuestion.asked_at > clock.now() - WINDOW,
    )
    if (db.session.scalar(recent) or 0) >= MOST_AT_ONCE:
        raise QuestionTooOften(f"registration {registration_id}")


def vote(webinar_id: str, question_id: int, registration_id: int) -> bool:
    """This registration wants it answered too. False where it had said so, or it is its own."""
    with core.transaction() as session:
        question = _of(webinar_id, question_id)
        if question is None or question.registration_id == registration_id:
            return False
        row = {"question_id": question_id, "registration_id": registration_id}
        if not core.insert_new(LiveQuestionVote, row):
            return False
        more = update(LiveQuestion).where(LiveQuestion.id == question_id)
        session.execute(more.values(votes=LiveQuestion.votes + 1))
        state.stirred(webinar_id)
        return True


def mark(webinar_id: str, question_id: int, *, answered: bool) -> None:
    """The speaker has answered it aloud, or takes that back."""
    with core.transaction():
        row, question = locked(webinar_id), _of(webinar_id, question_id)
        if question is not None:
            question.answered_at = clock.now() if answered else None
            state.changed(row)


def hide(webinar_id: str, question_id: int, *, hidden: bool = True) -> None:
    with core.transaction():
        row, question = locked(webinar_id), _of(webinar_id, question_id)
        if question is not None:
            question.hidden_at = clock.now() if hidden else None
            state.changed(row)


def hide_all_of(registration_id: int) -> None:
    """Who is put out of the conversation takes their questions along."""
    asked = LiveQuestion.registration_id == registration_id, LiveQuestion.hidden_at.is_(None)
    found = update(LiveQuestion).where(*asked).values(hidden_at=clock.now())
    with core.transaction() as session:
        for webinar_id in set(session.scalars(found.returning(LiveQuestion.webinar_id))):
            state.changed(locked(webinar_id))


def queue(webinar_id: str, *, limit: int = 100) -> list[QuestionView]:
    """For the speaker."""
    return state.questions_of(webinar_id, limit)


def hidden(webinar_id: str, *, limit: int) -> list[QuestionView]:
    """What was put away, the last first."""
    statement = (
        select(LiveQuestion)
        .where(LiveQuestion.webinar_id == webinar_id, LiveQuestion.hidden_at.is_not(None))
        .order_by(LiveQuestion.hidden_at.desc(), LiveQuestion.id.desc())
        .limit(limit)
    )
    return [state.view(row) for row in db.session.scalars(statement)]


def voted_by(webinar_id: str, registration_id: int) -> set[int]:
    """Questions that this registration asked or voted for: it cannot vote for them again."""
    asked = select(LiveQuestion.id).where(
        LiveQuestion.webinar_id == webinar_id, LiveQuestion.registration_id == registration_id
    )
    voted = (
        select(LiveQuestionVote.question_id)
        .join(LiveQuestion, LiveQuestion.id == LiveQuestionVote.question_id)
        .where(
            LiveQuestion.webinar_id == webinar_id,
            LiveQuestionVote.registration_id == registration_id,
        )
    )
    return {*db.session.scalars(asked), *db.session.scalars(voted)}


def _of(webinar_id: str, question_id: int) -> LiveQuestion | None:
    question = db.session.get(LiveQuestion, question_id, populate_existing=True)
    return question if question is not None and question.webinar_id == webinar_id else None
