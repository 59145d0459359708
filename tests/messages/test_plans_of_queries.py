"""What the ledger asks all the time reads an index over the open rows, however many were sent."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import event, insert

from app import clock, core, messages
from app.extensions import db
from app.messages.models import Message
from tests.fixtures.application import Make

SENT = 3000
ASKED: dict[str, Callable[[], object]] = {
    "when the next is due": messages.next_due_at,
    "what is due": lambda: messages.claim_due(8),
    "what was abandoned": messages.heal,
    "what is open": messages.counts,
}


@pytest.fixture
def ledger(make: Make) -> None:
    """Thousands sent, none open: a reader of the whole ledger would read them all."""
    now = clock.now()
    with core.transaction() as session:
        rows = [
            {
                "dedupe_key": f"sent:{number}",
                "kind": "welcome",
                "policy": "at_least_once",
                "recipient": "team",
                "text": "x",
                "buttons": [],
                "state": "sent",
                "due_at": now - timedelta(days=1),
                "created_at": now,
                "sent_at": now,
            }
            for number in range(SENT)
        ]
        session.execute(insert(Message), rows)


@pytest.mark.parametrize("what", ASKED)
def test_question_reads_an_index_and_not_the_ledger(ledger: None, what: str) -> None:
    """By SQLite's own plan: a scan of `message` without an index would be named so."""
    plans: list[str] = []

    def explain(connection: object, _c: object, statement: str, values: object, *_: object) -> None:
        if "FROM message" in statement and statement.lstrip().startswith("SELECT"):
            asked.append((statement, values))

    asked: list[tuple[str, object]] = []
    event.listen(db.engine, "before_cursor_execute", explain)
    try:
        ASKED[what]()
    finally:
        event.remove(db.engine, "before_cursor_execute", explain)
    assert asked
    raw = db.session.connection().connection
    for statement, values in asked:
        cursor = raw.cursor()
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}", values)
        plans += [row[-1] for row in cursor.fetchall()]
        cursor.close()
    assert all("INDEX ix_message_" in plan for plan in plans), plans
