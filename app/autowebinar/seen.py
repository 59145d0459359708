"""The state of a viewing session: user meta is the truth, Redis carries what changes all the time.

A session's entry in Redis is fresher by ten seconds at most; `flush_positions` brings it home.
Every key here can be lost: what is missing is read from user meta again.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import redis

from app import clock, core
from app.core import RegistrationRecord
from app.redis_store import ask

SESSION_ID = "autowebinar_session_id"
STARTED_AT = "autowebinar_started_at"
LAST_POSITION = "autowebinar_last_position_sec"
PROGRESS = "autowebinar_progress_percent"
COMPLETED = "autowebinar_completed"
CTA_CLICKED_AT = "autowebinar_cta_clicked_at"
LAST_SEEN_AT = "autowebinar_last_seen_at"
VERSION_ID = "autowebinar_version_id"

ENTRY = "autowebinar:seen:2:{}"
DIRTY = "autowebinar:dirty:2"
"""The number is raised where a release before could not read what this one writes."""
PRESENT = "autowebinar:present"
FAREWELL = "autowebinar:farewell"
ENTRY_LIFE = timedelta(hours=1)
TRUSTED_ALONE = timedelta(seconds=20)
BATCH = 500

Owner = tuple[int, str]
"""A user, and the scope of the registration."""

meta = core.user_meta.writer("autowebinar")


@dataclass(frozen=True, slots=True)
class Viewing:
    """What is known of a session that has begun."""

    started_at: datetime
    last_seen_at: datetime
    last_position: int
    progress: int = 0
    completed: bool = False


def scope_of(registration_id: int) -> str:
    return str(registration_id)


def load(registration: RegistrationRecord, now: datetime) -> Viewing | None:
    """The session's state; None where it has not begun.

    An entry that two signs of life have not renewed may have outlived an outage of Redis, so
    it is compared with user meta.
    """
    warm = _from_redis(registration.session_id)
    if warm is not None and now - warm.last_seen_at <= TRUSTED_ALONE:
        return warm
    cold = from_meta(registration)
    if warm is None or cold is None or warm.last_seen_at <= cold.last_seen_at:
        return cold
    position = max(warm.last_position, cold.last_position)
    return replace(cold, last_seen_at=warm.last_seen_at, last_position=position)


def _from_redis(session_id: str) -> Viewing | None:
    return _decoded(ask(lambda server: server.get(ENTRY.format(session_id)), None))


def from_meta(registration: RegistrationRecord) -> Viewing | None:
    values: dict[str, Any] = core.user_meta.read(
        registration.user_id, scope_of(registration.registration_id)
    )
    if STARTED_AT not in values:
        return None
    return Viewing(
        started_at=values[STARTED_AT],
        last_seen_at=values[LAST_SEEN_AT],
        last_position=values[LAST_POSITION],
        progress=values[PROGRESS],
        completed=values[COMPLETED],
    )


def version_id(registration: RegistrationRecord) -> str | None:
    """The version that the session began with; None where it has not begun."""
    scope = scope_of(registration.registration_id)
    found = core.user_meta.read(registration.user_id, scope).get(VERSION_ID)
    return str(found) if found else None


def keep_lightly(registration: RegistrationRecord, viewing: Viewing) -> None:
    """Position and last sight alone: they may lag, so Redis will do while it answers."""
    if not _to_redis(registration, viewing, dirty=True):
        _write_position(registration, viewing)


def _write_position(registration: RegistrationRecord, viewing: Viewing) -> None:
    scope = scope_of(registration.registration_id)
    meta.write(registration.user_id, scope, _lagging(viewing))


def keep(
    registration: RegistrationRecord, viewing: Viewing, **values: core.user_meta.Value
) -> None:
    """Write to user meta now, in the present transaction; Redis learns of it after the commit."""
    written = {STARTED_AT: viewing.started_at, **_lagging(viewing), **values}
    meta.write(registration.user_id, scope_of(registration.registration_id), written)
    core.on_commit(lambda: _renew(registration, viewing))


def _renew(registration: RegistrationRecord, viewing: Viewing) -> None:
    _to_redis(registration, viewing, dirty=False)


def _lagging(viewing: Viewing) -> dict[str, core.user_meta.Value | None]:
    return {LAST_POSITION: viewing.last_position, LAST_SEEN_AT: viewing.last_seen_at}


def _to_redis(registration: RegistrationRecord, viewing: Viewing, *, dirty: bool) -> bool:
    session_id = registration.session_id
    entry = _encoded(registration, viewing)

    def put(server: redis.Redis) -> bool:
        pipe = server.pipeline(transaction=False)
        pipe.set(ENTRY.format(session_id), entry, ex=ENTRY_LIFE)
        pipe.zadd(PRESENT, {session_id: viewing.last_seen_at.timestamp()})
        pipe.srem(FAREWELL, session_id)
        if dirty:
            pipe.sadd(DIRTY, session_id)
        pipe.execute()
        return True

    return ask(put, False)


def _encoded(registration: RegistrationRecord, viewing: Viewing) -> str:
    return json.dumps(
        {
            "started_at": viewing.started_at.timestamp(),
            "last_seen_at": viewing.last_seen_at.timestamp(),
            "last_position": viewing.last_position,
            "progress": viewing.progress,
            "completed": viewing.completed,
            "user_id": registration.user_id,
            "registration_id": registration.registration_id,
        }
    )


def _decoded(entry: Any) -> Viewing | None:
    held = _read(entry)
    return held[1] if held else None


def _read(entry: Any) -> tuple[Owner, Viewing] | None:
    """None for nothing, and for what another release wrote: it is as good as lost."""
    try:
        held = json.loads(entry) if entry is not None else {}
        owner = held["user_id"], scope_of(held["registration_id"])
        return owner, Viewing(
            started_at=clock.from_unix(held["started_at"]),
            last_seen_at=clock.from_unix(held["last_seen_at"]),
            last_position=held["last_position"],
            progress=held["progress"],
            completed=held["completed"],
        )
    except (KeyError, TypeError, ValueError):
        return None


def flush_positions(limit: int = BATCH) -> int:
    """Write positions that lag in Redis to user meta, in one statement; how many were written.

    For the ticker, every few seconds. A full batch means that more are waiting.
    """
    taken: Any = ask(lambda server: server.spop(DIRTY, limit), None)
    if not taken:
        return 0
    try:
        return _bring_home([session_id.decode() for session_id in taken])
    except Exception:
        ask(lambda server: server.sadd(DIRTY, *taken), None)
        raise


def _bring_home(session_ids: list[str]) -> int:
    keys = [ENTRY.format(each) for each in session_ids]
    entries: Any = ask(lambda server: server.mget(keys), None)
    held = dict(filter(None, map(_read, entries or ())))
    known = core.user_meta.read_many(LAST_SEEN_AT, list(held))
    rows = []
    for owner, viewing in held.items():
        stored = known.get(owner)
        if isinstance(stored, datetime) and stored < viewing.last_seen_at:
            rows.append((*owner, _lagging(viewing)))
    meta.write_many(rows)
    return len(rows)


def last_seen(session_ids: Iterable[str]) -> dict[str, datetime]:
    """The latest sight of sessions that Redis knows."""
    wanted = list(session_ids)
    if not wanted:
        return {}
    scores: Any = ask(lambda server: server.zmscore(PRESENT, wanted), None)
    return {
        session_id: clock.from_unix(score)
        for session_id, score in zip(wanted, scores or (), strict=False)
        if score is not None
    }
