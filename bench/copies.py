"""Rows that a benchmark needs by the thousand, copied from one that the product made itself."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import MetaData, Table, func, insert, select

from app import clock, core
from app.autowebinar import seen
from app.chat import presence
from app.extensions import db
from app.redis_store import ask

STILL_HERE = timedelta(hours=1)
TABLES = ("lead", "user", "registration", "user_meta", "live_presence")


@dataclass(frozen=True, slots=True)
class Copy:
    """A place whose session has begun like that of the one that it is copied from."""

    registration_id: int
    session_id: str


def fill(count: int) -> None:
    """Copies of the newest session that has begun, seen until an hour from now."""
    with core.transaction():
        places = _tables().tables["registration"]
        newest = select(places).order_by(places.c.id.desc()).limit(1)
        place = dict(db.session.execute(newest).mappings().one())
        made = _copied(place, count)
    _be_present(place, made)


def of(registration_id: int, count: int) -> list[Copy]:
    with core.transaction():
        places = _tables().tables["registration"]
        chosen = select(places).where(places.c.id == registration_id)
        return _copied(dict(db.session.execute(chosen).mappings().one()), count)


def _tables() -> MetaData:
    tables = MetaData()
    tables.reflect(db.session.connection(), only=TABLES)
    return tables


def _copied(place: dict[str, Any], count: int) -> list[Copy]:
    tables = _tables().tables
    first = {name: _next_id(tables[name]) for name in ("lead", "user", "registration")}
    for name, column, value, changed in (
        ("lead", "id", place["lead_id"], _lead),
        ("user", "id", place["user_id"], _user),
        ("registration", "id", place["id"], _registration),
        ("user_meta", "user_id", place["user_id"], _meta),
        ("live_presence", "session_id", place["session_id"], _presence),
    ):
        _copy(tables[name], column, value, [changed(first, n) for n in range(count)])
    return [Copy(first["registration"] + n, _session(first, n)) for n in range(count)]


def _copy(table: Table, column: str, value: Any, changes: list[dict[str, Any]]) -> None:
    """Every row of its, once a change: what the table has no column for is none of its."""
    rows = db.session.execute(select(table).where(table.c[column] == value)).mappings()
    mine = [{k: v for k, v in change.items() if k in table.c} for change in changes]
    copies = [dict(row) | change for row in rows for change in mine]
    if copies:
        db.session.execute(insert(table), copies)


def _next_id(table: Table) -> int:
    return int(db.session.scalar(select(func.max(table.c.id))) or 0) + 1


def _session(first: dict[str, int], number: int) -> str:
    return f"copy{first['registration'] + number:020}"


def _lead(first: dict[str, int], number: int) -> dict[str, Any]:
    return {"id": first["lead"] + number}


def _user(first: dict[str, int], number: int) -> dict[str, Any]:
    return {
        "id": first["user"] + number,
        "lead_id": first["lead"] + number,
        "email": f"copy{first['user'] + number}@example.org",
        "ref_code": None,
    }


def _registration(first: dict[str, int], number: int) -> dict[str, Any]:
    return {
        "id": first["registration"] + number,
        "lead_id": first["lead"] + number,
        "user_id": first["user"] + number,
        "token": f"copy{first['registration'] + number:028}",
        "session_id": _session(first, number),
        "submission": None,
    }


def _meta(first: dict[str, int], number: int) -> dict[str, Any]:
    return {"user_id": first["user"] + number, "scope": str(first["registration"] + number)}


def _presence(first: dict[str, int], number: int) -> dict[str, Any]:
    return {
        "session_id": _session(first, number),
        "registration_id": first["registration"] + number,
        "lead_id": first["lead"] + number,
    }


def _be_present(place: dict[str, Any], copies: list[Copy]) -> None:
    """In the room's count, and among those whom the ticker looks after."""
    stamp = (clock.now() + STILL_HERE).timestamp()
    members = {each.session_id: stamp for each in copies}
    room = f"auto:{place['webinar_id']}:{place['slot_id'] or ''}"
    for key in (presence.KEY.format(room), seen.PRESENT):
        ask(lambda server, key=key: server.zadd(key, members), 0)
