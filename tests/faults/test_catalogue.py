"""The catalogue is whole, and its points are where the product has them."""

import pytest

from tests.faults import catalogue, crashing
from tests.faults.applicability import NOT_INJECTED
from tests.faults.catalogue import Fault
from tests.faults.runner import Outcome
from tests.faults.table import LAST, applicability, drawn

FAULTS = catalogue.everything()


def test_every_fault_of_the_plan_is_injected_or_says_why_not() -> None:
    injected = [fault.number for fault in FAULTS]
    assert sorted([*injected, *NOT_INJECTED]) == list(range(1, LAST + 1))


@pytest.mark.parametrize("name", crashing.POINTS)
def test_point_to_die_at_is_a_function_of_the_product(name: str) -> None:
    holder, attribute = crashing.found(crashing.POINTS[name].place)
    assert callable(getattr(holder, attribute))


def outcome(**fields: object) -> Outcome:
    made = Outcome(6, "kill", "sqlite", injected=1)
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def test_outcome_holds_where_nothing_is_wrong() -> None:
    assert outcome().holds


def test_fault_that_did_not_strike_does_not_hold() -> None:
    assert outcome(injected=0).reasons == ["the fault did not strike"]


def test_more_unknown_than_could_be_does_not_hold() -> None:
    made = outcome(allowed=1)
    made.findings.unknown += ["a", "b"]
    assert made.reasons == ["unknown 2, 1 allowed"]
    made.allowed = 2
    assert made.holds


@pytest.mark.parametrize("what", ["lost", "unflagged", "stuck", "other"])
def test_any_loss_does_not_hold(what: str) -> None:
    made = outcome()
    getattr(made.findings, what).append("it")
    assert not made.holds
    assert drawn([made]).rstrip(" |").endswith("НАРУШЕНО")


def test_applicability_has_a_line_for_each_of_the_plan() -> None:
    assert len(applicability(FAULTS).splitlines()) == 2 + LAST


def test_a_fault_is_entered_once() -> None:
    with pytest.raises(AssertionError):
        catalogue.fault(FAULTS[0].number, "again")(Fault.__init__)  # type: ignore[arg-type]
