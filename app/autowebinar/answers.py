"""What viewers answered to polls and questions, and how many: one answer a registration.

The truth is user meta, `autowebinar_answer_<key>`; hand-outs that were taken are there as
`autowebinar_handout_<key>`. A vote is kept in the words that it was cast for: where an edit moves
or replaces options, it counts for those words alone, in whichever version they stand. A poll's votes
are in Redis too, so that showing results costs the same however many have voted; what is
missing there is counted from SQL again.
"""

import hashlib
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import redis

from app import core
from app.autowebinar import seen, versions
from app.autowebinar.errors import AnswerRefused, VersionInvalid
from app.autowebinar.timeline import Cue
from app.core import Envelope, RegistrationRecord, events
from app.redis_store import ask

ANSWER = "autowebinar_answer_"
HANDOUT = "autowebinar_handout_"
LONGEST_ANSWER = core.user_meta.LONGEST_VALUE
LONGEST_NUMBER = 5
GRACE_SECONDS = 15
AHEAD_SECONDS = 1
KEY = "autowebinar:poll:{}:{}"
LIFE = timedelta(days=2)
WHOLE = "whole"
REMEMBERED_SECONDS = 5

_counted: dict[tuple[str, str], tuple[float, Counter[str]]] = {}


def require_open(cue: Cue, second: int) -> None:
    """AnswerRefused where the session at that second is not being asked."""
    if cue.kind not in ("poll", "question") or cue.show_at > second + AHEAD_SECONDS:
        raise AnswerRefused("not_shown")
    if cue.hide_at is not None and second > cue.hide_at + GRACE_SECONDS:
        raise AnswerRefused("over")


def read(cue: Cue, given: str) -> str:
    """The words of an answer, or of the option whose number was given; AnswerRefused where it is
    neither."""
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
    return cue.options[int(given)]


def keep(registration: RegistrationRecord, cue: Cue, answer: str) -> bool:
    """Keep the answer; False where this registration had answered before, which stays."""
    scope = seen.scope_of(registration.registration_id)
    with core.transaction():
        first = seen.meta.write_once(registration.user_id, scope, ANSWER + cue.key, answer)
        if first and cue.kind == "poll":
            core.on_commit(lambda: _tell(registration, cue, answer))
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


def words_of(answer: Any, version_id: Any, cue: Cue) -> str | None:
    """The words of an answer as it is kept; None where nothing tells them.

    Votes were once kept as a number: the option's place in the version that the session began with.
    """
    if not isinstance(answer, int):
        return str(answer)
    options = _as_asked(version_id, cue).options
    return options[answer] if 0 <= answer < len(options) else None


def _as_asked(version_id: Any, cue: Cue) -> Cue:
    """The cue in the words of that version; as it is, where that version does not tell."""
    try:
        held = versions.load(str(version_id)).cues if version_id else ()
    except VersionInvalid:
        return cue
    return next((each for each in held if each.key == cue.key), cue)


def counts(webinar_id: str, cue: Cue) -> list[int] | None:
    """Votes by option, without asking the database; None where nobody knows them here."""
    found = ask(lambda server: _read(server, webinar_id, cue), None)
    if found is not None:
        return found
    moment, remembered = _counted.get((webinar_id, cue.key), (0.0, None))
    fresh = time.monotonic() - moment < REMEMBERED_SECONDS
    return _by_option(cue, remembered) if fresh and remembered is not None else None


def _by_option(cue: Cue, votes: Mapping[str, int]) -> list[int]:
    return [votes.get(option, 0) for option in cue.options]


def counted(webinar_id: str, cue: Cue) -> list[int]:
    """Votes by option; where Redis has lost them, counted anew and put back."""
    found = counts(webinar_id, cue)
    if found is not None:
        return found
    votes = _votes(webinar_id, cue)
    ask(lambda server: _put_all(server, webinar_id, cue, votes), None)
    fresh = Counter(votes.values())
    if len(_counted) > 1000:
        _counted.clear()
    _counted[(webinar_id, cue.key)] = (time.monotonic(), fresh)
    return _by_option(cue, fresh)


def _votes(webinar_id: str, cue: Cue) -> dict[int, str]:
    """By registration, the words that it has voted for."""
    held = core.user_meta.holders(ANSWER + cue.key, seen.VERSION_ID, webinar_id)
    found = {number: words_of(answer, version, cue) for number, answer, version in held}
    return {number: words for number, words in found.items() if words is not None}


def tallied(webinar_id: str, cue: Cue) -> list[int]:
    """The same, and nothing is put anywhere: for who looks and leaves no trace."""
    found = counts(webinar_id, cue)
    if found is not None:
        return found
    votes: Counter[str] = Counter()
    for version, _, answer, count in core.user_meta.counts_by(
        [ANSWER + cue.key], seen.VERSION_ID, webinar_id, apart=True
    ):
        words = words_of(answer, version, cue)
        if words is not None:
            votes[words] += count
    return _by_option(cue, votes)


def _read(server: redis.Redis, webinar_id: str, cue: Cue) -> list[int] | None:
    key = KEY.format(webinar_id, cue.key)
    pipe = server.pipeline(transaction=False)
    pipe.zscore(key, WHOLE)
    for option in cue.options:
        pipe.zcount(key, _score(option), _score(option))
    whole, *numbers = pipe.execute()
    return None if whole is None else [int(number) for number in numbers]


def _score(option: str) -> int:
    """A number for the words, as small as a sorted set holds exactly."""
    return int.from_bytes(hashlib.sha256(option.encode()).digest()[:6])


def _tell(registration: RegistrationRecord, cue: Cue, option: str) -> None:
    """A vote is a member, so telling it twice, or while all are being put back, does no harm."""
    key = KEY.format(registration.webinar_id, cue.key)

    def put(server: redis.Redis) -> None:
        pipe = server.pipeline(transaction=False)
        pipe.zadd(key, {str(registration.registration_id): _score(option)})
        pipe.expire(key, LIFE)
        pipe.execute()

    ask(put, None)


def _put_all(server: redis.Redis, webinar_id: str, cue: Cue, votes: dict[int, str]) -> None:
    key = KEY.format(webinar_id, cue.key)
    members = {str(number): _score(option) for number, option in votes.items()}
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
