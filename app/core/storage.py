"""Core's session: the present transaction and inserts that may meet a twin."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.database import Base, after_commit, writing
from app.extensions import db


@contextmanager
def transaction() -> Iterator[Session]:
    """One writing transaction over everything called inside; the outermost commits."""
    with writing(db.session) as session:
        yield session


def on_commit(callback: Callable[[], None]) -> None:
    after_commit(db.session, callback)


def insert_new(model: type[Base], values: dict[str, Any] | list[dict[str, Any]]) -> bool:
    """Insert unless a unique constraint already holds such a row; True when it was inserted."""
    statement = insert_for(model).values(values).on_conflict_do_nothing()
    returned = db.session.execute(statement.returning(*inspect(model).primary_key))
    return returned.first() is not None


def insert_for(model: type[Base]) -> Any:
    """The dialect's own INSERT, which knows ON CONFLICT."""
    if db.session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(model)
    return sqlite.insert(model)


def skip_locked(statement: Any) -> Any:
    """Lock the chosen rows past those that others hold; on SQLite the one writer suffices."""
    return statement.with_for_update(skip_locked=True)


__all__ = [
    "insert_for",
    "insert_new",
    "on_commit",
    "skip_locked",
    "transaction",
]
