"""Small scalar values by (user, scope, key). Keys are namespaced by the system that owns them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, String, cast, delete, func, select, tuple_
from sqlalchemy.orm import aliased

from app import clock
from app.core.errors import UserMetaForbidden
from app.core.models import Registration, UserMeta
from app.core.storage import insert_for, insert_new, transaction
from app.extensions import db

Value = str | int | bool | datetime
LONGEST_VALUE = 500
NAMESPACES = frozenset({"autowebinar", "core"})


@dataclass(frozen=True, slots=True)
class Writer:
    """The right of one system to write keys that begin with its name and an underscore."""

    system: str

    def write(self, user_id: int, scope: str, values: dict[str, Value | None]) -> None:
        """Set values; None is left as it is. UserMetaForbidden changes nothing."""
        self.write_many([(user_id, scope, values)])

    def write_many(self, rows: Iterable[tuple[int, str, dict[str, Value | None]]]) -> None:
        """One statement for any number of users."""
        moment = clock.now()
        flat = [
            self._row(user_id, scope, key, value, moment)
            for user_id, scope, values in rows
            for key, value in values.items()
            if value is not None
        ]
        if flat:
            with transaction():
                _upsert(flat)

    def write_once(self, user_id: int, scope: str, key: str, value: Value) -> bool:
        """Set a value that is not there yet; False where there is one, which stays."""
        with transaction():
            return insert_new(UserMeta, self._row(user_id, scope, key, value, clock.now()))

    def erase(self, owners: Iterable[tuple[int, str]], prefix: str) -> None:
        """Take out the values of those (user, scope) whose keys begin so."""
        self._require_own(prefix)
        wanted = list(owners)
        if wanted:
            with transaction() as session:
                session.execute(
                    delete(UserMeta).where(
                        UserMeta.key.startswith(prefix, autoescape=True),
                        tuple_(UserMeta.user_id, UserMeta.scope).in_(wanted),
                    )
                )

    def _require_own(self, key: str) -> None:
        if not key.startswith(f"{self.system}_"):
            raise UserMetaForbidden(f"{self.system} may not write {key}")

    def _row(
        self, user_id: int, scope: str, key: str, value: Value, moment: datetime
    ) -> dict[str, object]:
        self._require_own(key)
        kind, text = _encode(value)
        return {
            "user_id": user_id,
            "scope": scope,
            "key": key,
            "kind": kind,
            "value": text,
            "updated_at": moment,
        }


def writer(system: str) -> Writer:
    if system not in NAMESPACES:
        raise UserMetaForbidden(f"{system} has no namespace in user meta")
    return Writer(system)


def read(user_id: int, scope: str) -> dict[str, Value]:
    rows = db.session.execute(
        select(UserMeta.key, UserMeta.kind, UserMeta.value).where(
            UserMeta.user_id == user_id, UserMeta.scope == scope
        )
    )
    return {key: _decode(kind, text) for key, kind, text in rows}


def read_many(key: str, owners: Iterable[tuple[int, str]]) -> dict[tuple[int, str], Value]:
    """One key of many (user, scope), in one query; those without it are left out."""
    wanted = list(owners)
    if not wanted:
        return {}
    rows = db.session.execute(
        select(UserMeta.user_id, UserMeta.scope, UserMeta.kind, UserMeta.value).where(
            UserMeta.key == key, tuple_(UserMeta.user_id, UserMeta.scope).in_(wanted)
        )
    )
    return {(user_id, scope): _decode(kind, text) for user_id, scope, kind, text in rows}


def read_prefixed(
    prefix: str, owners: Iterable[tuple[int, str]]
) -> dict[tuple[int, str], dict[str, Value]]:
    """The values whose keys begin so, of many (user, scope), in one query."""
    wanted = list(owners)
    if not wanted:
        return {}
    rows = db.session.execute(
        select(UserMeta.user_id, UserMeta.scope, UserMeta.key, UserMeta.kind, UserMeta.value).where(
            UserMeta.key.startswith(prefix, autoescape=True),
            tuple_(UserMeta.user_id, UserMeta.scope).in_(wanted),
        )
    )
    found: dict[tuple[int, str], dict[str, Value]] = {}
    for user_id, scope, key, kind, text in rows:
        found.setdefault((user_id, scope), {})[key] = _decode(kind, text)
    return found


def holders(key: str, by: str, webinar_id: str) -> list[tuple[int, Value, Value | None]]:
    """(registration id, value, value of the key `by`) of every registration of the webinar that
    has this key."""
    other = aliased(UserMeta)
    rows = db.session.execute(
        select(Registration.id, UserMeta.kind, UserMeta.value, other.kind, other.value)
        .join(UserMeta, _belongs())
        .outerjoin(other, _same_owner(other) & (other.key == by))
        .where(Registration.webinar_id == webinar_id, UserMeta.key == key)
    )
    return [
        (registration_id, _decode(kind, text), _read(*more))
        for registration_id, kind, text, *more in rows
    ]


def counts_by(
    keys: Iterable[str], by: str, webinar_id: str, *, apart: bool
) -> list[tuple[Value | None, str, Value | None, int]]:
    """(value of the key `by`, key, value, how many registrations of the webinar have both): one row
    each, or, unless `apart`, one for all values of a key together."""
    other = aliased(UserMeta)
    own = (UserMeta.kind, UserMeta.value) if apart else ()
    grouped = (other.kind, other.value, UserMeta.key, *own)
    rows = db.session.execute(
        select(func.count(), *grouped)
        .select_from(Registration)
        .join(UserMeta, _belongs())
        .outerjoin(other, _same_owner(other) & (other.key == by))
        .where(Registration.webinar_id == webinar_id, UserMeta.key.in_(list(keys)))
        .group_by(*grouped)
    )
    return [
        (_read(by_kind, by_text), key, _read(*value) if value else None, count)
        for count, by_kind, by_text, key, *value in rows
    ]


def _read(kind: str | None, text: str | None) -> Value | None:
    return _decode(kind, text) if kind is not None and text is not None else None


def newest(key: str, webinar_id: str, *, limit: int) -> list[Value]:
    """What registrations of the webinar have at this key, the newest first."""
    rows = db.session.execute(
        select(UserMeta.kind, UserMeta.value)
        .select_from(Registration)
        .join(UserMeta, _belongs())
        .where(Registration.webinar_id == webinar_id, UserMeta.key == key)
        .order_by(UserMeta.updated_at.desc(), Registration.id.desc())
        .limit(limit)
    )
    return [_decode(kind, text) for kind, text in rows]


def _same_owner(other: type[UserMeta]) -> ColumnElement[bool]:
    return (other.user_id == UserMeta.user_id) & (other.scope == UserMeta.scope)


def _belongs() -> ColumnElement[bool]:
    """A value scoped by a registration."""
    own = UserMeta.user_id == Registration.user_id
    return own & (UserMeta.scope == cast(Registration.id, String))


def _encode(value: Value) -> tuple[str, str]:
    if isinstance(value, bool):
        return "bool", "1" if value else "0"
    if isinstance(value, int):
        return "int", str(value)
    if isinstance(value, datetime):
        return "datetime", value.isoformat()
    if isinstance(value, str) and len(value) <= LONGEST_VALUE:
        return "str", value
    raise UserMetaForbidden("user meta holds small scalars only")


def _decode(kind: str, text: str) -> Value:
    if kind == "bool":
        return text == "1"
    if kind == "int":
        return int(text)
    return datetime.fromisoformat(text) if kind == "datetime" else text


def _upsert(rows: list[dict[str, object]]) -> None:
    insert = insert_for(UserMeta).values(rows)
    fresh = {name: insert.excluded[name] for name in ("kind", "value", "updated_at")}
    db.session.execute(
        insert.on_conflict_do_update(index_elements=["user_id", "scope", "key"], set_=fresh)
    )
