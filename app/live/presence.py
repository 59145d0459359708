"""Who was in a broadcast's room, and for how long while it was on air.

A session's row in SQL is the truth; its entry in Redis is fresher by ten seconds at most and is
brought home by the ticker in one statement. Silence of up to a minute is a stall and counts as
presence; what was missed in a longer one does not.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

import redis
from sqlalchemy import and_, or_, select

from app import clock, core
from app.core import RegistrationRecord
from app.extensions import db
from app.live.air import Air
from app.live.models import LiveBroadcast, LivePresence
from app.redis_store import ask

STALL = timedelta(seconds=60)
ENTRY = "live:seen:2:{}"
DIRTY = "live:seen:2:dirty"
"""The number is raised where a release before could not read what this one writes."""
FAREWELL = "live:farewell"
ENTRY_LIFE = timedelta(hours=1)
LOOKED_BACK = timedelta(days=60)
"""Who looked into a lobby longer ago than that, and never since, is not looked at each time."""
TRUSTED_ALONE = timedelta(seconds=25)
BATCH = 500
Reason = Literal["user_exit", "session_end", "network_loss"]


@dataclass(frozen=True, slots=True)
class Seen:
    """`air_second`: the broadcast's second when last seen; `seconds`: there while on air.
    `late`: was away at the stop and came afterwards."""

    session_id: str
    last_seen_at: datetime
    air_second: int = 0
    seconds: int = 0
    late: bool = False


@dataclass(frozen=True, slots=True)
class Gone:
    """A session that left. `left_at` in unix seconds."""

    registration_id: int
    session_id: str
    lead_id: int
    webinar_id: str
    left_at: int
    reason: Reason


def enter(registration: RegistrationRecord, air: Air, now: datetime) -> bool:
    """The viewer came in; True the first time. Inside the transaction that tells the tracker."""
    first = core.insert_new(
        LivePresence,
        {
            "session_id": registration.session_id,
            "registration_id": registration.registration_id,
            "webinar_id": registration.webinar_id,
            "lead_id": registration.lead_id,
            "entered_at": now,
            "last_seen_at": now,
            "air_second": air.second(now),
            "late": air.off_air_at is not None,
        },
    )
    if not first:
        seen(registration.session_id, air, now)
    return first


def seen(session_id: str, air: Air, now: datetime) -> Seen | None:
    """A sign of life. None where that session has not come in."""
    held = _load(session_id, now)
    if held is None:
        return None
    moved = _moved(held, air, now)
    if not _to_redis(moved):
        _bring_home([moved])
    return moved


def _moved(held: Seen, air: Air, now: datetime) -> Seen:
    """Later than what is held: a sign that comes late from another process takes nothing back."""
    if now <= held.last_seen_at:
        return held
    second, stalled = air.second(now), now - held.last_seen_at <= STALL
    watched = max(0, second - held.air_second) if stalled else 0
    missed_the_stop = air.off_air_at is not None and not was_here(held.last_seen_at, air)
    return replace(
        held,
        last_seen_at=now,
        air_second=second,
        seconds=held.seconds + watched,
        late=held.late or missed_the_stop,
    )


def was_here(last_seen_at: datetime, air: Air) -> bool:
    """Whether somebody last seen then was present at the stop: a stall is no absence."""
    return air.off_air_at is not None and last_seen_at >= air.off_air_at - STALL


def _load(session_id: str, now: datetime) -> Seen | None:
    warm = _decoded(session_id, ask(lambda server: server.get(ENTRY.format(session_id)), None))
    if warm is not None and now - warm.last_seen_at <= TRUSTED_ALONE:
        return warm
    row = db.session.get(LivePresence, session_id, populate_existing=True)
    if row is None:
        return None
    cold = Seen(session_id, row.last_seen_at, row.air_second, row.seconds, row.late)
    return warm if warm is not None and warm.last_seen_at > cold.last_seen_at else cold


def _decoded(session_id: str, entry: Any) -> Seen | None:
    """None for nothing, and for what another release wrote: it is as good as lost."""
    try:
        held = json.loads(entry) if entry is not None else {}
        seen_at = clock.from_unix(held["last_seen_at"])
        return Seen(session_id, seen_at, held["air_second"], held["seconds"], held["late"])
    except (KeyError, TypeError, ValueError):
        return None


def _to_redis(seen: Seen) -> bool:
    entry = json.dumps(
        {
            "last_seen_at": seen.last_seen_at.timestamp(),
            "air_second": seen.air_second,
            "seconds": seen.seconds,
            "late": seen.late,
        }
    )

    def put(server: redis.Redis) -> bool:
        pipe = server.pipeline(transaction=False)
        pipe.set(ENTRY.format(seen.session_id), entry, ex=ENTRY_LIFE)
        pipe.sadd(DIRTY, seen.session_id)
        pipe.srem(FAREWELL, seen.session_id)
        pipe.execute()
        return True

    return ask(put, False)


def flush(limit: int = BATCH) -> int:
    """For the ticker: write what lags in Redis to SQL; how many. A full batch: more are waiting."""
    taken: Any = ask(lambda server: server.spop(DIRTY, limit), None)
    if not taken:
        return 0
    try:
        _bring_home(_from_redis([each.decode() for each in taken]))
    except Exception:
        ask(lambda server: server.sadd(DIRTY, *taken), None)
        raise
    return len(taken)


def _from_redis(session_ids: list[str]) -> list[Seen]:
    keys = [ENTRY.format(each) for each in session_ids]
    entries: Any = ask(lambda server: server.mget(keys), None) or []
    decoded = map(_decoded, session_ids, entries)
    return [each for each in decoded if each is not None]


def _bring_home(fresher: list[Seen]) -> None:
    """In one transaction; a row that is fresher already stays as it is."""
    if not fresher:
        return
    rows = {each.session_id: each for each in fresher}
    with core.transaction() as session:
        held = session.scalars(
            select(LivePresence).where(LivePresence.session_id.in_(rows)).with_for_update()
        )
        for row in held:
            fresh = rows[row.session_id]
            if fresh.last_seen_at > row.last_seen_at:
                row.last_seen_at = fresh.last_seen_at
                row.air_second = max(row.air_second, fresh.air_second)
                row.seconds = max(row.seconds, fresh.seconds)
                row.late = row.late or fresh.late


def bring_all_home(webinar_id: str) -> None:
    """Before a broadcast is settled: whatever Redis knows better of its sessions."""
    statement = select(LivePresence.session_id).where(LivePresence.webinar_id == webinar_id)
    ids = list(db.session.scalars(statement))
    for start in range(0, len(ids), BATCH):
        _bring_home(_from_redis(ids[start : start + BATCH]))


def farewell(session_id: str) -> None:
    """The page was closed. Coming back within a stall takes it back; without Redis this is not
    remembered, and the silence counts as a lost network."""
    ask(lambda server: server.sadd(FAREWELL, session_id), None)


def gone(now: datetime, limit: int = 100) -> list[Gone]:
    """Sessions silent for more than a minute that were not yet marked as left; `mark_left` them
    in the transaction that tells of it. A look into the lobby is no leaving: who was not seen on air
    has left when all is settled. Between a broadcast's stop and its settling nobody has left: the
    session ended for all."""
    seen_at, broadcast = LivePresence.last_seen_at, LiveBroadcast
    on_air = and_(broadcast.off_air_at.is_(None), seen_at >= broadcast.on_air_at)
    silent = (
        select(LivePresence)
        .join(broadcast, broadcast.webinar_id == LivePresence.webinar_id)
        .where(
            LivePresence.left_at.is_(None),
            seen_at.between(now - LOOKED_BACK, now - STALL),
            or_(broadcast.settled_at.is_not(None), on_air),
        )
        .order_by(LivePresence.last_seen_at)
        .limit(limit)
    )
    rows = {row.session_id: row for row in db.session.scalars(silent)}
    fresher = {each.session_id: each for each in _from_redis(list(rows))} if rows else {}
    left = [
        row
        for row in rows.values()
        if row.session_id not in fresher or fresher[row.session_id].last_seen_at < now - STALL
    ]
    said = _farewells([row.session_id for row in left])
    return [_gone(row, "user_exit" if row.session_id in said else "network_loss") for row in left]


def _gone(row: LivePresence, reason: Reason) -> Gone:
    return Gone(
        registration_id=row.registration_id,
        session_id=row.session_id,
        lead_id=row.lead_id,
        webinar_id=row.webinar_id,
        left_at=clock.unix(row.last_seen_at),
        reason=reason,
    )


def _farewells(session_ids: list[str]) -> set[str]:
    if not session_ids:
        return set()
    said: Any = ask(lambda server: server.smismember(FAREWELL, session_ids), None)
    return {each for each, yes in zip(session_ids, said or (), strict=False) if yes}


def mark_left_at_the_stop(session_id: str) -> None:
    """The session ended with the broadcast."""
    with core.transaction() as session:
        row = session.get_one(LivePresence, session_id, with_for_update=True)
        row.left_at = row.left_at or clock.now()
    _forget_farewells([session_id])


def mark_left(sessions: Sequence[Gone]) -> None:
    """Once a session: a viewer who comes back later is here, and does not leave again."""
    with core.transaction() as session:
        for each in sessions:
            row = session.get_one(LivePresence, each.session_id, with_for_update=True)
            row.left_at = row.left_at or clock.from_unix(each.left_at)
    _forget_farewells([each.session_id for each in sessions])


def _forget_farewells(session_ids: list[str]) -> None:
    if session_ids:
        core.on_commit(lambda: _drop_farewells(session_ids))


def _drop_farewells(session_ids: list[str]) -> None:
    ask(lambda server: server.srem(FAREWELL, *session_ids), None)
