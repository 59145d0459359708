"""Polls of a broadcast: one at a time, a vote a registration, and the true counts."""

from sqlalchemy import select, update

from app import clock, core
from app.extensions import db
from app.live import state
from app.live.broadcasts import locked
from app.live.errors import PollClosed, PollInvalid
from app.live.models import LivePoll, LiveVote

FEWEST, MOST = 2, 6
LONGEST_QUESTION, LONGEST_OPTION = 300, 120


def open_poll(webinar_id: str, question: str, options: list[str]) -> int:
    """Ask; what was asked before is closed and goes. PollInvalid changes nothing."""
    words = core.normalise.visible(question)
    answers = list(filter(None, map(core.normalise.visible, options)))
    _check(words, answers)
    with core.transaction() as session:
        row = locked(webinar_id)
        now = clock.now()
        shown = update(LivePoll).where(
            LivePoll.webinar_id == webinar_id, LivePoll.hidden_at.is_(None)
        )
        session.execute(shown.values(hidden_at=now, closed_at=now))
        poll = LivePoll(webinar_id=webinar_id, question=words, options=answers, opened_at=now)
        session.add(poll)
        session.flush()
        state.changed(row)
        return poll.id


def _check(question: str, options: list[str]) -> None:
    if not question or len(question) > LONGEST_QUESTION:
        raise PollInvalid("question")
    distinct = len({option.casefold() for option in options}) == len(options)
    if not FEWEST <= len(options) <= MOST or not distinct:
        raise PollInvalid("options")
    if any(len(option) > LONGEST_OPTION for option in options):
        raise PollInvalid("options")


def close(webinar_id: str, poll_id: int) -> None:
    """No more votes; the result stays to be seen."""
    with core.transaction():
        row, poll = locked(webinar_id), _of(webinar_id, poll_id)
        if poll is not None and poll.closed_at is None:
            poll.closed_at = clock.now()
            state.changed(row)


def hide(webinar_id: str, poll_id: int) -> None:
    """Close it and take it away."""
    with core.transaction():
        row, poll = locked(webinar_id), _of(webinar_id, poll_id)
        if poll is not None and poll.hidden_at is None:
            poll.hidden_at = clock.now()
            poll.closed_at = poll.closed_at or poll.hidden_at
            state.changed(row)


def vote(webinar_id: str, poll_id: int, registration_id: int, choice: int) -> None:
    """One vote a registration; while the poll is open another one takes its place. PollClosed
    changes nothing."""
    with core.transaction():
        poll = _held(webinar_id, poll_id)
        if poll is None or poll.closed_at is not None or not 0 <= choice < len(poll.options):
            raise PollClosed(f"poll {poll_id}")
        values = {
            "poll_id": poll_id,
            "registration_id": registration_id,
            "choice": choice,
            "voted_at": clock.now(),
        }
        insert = core.insert_for(LiveVote).values(values)
        fresh = {name: insert.excluded[name] for name in ("choice", "voted_at")}
        db.session.execute(
            insert.on_conflict_do_update(index_elements=["poll_id", "registration_id"], set_=fresh)
        )
        state.stirred(webinar_id)


def vote_of(poll_id: int, registration_id: int) -> int | None:
    """Which answer this registration chose."""
    return db.session.scalar(
        select(LiveVote.choice).where(
            LiveVote.poll_id == poll_id, LiveVote.registration_id == registration_id
        )
    )


def _of(webinar_id: str, poll_id: int) -> LivePoll | None:
    poll = db.session.get(LivePoll, poll_id, populate_existing=True)
    return poll if poll is not None and poll.webinar_id == webinar_id else None


def _held(webinar_id: str, poll_id: int) -> LivePoll | None:
    """Nobody closes it before the end of the transaction; votes do not wait for one another."""
    shared = {"read": True}
    poll = db.session.get(LivePoll, poll_id, populate_existing=True, with_for_update=shared)
    return poll if poll is not None and poll.webinar_id == webinar_id else None
