"""The rules by which scenarios start, as they are, and the switch of each."""

from flask import Response, flash, request
from flask_babel import gettext

from app import scenario_engine
from app.blueprints.dashboard import blueprint, rule_words
from app.blueprints.dashboard.desk import show
from app.core import access
from app.extensions import htmx
from app.web import accounts, pages
from app.web.numbers import ID


@blueprint.get("/scenarios/")
@accounts.requires(access.SCENARIOS_MANAGE)
def scenarios() -> Response:
    return show("scenarios", "scenarios.html", rules=scenario_engine.all_rules(), words=rule_words)


@blueprint.post(f"/scenarios/<{ID}:rule_id>/switch/")
@accounts.requires(access.SCENARIOS_MANAGE)
def switch_rule(rule_id: int) -> Response:
    """`enabled` is 1 or 0: what the rule shall be, so that pressing twice changes nothing more."""
    enabled = request.form.get("enabled") == "1"
    rule = scenario_engine.switch(rule_id, enabled=enabled, actor=accounts.viewer())
    if htmx:
        return show("", "_rule.html", rule=rule, words=rule_words)
    flash(gettext("Правило включено.") if enabled else gettext("Правило выключено."), "success")
    return pages.go("/dashboard/scenarios/")
