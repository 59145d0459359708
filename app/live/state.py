"""What a room shows besides its chat, as polls read it: one JSON in Redis, made from SQL.

What the speaker does is counted by a revision in SQL and shown at once. Votes and questions come
in crowds: they are shown once a second at most. What a flush of Redis took is put back by the next
sign of life of any viewer.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import redis
from sqlalchemy import func, select

from app import core
from app.core import WebinarRecord
from app.extensions import db
from app.live.models import LiveBroadcast, LivePoll, LiveQuestion, LiveVote
from app.live.places import is_ours
from app.redis_store import ask

KEY = "live:state:{}"
FRESH = "live:state:{}:fresh"
OPEN = ("scheduled", "live", "paused")
"""A broadcast that is to come, or on."""
OVER = ("finished", "archived")
DIRTY = "live:state:dirty"
LIFE = timedelta(days=1)
PACE_SECONDS = 1
QUESTIONS = 30
BATCH = 100
PUT = """
local held = redis.call('GET', KEYS[1])
if held then
  local read, state = pcall(cjson.decode, held)
  local revision = read and type(state) == 'table' and tonumber(state.revision)
  if revision and revision > tonumber(ARGV[1]) then
    return 0
  end
end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1
"""


@dataclass(frozen=True, slots=True)
class PollView:
    """`counts`: votes by option; they are the true ones. Closed polls show their result."""

    poll_id: int
    question: str
    options: list[str]
    counts: list[int]
    closed: bool


@dataclass(frozen=True, slots=True)
class QuestionView:
    question_id: int
    author: str
    text: str
    votes: int
    answered: bool


@dataclass(frozen=True)
class RoomState:
    """Everything that all viewers of a room see alike; moments in unix seconds. A page that has
    the same `version` has seen it all. `no_picture`: it is on air, and the speaker's stream does not
    come. `more_questions`: there are some beside those."""

    webinar_id: str
    revision: int
    status: str
    scheduled_at: float | None
    on_air_at: float | None
    off_air_at: float | None
    paused_at: float | None
    paused_seconds: int
    cta_shown: bool
    cta_text: str
    cta_link: str
    note: str
    recording: str
    no_picture: bool
    poll: PollView | None
    questions: list[QuestionView]
    more_questions: bool

    @property
    def is_open(self) -> bool:
        """Whether people may still write, ask and vote."""
        return self.status in OPEN

    @property
    def is_over(self) -> bool:
        return self.status in OVER

    @cached_property
    def version(self) -> str:
        return hashlib.sha256(encoded(self).encode()).hexdigest()[:12]


def changed(row: LiveBroadcast) -> None:
    """Inside the transaction of a change: count it, and tell the polls after the commit."""
    row.revision += 1
    db.session.flush()
    webinar_id = row.webinar_id
    core.on_commit(lambda: _put(webinar_id))


def stirred(webinar_id: str) -> None:
    """Inside the transaction of a vote or a question: polls are told soon after the commit."""
    core.on_commit(lambda: _put_or_wait(webinar_id))


def _put_or_wait(webinar_id: str) -> None:
    fresh = FRESH.format(webinar_id)
    if ask(lambda server: server.set(fresh, 1, nx=True, ex=PACE_SECONDS), None):
        put(webinar_id)
    else:
        ask(lambda server: server.sadd(DIRTY, webinar_id), None)


def put_waiting() -> int:
    """For the ticker: what was stirred and not yet shown."""
    waiting: Any = ask(lambda server: server.spop(DIRTY, BATCH), None)
    if not waiting:
        return 0
    try:
        for webinar_id in waiting:
            put(webinar_id.decode())
    except Exception:
        ask(lambda server: server.sadd(DIRTY, *waiting), None)
        raise
    return len(waiting)


def _put(webinar_id: str) -> None:
    put(webinar_id)


def put(webinar_id: str) -> RoomState:
    """Make the state from SQL and put it where polls read it, unless a newer one is there: another
    process may have read later and come first."""
    made = of(webinar_id)
    given = made.revision, encoded(made), int(LIFE.total_seconds())
    ask(lambda server: server.eval(PUT, 1, KEY.format(webinar_id), *given), None)
    return made


def mend(webinar_id: str, revision: int) -> None:
    """Put the state back where Redis has none, or one older than SQL's `revision`."""
    held = ask(lambda server: _held(server, webinar_id), revision)
    if held < revision:
        put(webinar_id)


def _held(server: redis.Redis, webinar_id: str) -> int:
    """The revision that Redis has; -1 for none that can be read."""
    found = decoded(server.get(KEY.format(webinar_id)))
    return found.revision if found else -1


def of(webinar_id: str) -> RoomState:
    """From SQL, in a fixed number of queries."""
    row = db.session.get(LiveBroadcast, webinar_id, populate_existing=True)
    webinar = core.webinars.get(webinar_id)
    assert row is not None
    assert webinar is not None
    questions = questions_of(webinar_id, QUESTIONS + 1)
    return RoomState(
        webinar_id=webinar_id,
        revision=row.revision,
        status=webinar.status,
        scheduled_at=_stamp(webinar.scheduled_at),
        on_air_at=_stamp(row.on_air_at),
        off_air_at=_stamp(row.off_air_at),
        paused_at=_stamp(row.paused_at),
        paused_seconds=row.paused_seconds,
        cta_shown=webinar.cta_visibility == "shown",
        cta_text=row.cta_text,
        cta_link=row.cta_link,
        note=row.note,
        recording=row.recording,
        no_picture=_waits_for_picture(webinar, row),
        poll=_poll(webinar_id),
        questions=questions[:QUESTIONS],
        more_questions=len(questions) > QUESTIONS,
    )


def _waits_for_picture(webinar: WebinarRecord, row: LiveBroadcast) -> bool:
    """A stream from elsewhere is not ours to know of."""
    return is_ours(webinar) and webinar.status == "live" and row.publishing_since is None


def _stamp(moment: datetime | None) -> float | None:
    return moment.timestamp() if moment else None


def _poll(webinar_id: str) -> PollView | None:
    """The newest poll that is shown."""
    row = db.session.scalar(
        select(LivePoll)
        .where(LivePoll.webinar_id == webinar_id, LivePoll.hidden_at.is_(None))
        .order_by(LivePoll.id.desc())
        .limit(1)
    )
    if row is None:
        return None
    tally = (
        select(LiveVote.choice, func.count())
        .where(LiveVote.poll_id == row.id)
        .group_by(LiveVote.choice)
    )
    counted = dict(db.session.execute(tally).all())
    counts = [counted.get(number, 0) for number in range(len(row.options))]
    return PollView(row.id, row.question, list(row.options), counts, row.closed_at is not None)


def questions_of(webinar_id: str, limit: int) -> list[QuestionView]:
    """The most wanted first, answered ones last."""
    statement = (
        select(LiveQuestion)
        .where(LiveQuestion.webinar_id == webinar_id, LiveQuestion.hidden_at.is_(None))
        .order_by(LiveQuestion.answered_at.is_not(None), LiveQuestion.votes.desc(), LiveQuestion.id)
        .limit(limit)
    )
    return [view(row) for row in db.session.scalars(statement)]


def view(row: LiveQuestion) -> QuestionView:
    return QuestionView(row.id, row.author, row.text, row.votes, row.answered_at is not None)


def encoded(state: RoomState) -> str:
    return json.dumps(asdict(state), ensure_ascii=False)


def decoded(held: Any) -> RoomState | None:
    """What Redis held; None for nothing, or for what an older release wrote."""
    if not held:
        return None
    try:
        values = json.loads(held)
        poll = PollView(**values.pop("poll")) if values["poll"] else values.pop("poll")
        questions = [QuestionView(**each) for each in values.pop("questions")]
        return RoomState(**values, poll=poll, questions=questions)
    except (KeyError, TypeError, ValueError):
        return None
