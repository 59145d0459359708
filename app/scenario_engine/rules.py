"""Rules as data: read, matched, switched on and off."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app import core
from app.core.errors import Forbidden, NotFound
from app.extensions import db
from app.scenario_engine.models import ScenarioRule


@dataclass(frozen=True, slots=True)
class RuleRecord:
    rule_id: int
    name: str
    title: str
    event: str
    conditions: list[dict[str, Any]]
    scenario: str
    once_per: str
    enabled: bool


def all_rules() -> list[RuleRecord]:
    rows = db.session.scalars(select(ScenarioRule).order_by(ScenarioRule.id))
    return [_record(row) for row in rows]


def titles(names: Iterable[str]) -> dict[str, str]:
    """What rules are called, by name; one that is gone is not there."""
    statement = select(ScenarioRule.name, ScenarioRule.title)
    rows = db.session.execute(statement.where(ScenarioRule.name.in_(list(names))))
    return dict(rows.all())


def matching(event: str, payload: dict[str, Any]) -> list[RuleRecord]:
    """The enabled rules of this event whose every condition holds."""
    statement = select(ScenarioRule).where(
        ScenarioRule.event == event, ScenarioRule.enabled.is_(True)
    )
    rows = db.session.scalars(statement.order_by(ScenarioRule.id)).all()
    return [_record(row) for row in rows if all(_holds(c, payload) for c in row.conditions)]


def switch(rule_id: int, *, enabled: bool, actor: core.UserRecord) -> RuleRecord:
    """Turn a rule on or off. What it had started goes on: nobody is dropped by a switch."""
    if not actor.can(core.access.SCENARIOS_MANAGE):
        raise Forbidden(f"user {actor.user_id} may not change scenarios")
    with core.transaction() as session:
        row = session.get(ScenarioRule, rule_id)
        if row is None:
            raise NotFound(f"rule {rule_id}")
        row.enabled = enabled
        return _record(row)


def _holds(condition: dict[str, Any], payload: dict[str, Any]) -> bool:
    value: Any = payload
    for part in condition["field"].split("."):
        value = value.get(part) if isinstance(value, dict) else None
    if condition.get("given"):
        return value is not None
    wanted = condition["is"]
    return value in wanted if isinstance(wanted, list) else value == wanted


def _record(row: ScenarioRule) -> RuleRecord:
    fields = RuleRecord.__dataclass_fields__
    values = {name: getattr(row, name) for name in fields if name != "rule_id"}
    return RuleRecord(rule_id=row.id, **values)
