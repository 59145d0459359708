"""The product's database as seen from outside: rows read with a connection of our own."""

import contextlib
import signal
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from tests.faults.rows import Row
from tests.fixtures.servers import PostgresCluster

COLUMNS = (
    "id, dedupe_key, kind, recipient, policy, lead_id, chat, text, state, reason, due_at,"
    " not_after, created_at, attempts, unknown_count, external_id"
)
# One that failed is flagged with its error and tried again later: it is not forgotten.
UPDATES = "SELECT count(*) FROM inbox_update WHERE state = 'new' AND error IS NULL"
OPEN = "state IN ('planned', 'sending')"


class Database:
    """SQLite in `folder`, or a PostgreSQL cluster of its own there. It never writes, save where
    a fault is made of writing."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind = kind
        self.file = folder / "efir.db"
        self.cluster: PostgresCluster | None = None
        self._engine: Engine | None = None
        if kind == "postgresql":
            self.cluster = PostgresCluster(folder=str(folder), durable=True)
            self.address = f"{self.cluster.address}/postgres"
        else:
            self.address = f"sqlite:///{self.file}"

    def __enter__(self) -> Self:
        if self.cluster:
            self.cluster.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.cluster:
            self.cluster.close()

    def open(self) -> None:
        self._engine = create_engine(self.address, poolclass=NullPool)

    def ask(self, question: str, **values: Any) -> list[Any]:
        assert self._engine
        with self._engine.connect() as connection:
            return list(connection.execute(text(question), values))

    def write(self, statement: str, *rows: dict[str, Any]) -> None:
        """For a fault that is made of writing: a backlog."""
        assert self._engine
        with self._engine.begin() as connection:
            connection.execute(text(statement), list(rows))

    def number(self, question: str, **values: Any) -> int:
        (row,) = self.ask(question, **values)
        return int(row[0] or 0)

    def last_message(self) -> int:
        return self.number("SELECT max(id) FROM message")

    def rows(self, after: int) -> list[Row]:
        found = self.ask(f"SELECT {COLUMNS} FROM message WHERE id > :after", after=after)
        return [
            Row(*(_moment(value, name) for name, value in row._mapping.items())) for row in found
        ]

    def sending(self) -> int:
        return self.number("SELECT count(*) FROM message WHERE state = 'sending'")

    def unfinished(self) -> dict[str, int]:
        """What is still to do; {} is quiet. Says so too where the database does not answer."""
        try:
            counts = {
                "facts": self.number("SELECT count(*) FROM event_outbox"),
                "updates": self.number(UPDATES),
                "messages": self.number(f"SELECT count(*) FROM message WHERE {OPEN}"),
            }
        except DBAPIError:
            return {"database": 1}
        return {name: count for name, count in counts.items() if count}

    def leads_of(self, tag: str) -> dict[str, int]:
        """How often each lead whose address begins so was created; 1 is a whole lead."""
        found = self.ask(
            "SELECT contact.value, count(event.seq) FROM contact LEFT JOIN event ON"
            " event.lead_id = contact.lead_id AND event.name = 'core_lead_created'"
            " WHERE contact.kind = 'email' AND contact.value LIKE :tag GROUP BY contact.value",
            tag=f"{tag}-%",
        )
        return dict(found)

    def lead_ids_of(self, tag: str) -> dict[str, int]:
        found = self.ask(
            "SELECT value, lead_id FROM contact WHERE kind = 'email' AND value LIKE :tag",
            tag=f"{tag}-%",
        )
        return dict(found)

    def last_beat(self) -> str:
        try:
            rows = self.ask("SELECT max(beat_at) FROM worker_heartbeat WHERE part = 'ticker'")
        except DBAPIError:
            return ""
        return str(rows[0][0])

    def stop(self, number: signal.Signals) -> None:
        assert self.cluster
        self.cluster.stop(number)

    def start(self) -> None:
        assert self.cluster
        self.cluster.start()

    def writable(self) -> bool:
        """Whether a writer gets in at once: nobody holds SQLite's one lock."""
        if self.kind == "postgresql":
            return True
        with contextlib.closing(sqlite3.connect(self.file, timeout=0, isolation_level=None)) as it:
            try:
                it.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return False
            it.execute("ROLLBACK")
            return True

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Another writer holds SQLite all this while."""
        with contextlib.closing(sqlite3.connect(self.file, timeout=30, isolation_level=None)) as it:
            it.execute("BEGIN IMMEDIATE")
            yield
            it.execute("ROLLBACK")


def _moment(value: Any, name: str) -> Any:
    """SQLite tells moments as text without a zone."""
    if name not in ("due_at", "not_after", "created_at") or value is None:
        return value
    if isinstance(value, str):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    return value.astimezone(UTC)
