"""Who has left: sessions that have been silent for longer than a stall.

Redis knows who was present. Once a minute, and whenever Redis does not answer, user meta is
asked as well, so that a flush of Redis in mid-room forgets nobody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any, Literal

import redis

from app import clock, core
from app.autowebinar import seen
from app.autowebinar.clock import STALL_SECONDS, is_silent
from app.core import RegistrationRecord
from app.redis_store import ask

Reason = Literal["user_exit", "session_end", "network_loss"]
SWEEP_PAUSE = timedelta(minutes=1)
SWEEP_REACH = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Gone:
    """`left_at`: when the session was last seen, in unix seconds."""

    registration_id: int
    session_id: str
    lead_id: int
    webinar_id: str
    left_at: int
    reason: Reason


class _Sweeps:
    """When this process last asked user meta."""

    last: datetime | None = None

    @classmethod
    def due(cls, now: datetime) -> bool:
        if cls.last is not None and cls.last <= now < cls.last + SWEEP_PAUSE:
            return False
        cls.last = now
        return True


def farewell(session_id: str) -> None:
    """The page was closed. Coming back within a stall takes it back.

    Without Redis this is not remembered, and the silence counts as a lost network.
    """
    ask(lambda server: server.sadd(seen.FAREWELL, session_id), None)


def gone(now: datetime, limit: int = 100) -> list[Gone]:
    """Sessions silent for more than a minute that were not yet marked as left."""
    silent = _silent_in_redis(now, limit)
    if silent is None or _Sweeps.due(now):
        silent = _oldest(_silent_in_meta(now, limit) | (silent or {}), limit)
    found = core.registrations.by_sessions(silent)
    mark_left(silent.keys() - {each.session_id for each in found})
    said = _farewells([each.session_id for each in found])
    return [_gone(each, silent[each.session_id], each.session_id in said, now) for each in found]


def _silent_in_redis(now: datetime, limit: int) -> dict[str, datetime] | None:
    """Last sight by session; None where Redis does not answer."""
    latest = now.timestamp() - STALL_SECONDS - 1

    def read(server: redis.Redis) -> Any:
        return server.zrange(
            seen.PRESENT, "-inf", latest, byscore=True, offset=0, num=limit, withscores=True
        )

    found = ask(read, None)
    if found is None:
        return None
    return {session_id.decode(): clock.from_unix(score) for session_id, score in found}


def _oldest(silent: dict[str, datetime], limit: int) -> dict[str, datetime]:
    return dict(sorted(silent.items(), key=itemgetter(1))[:limit])


def _silent_in_meta(now: datetime, limit: int) -> dict[str, datetime]:
    stale = core.registrations.unseen(
        seen.LAST_SEEN_AT,
        before=now - timedelta(seconds=STALL_SECONDS),
        since=now - SWEEP_REACH,
        limit=limit,
    )
    fresher = seen.last_seen(stale)
    latest = {each: max(at, fresher.get(each, at)) for each, at in stale.items()}
    return {session_id: at for session_id, at in latest.items() if is_silent(at, now)}


def _farewells(session_ids: list[str]) -> set[str]:
    if not session_ids:
        return set()
    said: Any = ask(lambda server: server.smismember(seen.FAREWELL, session_ids), None)
    return {session_id for session_id, yes in zip(session_ids, said or (), strict=False) if yes}


def _gone(registration: RegistrationRecord, at: datetime, said: bool, now: datetime) -> Gone:
    viewing = seen.load(registration, now)
    completed = viewing is not None and viewing.completed
    return Gone(
        registration_id=registration.registration_id,
        session_id=registration.session_id,
        lead_id=registration.lead_id,
        webinar_id=registration.webinar_id,
        left_at=clock.unix(at),
        reason="session_end" if completed else "user_exit" if said else "network_loss",
    )


def mark_left(session_ids: Iterable[str]) -> None:
    """After `client_webinar_left` was recorded: Redis need not remember these sessions."""
    left = list(session_ids)
    if left:
        ask(lambda server: _forget(server, left), None)


def _forget(server: redis.Redis, session_ids: list[str]) -> None:
    pipe = server.pipeline(transaction=False)
    pipe.zrem(seen.PRESENT, *session_ids)
    pipe.srem(seen.FAREWELL, *session_ids)
    pipe.execute()
