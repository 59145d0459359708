"""Many messages due at once: none keeps the others waiting, and what is asked of them is bounded."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, insert, text

from app import core, messages
from app.core import RegistrationRecord
from app.extensions import db
from app.messages.models import Message
from tests.fixtures.application import Make
from tests.fixtures.queries import asked
from tests.messages.conftest import Ledger, link

pytestmark = pytest.mark.both_databases

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
FEW, MANY = 2_000, 20_000


def test_late_messages_keep_no_timely_one_waiting(ledger: Ledger) -> None:
    with time_machine.travel(NOON, tick=False) as now:
        late = [ledger.plan(not_after=NOON + timedelta(minutes=1)) for _ in range(130)]
        good = ledger.plan(due_at=NOON + timedelta(minutes=2))
        now.shift(timedelta(minutes=3))
        turns = [messages.claim_due(8) for _ in range(4)]
    assert [claim.message_id for claims in turns for claim in claims] == [good.message_id]
    assert {ledger.state(message)[0] for message in late} == {"skipped"}


def test_full_chat_lets_the_others_pass(ledger: Ledger, registration: RegistrationRecord) -> None:
    """What waits for the same chat is spread, in its order; nothing else is moved."""
    link(registration)
    with time_machine.travel(NOON, tick=False) as now:
        team = [ledger.plan() for _ in range(4)]
        person = ledger.to_lead(registration)
        now.shift(1)
        first, second = messages.claim_due(2)
        messages.hand_back([first, second], 3.0, apart=3.0)
        dues = [messages.get(message.message_id).due_at for message in team]
        assert [(due - NOON).total_seconds() for due in dues] == [4, 7, 10, 13]
        assert messages.get(person.message_id).due_at == NOON
        assert [claim.message_id for claim in messages.claim_due(8)] == [person.message_id]
        now.shift(3)
        assert [claim.message_id for claim in messages.claim_due(8)] == [team[0].message_id]


def test_settling_many_is_one_commit_and_one_fact_each(app: Flask, ledger: Ledger) -> None:
    planned = [ledger.plan() for _ in range(5)]
    claims = messages.claim_due(5)
    answers = [
        (claim, messages.Answer("sent", external_id=str(n))) for n, claim in enumerate(claims)
    ]
    commits: list[object] = []

    def note(connection: object) -> None:
        commits.append(connection)

    event.listen(db.engine, "commit", note)
    assert messages.settle_all(answers) == [True] * 5
    event.remove(db.engine, "commit", note)
    assert len(commits) == 1
    told = [e.payload["message_id"] for e in core.timeline.everything() if e.name == "message_sent"]
    assert sorted(told) == sorted(message.message_id for message in planned)
    assert core.backlog().waiting > 0


def test_claims_ask_as_much_about_one_lead_as_about_many(make: Make, ledger: Ledger) -> None:
    webinar = make.webinar()
    for number in range(9):
        registration = make.registration(webinar, f"guest{number}@example.org")
        link(registration, 500 + number)
        ledger.to_lead(registration)
    with asked() as one:
        assert len(messages.claim_due(1)) == 1
    with asked() as many:
        assert len(messages.claim_due(8)) == 8
    assert len(many) == len(one)


def test_recipients_are_those_that_core_names_one_by_one(make: Make) -> None:
    webinar, admin = make.webinar(), make.user("admin")
    kept, merged, nobody = (make.registration(webinar, f"{n}@example.org") for n in "abc")
    for chat, registration, proven in ((1, kept, True), (2, merged, False), (3, merged, True)):
        link(registration, chat, proven=proven)
    core.leads.merge(kept.lead_id, merged.lead_id, actor=admin)
    core.contacts.mark_blocked("telegram", "2")
    core.leads.withdraw_consent(nobody.lead_id)
    wanted = [
        (registration.lead_id, about)
        for registration in (kept, merged, nobody)
        for about in (registration.registration_id, None)
    ]
    found = core.recipients.look_up(wanted)
    for lead_id, about in wanted:
        chat, recipient = core.contacts.telegram_for(lead_id, about), found[lead_id, about]
        assert (recipient.chat and recipient.chat.value) == (chat and chat.value)
        assert (recipient.chat and recipient.chat.blocked) == (chat and chat.blocked)
        assert recipient.consent_withdrawn == (lead_id == nobody.lead_id)
    assert found[merged.lead_id, merged.registration_id].chat is not None
    assert core.recipients.look_up([(404, None)])[404, None].erased


def fill(state: str, count: int, **fields: Any) -> None:
    row = {
        "kind": "followup",
        "policy": "at_least_once",
        "recipient": "team",
        "about_webinar": False,
        "text": "x",
        "buttons": [],
        "state": state,
        "due_at": NOON,
        "created_at": NOON,
        "attempts": 1,
        "unknown_count": 0,
    } | fields
    rows = [row | {"dedupe_key": f"{state}:{number}"} for number in range(count)]
    with core.transaction() as session:
        session.execute(insert(Message), rows)


@contextmanager
def statements() -> Iterator[list[tuple[str, Any]]]:
    seen: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, sql: str, parameters: Any, *_: Any) -> None:
        if sql.lstrip().startswith("SELECT") and "FROM message" in sql:
            seen.append((sql, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def plan_of(sql: str, parameters: Any) -> str:
    with db.engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        explain = "EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN "
        rows = connection.exec_driver_sql(explain + sql, parameters).all()
    return "\n".join(str(row[-1]) for row in rows)


ASKED: dict[str, tuple[Callable[[], object], set[str]]] = {
    "when the next is due": (messages.next_due_at, {"ix_message_due"}),
    "what is abandoned": (messages.heal, set()),
    "what to claim": (lambda: messages.claim_due(8), {"ix_message_due", "ix_message_late"}),
    "the figures": (messages.counts, {"ix_message_doub"}),
}


@pytest.mark.parametrize("question", ASKED)
def test_nothing_that_is_asked_all_the_time_reads_the_whole_ledger(
    app: Flask, question: str
) -> None:
    fill("sent", MANY)
    fill("planned", FEW, not_after=NOON + timedelta(days=30))
    with core.transaction() as session:
        session.execute(text("ANALYZE"))
    ask, indexes = ASKED[question]
    with time_machine.travel(NOON + timedelta(days=40), tick=False), statements() as seen:
        ask()
    db.session.remove()
    plans = [plan_of(sql, parameters) for sql, parameters in seen]
    assert plans
    for plan in plans:
        whole = [line for line in plan.splitlines() if "SCAN message" in line or "Seq Scan" in line]
        assert [line for line in whole if "INDEX" not in line] == [], plan
    assert {name for name in indexes if any(name in plan for plan in plans)} == indexes


def test_doubled_are_counted_without_the_sent_ones(app: Flask, ledger: Ledger) -> None:
    fill("sent", 3)
    with core.transaction() as session:
        session.execute(text("UPDATE message SET unknown_count = 1 WHERE dedupe_key = 'sent:1'"))
    assert messages.counts().doubled == 1
