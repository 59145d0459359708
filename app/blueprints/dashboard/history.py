"""A lead's history as entries that a marketer reads: the event log, newest first, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app import core
from app.blueprints.dashboard import details, words
from app.blueprints.dashboard.desk import one_page
from app.core import Envelope

ENTRIES = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """One event: its sentence, tone of the dot, the lead's own words, and labelled details."""

    seq: int
    what: str
    tone: str
    said: str
    at: datetime
    details: list[tuple[str, str]]


def of_lead(lead_id: int, before: int | None, *, traces: bool) -> tuple[list[Entry], int | None]:
    """(entries, the cursor of the next page or None). `traces`: network addresses too."""
    envelopes = core.timeline.of_lead(lead_id, before=before, limit=ENTRIES + 1)
    shown, last = one_page(envelopes, ENTRIES)
    names = _names(shown)
    return [_entry(each, names, traces) for each in shown], last.seq if last else None


def _names(envelopes: Iterable[Envelope]) -> words.Names:
    """Two queries, however many events."""
    held = list(envelopes)
    webinars = {e.webinar_id for e in held if e.webinar_id}
    people = {e.payload.get("ref_id") for e in held}
    return words.Names(
        core.webinars.titles(webinars),
        core.users.names({person for person in people if isinstance(person, int)}),
    )


def _entry(envelope: Envelope, names: words.Names, traces: bool) -> Entry:
    return Entry(
        seq=envelope.seq,
        what=words.sentence(envelope.name, envelope.payload, names),
        tone=words.tone(envelope.name),
        said=words.said(envelope.payload),
        at=envelope.occurred_at,
        details=details.lines(envelope.payload, names, traces=traces),
    )
