"""The event log: append-only, «once» by a unique key, and nothing personal in it."""

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app import core
from app.core import events
from app.extensions import db
from tests.fixtures.application import Make
from tests.fixtures.parallel import at_once

pytestmark = pytest.mark.both_databases

emit = core.emitter("client_webinar_tracker")


def entered(session_id: str = "s1", **more: Any) -> dict[str, Any]:
    return {"lead_id": 1, "webinar_id": "wb_1", "session_id": session_id, "timestamp": 5} | more


def rows(column: str) -> list[Any]:
    return list(db.session.execute(text(f"SELECT {column} FROM event ORDER BY seq")).scalars())


def test_event_is_kept_with_what_it_concerns(app: Flask) -> None:
    event_id = emit(events.client_webinar_entered, entered())
    (envelope,) = core.timeline.everything()
    assert (envelope.event_id, envelope.name) == (event_id, "client_webinar_entered")
    assert (envelope.lead_id, envelope.user_id, envelope.webinar_id) == (1, None, "wb_1")
    assert envelope.payload == entered()


def test_once_key_is_kept_once_and_is_the_events_own(app: Flask) -> None:
    assert emit(events.client_webinar_entered, entered(), once="s1")
    assert emit(events.client_webinar_entered, entered(), once="s1") is None
    assert emit(events.client_webinar_entered, entered("s2"), once="s2")
    completed = {"webinar_id": "wb_1", "completed_at": 9}
    assert emit(events.client_webinar_completed, completed, once="s1")
    assert len(rows("name")) == 3


def test_event_without_a_once_key_may_repeat(app: Flask) -> None:
    assert emit(events.client_webinar_entered, entered()) != emit(
        events.client_webinar_entered, entered()
    )


def test_once_at_once_is_one(app: Flask) -> None:
    works = [lambda: emit(events.client_webinar_entered, entered(), once="s1") for _ in range(5)]
    answers = at_once(app, works)
    assert sum(answer is not None for answer in answers) == 1
    assert len(rows("name")) == 1
    assert core.backlog().waiting == 1


def test_order_is_the_order_of_recording(make: Make) -> None:
    lead = make.lead()
    ids = [
        emit(events.client_webinar_entered, entered(f"s{number}", lead_id=lead.lead_id))
        for number in range(5)
    ]
    everything = [envelope.event_id for envelope in core.timeline.everything()]
    newest = [envelope.event_id for envelope in core.timeline.of_lead(lead.lead_id)]
    assert everything[2:] == ids
    assert newest == everything[::-1]


def test_timeline_pages_go_on_where_the_last_ended(make: Make) -> None:
    lead = make.lead()
    for number in range(4):
        emit(events.client_webinar_entered, entered(f"s{number}", lead_id=lead.lead_id))
    first = core.timeline.of_lead(lead.lead_id, limit=4)
    second = core.timeline.of_lead(lead.lead_id, before=first[-1].seq, limit=4)
    assert (len(first), len(second)) == (4, 2)
    assert [*first, *second] == core.timeline.of_lead(lead.lead_id)


def test_whole_log_comes_in_chunks_without_loss(app: Flask) -> None:
    ids = [emit(events.client_webinar_entered, entered(f"s{number}")) for number in range(7)]
    assert [each.event_id for each in core.timeline.everything(chunk=3)] == ids


def test_refused_payload_leaves_nothing(app: Flask) -> None:
    with pytest.raises(core.errors.EventRefused):
        emit(events.client_webinar_entered, {"webinar_id": "wb_1"})
    assert rows("name") == []
    assert core.backlog().waiting == 0


def test_request_is_kept_and_not_delivered(make: Make) -> None:
    make.ingest()
    assert rows("name") == ["core_ingest_event", "core_lead_created"]
    assert core.backlog().waiting == 1


PERSONAL = {
    "name": "Анна Приметная",
    "phone": "+79991234567",
    "ip": "10.9.8.7",
    "user_agent": "Приметный браузер",
}


def test_personal_fields_are_never_in_the_log_itself(make: Make, deliver: Any) -> None:
    email = "anna@primetnaya.example"
    lead = make.lead(email, **PERSONAL)
    core.leads.edit(lead.lead_id, actor=make.user("admin"), name="Анна Другая")
    core.contacts.link_telegram(lead.lead_id, 42, "@a", registration_id=None, proven=True)
    core.contacts.message_received("telegram", "42", "мой секрет")
    form = {"form_id": "f", "form_payload": {"answer": "мой ответ"}, "submitted_at": 5}
    emit(events.client_webinar_form_submitted, {"lead_id": 1, "webinar_id": "wb_1"} | form)
    deliver()
    logged = " ".join(str(each) for each in rows("payload"))
    for trace in (*PERSONAL.values(), email, "Анна Другая", "мой секрет", "мой ответ"):
        assert trace not in logged
        assert trace.encode("unicode_escape").decode() not in logged
    assert "scenario_start" in rows("name")


def test_payload_is_whole_again_for_who_reads_the_timeline(make: Make) -> None:
    lead = make.lead("anna@example.org", **PERSONAL)
    created = core.timeline.of_lead(lead.lead_id)[0]
    submitted = created.payload["payload"]
    assert {key: submitted[key] for key in PERSONAL} == PERSONAL
    assert submitted["email"] == "anna@example.org"


def test_scenario_started_by_any_event_keeps_its_personal_members_apart(app: Flask) -> None:
    """Rules are data: tomorrow's may start from a form that was sent in the room."""
    start = core.emitter("scenario_engine")
    context = {
        "lead_id": 1,
        "payload": {"form_payload": {"answer": "мой ответ"}, "lead_meta": {"phone": "+7000"}},
        "webinar_id": None,
        "session_id": None,
        "run_id": 1,
        "rule": "r",
        "event_id": "e",
    }
    start(events.scenario_start, {"scenario": "welcome", "context": context})
    logged = " ".join(str(each) for each in rows("payload"))
    assert "+7000" not in logged
    assert "answer" not in logged
    (envelope,) = core.timeline.everything()
    assert envelope.payload["context"] == context


def test_nothing_in_core_changes_or_deletes_an_event() -> None:
    """Append-only: no statement of ours touches the log's rows but to insert them."""
    pattern = re.compile(r"\b(update|delete)\(\s*EventRecord\b|\bsession\.delete\(")
    sources = Path(core.__file__).parent.rglob("*.py")
    assert [path.name for path in sources if pattern.search(path.read_text())] == []


def test_events_are_written_by_the_bus_alone() -> None:
    pattern = re.compile(r"\b(insert_new|insert_for|add)\(\s*EventRecord\b|\bEventRecord\(")
    sources = [path for path in Path(core.__file__).parent.rglob("*.py") if path.name != "event.py"]
    assert [path.name for path in sources if pattern.search(path.read_text())] == ["bus.py"]
