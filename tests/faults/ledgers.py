"""Three ledgers side by side: what the web accepted, what the database has, what arrived."""

import html
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.faults.rows import AT_MOST_ONCE, Kept, Planned, Row

TAG = re.compile(r"<[^>]+>")
# What a lead of the form gets: it has no chat, so its own two wait for one.
OF_A_LEAD = {
    ("welcome", "team"): "sent",
    ("welcome", "lead"): "waiting",
    ("followup", "team"): "sent",
    ("followup", "lead"): "waiting",
}
OPEN = ("planned", "sending")
CLOCKS_DIFFER = 0.005
ON_ITS_WAY = 2.0


@dataclass(frozen=True, slots=True)
class Accepted:
    """The web's ledger: addresses of leads and plans that it said it had taken.

    `ends` names other ends than `sent` that a fault is meant to lead to: dedupe key, state.
    """

    emails: Sequence[str] = ()
    plans: Sequence[Planned] = ()
    ends: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """The database's ledger: leads of each address, the lead's number, and messages."""

    leads: Mapping[str, int]
    lead_ids: Mapping[str, int]
    rows: Sequence[Row]


@dataclass(slots=True)
class Findings:
    """Each list says what it is about; an empty one is what must be."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    unflagged: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)


def compare(accepted: Accepted, found: Found, kept: Sequence[Kept]) -> Findings:
    findings = Findings()
    _leads(accepted, found, findings)
    _plans(accepted, found, findings)
    copies = Counter((each.chat, each.text) for each in kept)
    for row in found.rows:
        _row(row, copies[row.chat or 0, plain(row.text)], findings)
    _strays(found, copies, findings)
    return findings


def plain(text: str) -> str:
    """A text as Telegram keeps it, without its markup."""
    return html.unescape(TAG.sub("", text))


def _leads(accepted: Accepted, found: Found, findings: Findings) -> None:
    """I1 and I2: each accepted address is one lead with all its messages, each once."""
    theirs: dict[int | None, list[Row]] = defaultdict(list)
    for row in found.rows:
        theirs[row.lead_id].append(row)
    for email in accepted.emails:
        if found.leads.get(email) != 1:
            findings.lost.append(f"{email}: {found.leads.get(email, 0)} leads")
            continue
        rows = theirs[found.lead_ids[email]]
        kinds = Counter((row.kind, row.recipient) for row in rows)
        for wanted, state in OF_A_LEAD.items():
            if kinds[wanted] != 1:
                findings.lost.append(f"{email}: {wanted} planned {kinds[wanted]} times")
        for row in rows:
            state = OF_A_LEAD.get((row.kind, row.recipient), "none")
            _end(row, state, findings)
    for email, count in found.leads.items():
        if count != 1:
            findings.other.append(f"{email}: a half lead")


def _plans(accepted: Accepted, found: Found, findings: Findings) -> None:
    by_key = {row.dedupe_key: row for row in found.rows}
    for plan in accepted.plans:
        row = by_key.get(plan.dedupe)
        if row is None:
            findings.lost.append(f"{plan.dedupe}: no row")
        else:
            _end(row, accepted.ends.get(plan.dedupe, "sent"), findings)


def _end(row: Row, wanted: str, findings: Findings) -> None:
    """A message that nobody wanted lost ended as it should, or its end is known to be unsure."""
    unsure = row.state == "unknown" and row.policy == AT_MOST_ONCE
    if row.state != wanted and not unsure and row.state not in OPEN:
        findings.lost.append(f"{_named(row)}: {row.state} ({row.reason}), not {wanted}")


def _row(row: Row, copies: int, findings: Findings) -> None:
    if row.state in OPEN:
        findings.stuck.append(f"{_named(row)}: {row.state} ({row.reason})")
    if row.state == "unknown":
        findings.unknown.append(_named(row))
    if row.state == "sent" and copies == 0 and row.text:  # an erased lead's has none
        findings.lost.append(f"{_named(row)}: sent, and never arrived")
    if copies > 1:
        findings.doubled.append(f"{_named(row)}: {copies} copies")
        if row.policy == AT_MOST_ONCE or not row.unknown_count:
            findings.unflagged.append(f"{_named(row)}: {copies} copies, policy {row.policy}")


def untimely(plans: Sequence[Planned], kept: Sequence[Kept]) -> list[str]:
    """I7: nothing before it was due or after its time. A planned text is the last line of what
    arrives."""
    known = {(plan.chat, plan.text): plan for plan in plans}
    found = []
    for each in kept:
        plan = known.get((each.chat, each.text.rpartition("\n")[2]))
        if plan is not None and each.received_at < plan.due_at - CLOCKS_DIFFER:
            found.append(f"{plan.dedupe}: {plan.due_at - each.received_at:.3f} s early")
        if plan is not None and plan.not_after and each.received_at > plan.not_after + ON_ITS_WAY:
            found.append(f"{plan.dedupe}: {each.received_at - plan.not_after:.3f} s late")
    return found


def _strays(found: Found, copies: Counter[tuple[int, str]], findings: Findings) -> None:
    """Nothing arrives that has no row."""
    known = {(row.chat or 0, plain(row.text)) for row in found.rows}
    for chat, text in copies:
        if (chat, text) not in known:
            findings.other.append(f"to {chat} without a row: {text[:40]!r}")


def _named(row: Row) -> str:
    return f"message {row.id} ({row.dedupe_key})"
