"""What viewers answered to polls and questions, and how many: one answer a registration.

The truth is user meta, `autowebinar_answer_<key>`; hand-outs that were taken are there as
`autowebinar_handout_<key>`. A poll's votes stand in Redis too, so that showing results costs the
same however many have voted; what is missing there is counted from SQL again.
"""

import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import redis

from app import core
from app.autowebinar import seen
from app.autowebinar.errors import AnswerRefused
from app.autowebinar.timeline import Cue
from app.core import Envelope, RegistrationRecord, events
from app.redis_store import ask

ANSWER = "autowebinar_answer_"
HANDOUT = "autowebinar_handout_"
LONGEST_ANSWER = core.user_meta.LONGEST_VALUE
LONGEST_NUMBER = 5
GRACE_SECONDS = 15
AHEAD_SECONDS = 1
KEY = "autowebinar:votes:{}:{}"
LIFE = timedelta(days=2)
WHOLE = "whole"
REMEMBERED_SECONDS = 5

_counted: dict[tuple[str, str], tuple[float, list[int]]] = {}


def require_open(cue: Cue, second: int) -> None:
    """AnswerRefused where the session at that second is not being asked."""
    if cue.kind not in ("poll", "question") or cue.show_at > second + AHEAD_SECONDS:
        raise AnswerRefused("not_shown")
    if cue.hide_at is not None and second > cue.hide_at + GRACE_SECONDS:
        raise AnswerRefused("over")


def read(cue: Cue, given: str) -> int | str:
    """The option's number, or the words of an answer; AnswerRefused where it is neither."""
    if cue.kind == "question":
        words = " ".join(given.replace("\0", "").split())
        if not words:
            raise AnswerRefused("empty")
        if len(words) > LONGEST_ANSWER:
            raise AnswerRefused("too_long")
        return words
    if not given:
        raise AnswerRefused("empty")
    if not (given.isascii() and given.isdigit() and len(given) < LONGEST_NUMBER):
        raise AnswerRefused("no_such_option")
    if int(given) >= len(cue.options):
        raise AnswerRefused("no_such_option")
    return int(given)


def keep(registration: RegistrationRecord, cue: Cue, answer: int | str) -> bool:
    """Keep the answer; False where this registration had answered before, which stays."""
    scope = seen.scope_of(registration.registration_id)
    with core.transaction():
        first = seen.meta.write_once(registration.user_id, scope, ANSWER + cue.key, answer)
        if first and cue.kind == "poll":
            core.on_commit(lambda: _tell(registration, cue, int(answer)))
        return first


def take(registration: RegistrationRecord, cue: Cue, now: datetime) -> bool:
    """The viewer takes a hand-out; True the first time."""
    scope = seen.scope_of(registration.registration_id)
    return seen.meta.write_once(registration.user_id, scope, HANDOUT + cue.key, now)


def of(registration: RegistrationRecord) -> dict[str, int | str]:
    """What this registration answered, by cue key."""
    owner = (registration.user_id, seen.scope_of(registration.registration_id))
    values = core.user_meta.read_prefixed(ANSWER, [owner]).get(owner, {})
    return {
        key.removeprefix(ANSWER): value
        for key, value in values.items()
        if isinstance(value, int | str)
    }


def counts(webinar_id: str, cue: Cue) -> list[int] | None:
    """Votes by option, without asking the database; None where nobody knows them here."""
    found = ask(lambda server: _read(server, webinar_id, cue), None)
    if found is not None:
        return found
    moment, remembered = _counted.get((webinar_id, cue.key), (0.0, []))
    fresh = time.monotonic() - moment < REMEMBERED_SECONDS
    return remembered if fresh and len(remembered) == len(cue.options) else None


def counted(webinar_id: str, cue: Cue) -> list[int]:
    """Votes by option; where Redis has lost them, counted anew and put back."""
    found = counts(webinar_id, cue)
    if found is not None:
        return found
    votes = core.user_meta.holders(ANSWER + cue.key, webinar_id)
    ask(lambda server: _put_all(server, webinar_id, cue, votes), None)
    said = [value for _, value in votes]
    fresh = [said.count(option) for option in range(len(cue.options))]
    if len(_counted) > 1000:
        _counted.clear()
    _counted[(webinar_id, cue.key)] = (time.monotonic(), fresh)
    return fresh


def tallied(webinar_id: str, cue: Cue) -> list[int]:
    """The same, and nothing is put anywhere: for who looks and leaves no trace."""
    found = counts(webinar_id, cue)
    if found is not None:
        return found
    votes = [0] * len(cue.options)
    for _, _, option, count in core.user_meta.counts_by(
        [ANSWER + cue.key], seen.VERSION_ID, webinar_id, apart=True
    ):
        if isinstance(option, int) and 0 <= option < len(votes):
            votes[option] += count
    return votes


def _read(server: redis.Redis, webinar_id: str, cue: Cue) -> list[int] | None:
    key = KEY.format(webinar_id, cue.key)
    pipe = server.pipeline(transaction=False)
    pipe.zscore(key, WHOLE)
    for option in range(len(cue.options)):
        pipe.zcount(key, option, option)
    whole, *numbers = pipe.execute()
    return None if whole is None else [int(number) for number in numbers]


def _tell(registration: RegistrationRecord, cue: Cue, option: int) -> None:
    """A vote is a member, so telling it twice, or while all are being put back, does no harm."""
    key = KEY.format(registration.webinar_id, cue.key)

    def put(server: redis.Redis) -> None:
        pipe = server.pipeline(transaction=False)
        pipe.zadd(key, {str(registration.registration_id): option})
        pipe.expire(key, LIFE)
        pipe.execute()

    ask(put, None)


def _put_all(server: redis.Redis, webinar_id: str, cue: Cue, votes: list[tuple[int, Any]]) -> None:
    key = KEY.format(webinar_id, cue.key)
    members = {str(registration_id): option for registration_id, option in votes}
    pipe = server.pipeline()
    pipe.zadd(key, {**members, WHOLE: -1})
    pipe.expire(key, LIFE)
    pipe.execute()


def totals(cues: Iterable[str], webinar_id: str) -> dict[str, int]:
    """How many answered or took each cue of these keys, for the author; one query."""
    keys = list(cues)
    wanted = [prefix + key for prefix in (ANSWER, HANDOUT) for key in keys]
    found = dict.fromkeys(wanted, 0)
    for _, name, _, count in core.user_meta.counts_by(
        wanted, seen.VERSION_ID, webinar_id, apart=False
    ):
        found[name] += count
    return {key: found[ANSWER + key] + found[HANDOUT + key] for key in keys}


def connect() -> None:
    core.subscribe(events.core_lead_deleted, "autowebinar.erasure", erase)


def erase(envelope: Envelope) -> None:
    """An erased lead's answers go; the votes in Redis are counted anew."""
    held = core.registrations.all_of_lead(envelope.payload["lead_id"])
    owners = [(each.user_id, seen.scope_of(each.registration_id)) for each in held]
    answered = core.user_meta.read_prefixed(ANSWER, owners)
    places = {(each.user_id, seen.scope_of(each.registration_id)): each.webinar_id for each in held}
    stale = [
        KEY.format(places[owner], key.removeprefix(ANSWER))
        for owner, values in answered.items()
        for key in values
    ]
    seen.meta.erase(owners, ANSWER)
    if stale:
        core.on_commit(lambda: _forget(stale))


def _forget(keys: list[str]) -> None:
    ask(lambda server: server.delete(*keys), None)
