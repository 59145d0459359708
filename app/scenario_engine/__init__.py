"""scenario-engine: canonical events in, `scenario_start` out. Rules are rows. Sends nothing."""

from app.scenario_engine.engine import connect
from app.scenario_engine.rules import RuleRecord, all_rules, switch, titles

__all__ = ["RuleRecord", "all_rules", "connect", "switch", "titles"]
