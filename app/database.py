"""How SQLite and PostgreSQL are opened, and the one way to write: `transaction()`.

SQLite: WAL, synchronous=FULL, foreign keys on, and a writing transaction begins IMMEDIATE
(a deferred one that reads first fails at once with «database is locked», timeout or not).
PostgreSQL: connections are pinged before use, so that a restart costs one retry, and its clock is
everybody's.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, DateTime, Dialect, Engine, event
from sqlalchemy.orm import DeclarativeBase, Session, scoped_session
from sqlalchemy.types import TypeDecorator

from app import clock

WEB_LOCK_SECONDS = 5
WORKER_LOCK_SECONDS = 20
RETRY_MILLISECONDS = 2
SET_EVERY_SECONDS = 60.0
LONGEST_QUESTION_SECONDS = 0.2
DEPTH = "efir_depth"
AFTER_COMMIT = "efir_after_commit"


class Base(DeclarativeBase):
    """Plain declarative base of every model."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment with its zone on both databases; SQLite keeps UTC text that sorts by time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def engine_options(address: str, *, lock_seconds: float = WEB_LOCK_SECONDS) -> dict[str, Any]:
    if address.startswith("sqlite"):
        return {"connect_args": {"timeout": lock_seconds, "check_same_thread": False}}
    return {"pool_pre_ping": True, "pool_size": 8, "max_overflow": 8, "pool_timeout": 5}


def prepare_engine(engine: Engine) -> None:
    """Hang SQLite's pragmas and explicit BEGIN on the engine; PostgreSQL needs neither."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _open_sqlite)
        event.listen(engine, "begin", _begin_sqlite)


def keep_time(engine: Engine) -> None:
    """Set this process's clock by PostgreSQL's, now and then anew; SQLite is on our own host.

    Asked when a connection is taken, a minute after the last time at the earliest. The answer is of
    some moment between question and answer; one that took long is not used.
    """
    if engine.dialect.name != "postgresql":
        return
    asked_at = -SET_EVERY_SECONDS

    def ask(connection: Any, _record: object, _proxy: object) -> None:
        nonlocal asked_at
        if time.monotonic() - asked_at >= SET_EVERY_SECONDS:
            asked_at = time.monotonic()
            moment, before, after = _time_of(connection)
            if after - before < LONGEST_QUESTION_SECONDS:
                clock.set_by(moment, (before + after) / 2)
            else:
                asked_at -= SET_EVERY_SECONDS

    event.listen(engine, "checkout", ask)


def _time_of(connection: Any) -> tuple[datetime, float, float]:
    """The database's time, and ours by the monotonic clock just before and after."""
    with connection.cursor() as cursor:
        before = time.monotonic()
        cursor.execute("SELECT clock_timestamp()")
        moment = cursor.fetchone()[0]
        after = time.monotonic()
    connection.rollback()
    return moment, before, after


def _open_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    connection.create_function("lower", 1, _lower, deterministic=True)


def _lower(text: Any) -> Any:
    """SQLite's own folds Latin letters alone: «Анна» would not be found by «анна»."""
    return text.lower() if isinstance(text, str) else text


def _begin_sqlite(connection: Connection) -> None:
    mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    if mode == "IMMEDIATE":
        _become_the_writer(connection)
    else:
        connection.exec_driver_sql(f"BEGIN {mode}")


def _become_the_writer(connection: Connection) -> None:
    """Ask for the one writer's place often, until the connection's own patience ends.

    SQLite's busy handler backs off to 100 ms and is unfair: a visitor's form lost to the many
    small writes of the workers for seconds. The last try is SQLAlchemy's, so that it fails as
    any statement does.
    """
    raw: Any = connection.connection.dbapi_connection
    patience = raw.execute("PRAGMA busy_timeout").fetchone()[0]
    raw.execute("PRAGMA busy_timeout = 0")
    try:
        for _ in range(int(patience / RETRY_MILLISECONDS)):
            if _begun(raw):
                return
            time.sleep(RETRY_MILLISECONDS / 1000)
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        raw.execute(f"PRAGMA busy_timeout = {patience}")


def _begun(raw: sqlite3.Connection) -> bool:
    try:
        raw.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        return False
    return True


@contextmanager
def writing(session: scoped_session[Any]) -> Iterator[Session]:
    """One writing transaction: a nested call joins the outermost, which alone commits.

    What was read before is forgotten, so that decisions inside rest on fresh rows. Callbacks
    given to `after_commit` run once the commit is durable, and not at all on a rollback.
    """
    info = session().info
    if info.get(DEPTH):
        yield session()
        return
    _begin_afresh(session())
    info[DEPTH] = 1
    info[AFTER_COMMIT] = []
    try:
        yield session()
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        info[DEPTH] = 0
        callbacks = info.pop(AFTER_COMMIT, [])
    for callback in callbacks:
        callback()


def _begin_afresh(session: Session) -> None:
    if session.in_transaction():
        session.commit()
    session.expire_all()
    session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})


def after_commit(session: scoped_session[Any], callback: Callable[[], None]) -> None:
    """Call back once the present `writing` transaction is durable; equal callbacks once."""
    callbacks = session().info[AFTER_COMMIT]
    if callback not in callbacks:
        callbacks.append(callback)
