"""A place is moved: the registration, and in the same transaction what was planned for it."""

from app import core, messages, scenario_engine
from app.core import RegistrationRecord
from app.web.slots import Pick

SCENARIO = "reminders"
BY_VIEWER = "viewer"
BY_TELEGRAM = "telegram"


def move(registration: RegistrationRecord, pick: Pick, *, moved_by: str) -> RegistrationRecord:
    """The registration at what was picked. NotFound where the place was given up meanwhile."""
    with core.transaction():
        moved = core.registrations.move(
            registration.registration_id,
            slot_id=pick.slot_id,
            starts_at=pick.starts_at,
            mode=pick.mode,
            expires_at=pick.expires_at,
            moved_by=moved_by,
        )
        messages.reminders.replan(moved, rule=_rule())
        return moved


def _rule() -> str | None:
    """The rule that reminds, if it is on."""
    found = (rule for rule in scenario_engine.all_rules() if rule.scenario == SCENARIO)
    return next((rule.name for rule in found if rule.enabled), None)
