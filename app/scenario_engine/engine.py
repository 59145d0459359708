"""Each canonical event about a lead is held against the rules; a match starts a scenario once."""

from app import clock, core
from app.core import Envelope, events
from app.extensions import db
from app.scenario_engine import rules
from app.scenario_engine.models import ScenarioRun

emit = core.emitter("scenario_engine")

HEARD = (
    events.core_lead_created,
    events.core_lead_updated,
    events.core_lead_deleted,
    events.core_lead_merged,
    events.core_contact_linked,
    events.core_webinar_status_changed,
    events.core_webinar_cta_visibility_changed,
    events.client_webinar_registered,
    events.client_webinar_entered,
    events.client_webinar_form_submitted,
    events.webinar_completed,
    events.post_webinar_route,
)

ONCE_A_SESSION = (events.client_webinar_registered.name, events.post_webinar_route.name)
"""Facts whose «once» key is the viewing session that they are about."""


def connect() -> None:
    for event in HEARD:
        core.subscribe(event, "scenario_engine", hear)


def hear(envelope: Envelope) -> None:
    """Start what the rules say. Delivered again, it finds its runs and starts nothing."""
    if envelope.lead_id is None:
        return
    for rule in rules.matching(envelope.name, envelope.payload):
        _start(rule, envelope)


def _start(rule: rules.RuleRecord, envelope: Envelope) -> None:
    run_id = _new_run(rule, envelope)
    if run_id is None:
        return
    context = {
        "lead_id": envelope.lead_id,
        "payload": _inner(envelope.payload),
        "webinar_id": envelope.webinar_id,
        "session_id": envelope.once if envelope.name in ONCE_A_SESSION else None,
        "run_id": run_id,
        "rule": rule.name,
        "event_id": envelope.event_id,
    }
    emit(
        events.scenario_start,
        {"scenario": rule.scenario, "context": context},
        once=f"{rule.rule_id}:{envelope.event_id}",
    )


def _inner(payload: dict[str, object]) -> dict[str, object]:
    """The submission where the event carries one, else the event's own members."""
    inner = payload.get("payload")
    return inner if isinstance(inner, dict) else payload


def _new_run(rule: rules.RuleRecord, envelope: Envelope) -> int | None:
    once = f"{rule.scenario}:{envelope.lead_id}" if rule.once_per == "lead" else None
    row = {
        "rule_id": rule.rule_id,
        "event_id": envelope.event_id,
        "scenario": rule.scenario,
        "lead_id": envelope.lead_id,
        "once_key": once,
        "started_at": clock.now(),
    }
    if not core.insert_new(ScenarioRun, row):
        return None
    run = db.session.query(ScenarioRun.id).filter_by(
        rule_id=rule.rule_id, event_id=envelope.event_id
    )
    return run.scalar()
