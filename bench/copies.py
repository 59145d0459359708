"""Rows that a benchmark needs by the thousand, copied from one that the product made itself."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import MetaData, Table, func, insert, select

from app import clock, core
from app.autowebinar import seen
from app.chat import presence
from app.extensions import db
from app.redis_store import ask

STILL_HERE = timedelta(hours=1)
Changed = Callable[[int], dict[str, Any]]


def fill(count: int) -> None:
    """Copies of the newest session that has begun, seen until an hour from now."""
    with core.transaction():
        tables = MetaData()
        tables.reflect(db.session.connection(), only=["lead", "user", "registration", "user_meta"])
        place = _newest(tables.tables["registration"])
        first = {name: _next_id(tables.tables[name]) for name in ("lead", "user", "registration")}
        _copy(
            tables.tables["lead"],
            "id",
            place["lead_id"],
            count,
            lambda n: {"id": first["lead"] + n},
        )
        _copy(tables.tables["user"], "id", place["user_id"], count, lambda n: _user(first, n))
        _copy(
            tables.tables["registration"],
            "id",
            place["id"],
            count,
            lambda n: _registration(first, n),
        )
        _copy_meta(tables.tables["user_meta"], place, first, count)
    _be_present(place, count)


def _newest(registrations: Table) -> dict[str, Any]:
    statement = select(registrations).order_by(registrations.c.id.desc()).limit(1)
    return dict(db.session.execute(statement).mappings().one())


def _next_id(table: Table) -> int:
    return int(db.session.scalar(select(func.max(table.c.id))) or 0) + 1


def _user(first: dict[str, int], number: int) -> dict[str, Any]:
    return {
        "id": first["user"] + number,
        "lead_id": first["lead"] + number,
        "email": f"copy{number}@example.org",
        "ref_code": None,
    }


def _registration(first: dict[str, int], number: int) -> dict[str, Any]:
    return {
        "id": first["registration"] + number,
        "lead_id": first["lead"] + number,
        "user_id": first["user"] + number,
        "token": f"copy{number:028}",
        "session_id": f"copy{number:020}",
        "submission": None,
    }


def _copy(table: Table, key: str, value: Any, count: int, changed: Changed) -> None:
    row = dict(db.session.execute(select(table).where(table.c[key] == value)).mappings().one())
    rows = [row | {k: v for k, v in changed(n).items() if k in table.c} for n in range(count)]
    db.session.execute(insert(table), rows)


def _copy_meta(table: Table, place: dict[str, Any], first: dict[str, int], count: int) -> None:
    own = select(table).where(table.c.user_id == place["user_id"])
    values = [dict(row) for row in db.session.execute(own).mappings()]
    rows = [
        row | {"user_id": first["user"] + n, "scope": str(first["registration"] + n)}
        for n in range(count)
        for row in values
    ]
    db.session.execute(insert(table), rows)


def _be_present(place: dict[str, Any], count: int) -> None:
    """In the room's count, and among those whom the ticker looks after."""
    stamp = (clock.now() + STILL_HERE).timestamp()
    members = {f"copy{number:020}": stamp for number in range(count)}
    room = f"auto:{place['webinar_id']}:{place['slot_id'] or ''}"
    for key in (presence.KEY.format(room), seen.PRESENT):
        ask(lambda server, key=key: server.zadd(key, members), 0)
