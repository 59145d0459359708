import pytest
from app import core
from app.core import events

@pytest.mark.both_databases
def test_smoke(app, make, deliver):
    a = make.ingest("Мария@Пример.рф", name="Мария")
    b = make.ingest(" мария@ПРИМЕР.рф ", name="Иная", phone="8 999 123-45-67")
    assert a.lead_id == b.lead_id and a.created and not b.created
    lead = core.leads.get(a.lead_id)
    assert lead.name == "Мария" and lead.phone == "+79991234567"
    n = deliver()
    assert [e.name for e in reversed(core.timeline.of_lead(a.lead_id))] == [
        "core_ingest_event", "core_lead_created", "core_ingest_event", "core_lead_updated",
        "scenario_start", "message_planned", "message_planned", "message_planned", "message_planned"]
    w = make.webinar()
    r = make.registration(w, "x@example.org")
    assert deliver() >= 0
    from app import messages
    print([(m.kind, m.recipient, m.state, m.text) for m in messages.page()])
    from workers import sender
    sender.drain_here()
    print([(m.kind, m.recipient, m.state, m.reason) for m in messages.page()])
