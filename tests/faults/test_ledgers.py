"""The comparison of ledgers sees what it is there to see."""

from dataclasses import replace
from datetime import UTC, datetime

from tests.faults import ledgers
from tests.faults.ledgers import Accepted, Findings, Found
from tests.faults.rows import AT_MOST_ONCE, Kept, Planned, Row

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
EMAIL = "f1-1@example.org"
PLAN = Planned("f1:1", "at_least_once", 7, "f1 1", NOON.timestamp())
ROW = Row(
    id=1,
    dedupe_key="f1:1",
    kind="reply",
    recipient="team",
    policy="at_least_once",
    lead_id=None,
    chat=7,
    text="<b>A &amp; B</b>\nf1 1",
    state="sent",
    reason=None,
    due_at=NOON,
    not_after=None,
    created_at=NOON,
    attempts=1,
    unknown_count=0,
    external_id="1",
)
ARRIVED = Kept(7, 1, "A & B\nf1 1", NOON.timestamp() + 1)


def of_lead(number: int, kind: str, recipient: str, state: str) -> Row:
    key, text = f"run:1:{kind}:{recipient}", f"{kind} {recipient}"
    return replace(
        ROW,
        id=number,
        dedupe_key=key,
        kind=kind,
        recipient=recipient,
        lead_id=5,
        state=state,
        text=text,
    )


WHOLE_LEAD = [
    of_lead(number, kind, recipient, state)
    for number, ((kind, recipient), state) in enumerate(ledgers.OF_A_LEAD.items())
]
TO_TEAM = [Kept(7, n, f"{kind} team", 0.0) for n, kind in enumerate(("welcome", "followup"))]


def compare(*rows: Row, kept: list[Kept], **accepted: object) -> Findings:
    promised = Accepted(plans=[PLAN], **accepted)  # type: ignore[arg-type]
    return ledgers.compare(promised, Found({}, {}, list(rows)), kept)


def lead(rows: list[Row], created: int = 1) -> Findings:
    found = Found({EMAIL: created}, {EMAIL: 5}, rows)
    return ledgers.compare(Accepted(emails=[EMAIL]), found, TO_TEAM)


def test_what_is_well_is_silent() -> None:
    assert compare(ROW, kept=[ARRIVED]) == Findings()
    assert lead(WHOLE_LEAD) == Findings()


def test_accepted_message_without_a_row_is_lost() -> None:
    assert compare(kept=[]).lost == ["f1:1: no row"]


def test_sent_message_that_never_arrived_is_lost() -> None:
    assert len(compare(ROW, kept=[]).lost) == 1


def test_message_that_ended_otherwise_is_lost_unless_that_was_meant() -> None:
    failed = replace(ROW, state="failed")
    assert len(compare(failed, kept=[]).lost) == 1
    assert compare(failed, kept=[], ends={"f1:1": "failed"}) == Findings()


def test_unknown_is_an_end_of_at_most_once_alone() -> None:
    unsure = replace(ROW, state="unknown")
    assert len(compare(unsure, kept=[]).lost) == 1
    assert compare(replace(unsure, policy=AT_MOST_ONCE), kept=[]).lost == []


def test_second_copy_must_be_flagged_and_never_be_of_at_most_once() -> None:
    twice = [ARRIVED, replace(ARRIVED, message_id=2)]
    assert len(compare(ROW, kept=twice).unflagged) == 1
    flagged = compare(replace(ROW, unknown_count=1), kept=twice)
    assert (len(flagged.doubled), flagged.unflagged) == (1, [])
    once = replace(ROW, unknown_count=1, policy=AT_MOST_ONCE)
    assert len(compare(once, kept=twice).unflagged) == 1


def test_unfinished_message_is_stuck() -> None:
    assert len(compare(replace(ROW, state="sending"), kept=[]).stuck) == 1


def test_what_arrives_without_a_row_is_told() -> None:
    assert len(compare(ROW, kept=[ARRIVED, Kept(8, 3, "who?", 0.0)]).other) == 1


def test_message_before_its_time_is_told_and_one_after_it() -> None:
    assert ledgers.untimely([PLAN], [ARRIVED]) == []
    early = replace(ARRIVED, received_at=PLAN.due_at - 1)
    assert ledgers.untimely([PLAN], [early]) == ["f1:1: 1.000 s early"]
    passed = replace(PLAN, not_after=PLAN.due_at - 4)
    assert ledgers.untimely([passed], [ARRIVED]) == ["f1:1: 5.000 s late"]


def test_lead_lacks_a_message_or_is_half_or_is_double() -> None:
    assert len(lead(WHOLE_LEAD[1:]).lost) == 1
    assert len(lead([*WHOLE_LEAD, WHOLE_LEAD[0]]).lost) == 1
    assert lead(WHOLE_LEAD, created=0).lost
    assert ledgers.compare(Accepted(emails=[EMAIL]), Found({}, {}, []), []).lost
    half = ledgers.compare(Accepted(), Found({EMAIL: 0}, {EMAIL: 5}, []), [])
    assert len(half.other) == 1
