"""A lead's history as entries that a marketer reads: the event log, newest first, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app import core, messages, scenario_engine
from app.blueprints.dashboard import details, message_story, words
from app.blueprints.dashboard.desk import one_page
from app.core import Envelope

ENTRIES = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """One event: its sentence, tone of the dot, a line about it or the lead's own words, and
    labelled details."""

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
    names, story = _names(shown), _story(shown)
    return [_entry(each, names, story, traces) for each in shown], last.seq if last else None


def _names(envelopes: Iterable[Envelope]) -> words.Names:
    """Two queries, however many events."""
    held = list(envelopes)
    webinars = {e.webinar_id for e in held if e.webinar_id}
    people = {e.payload.get("ref_id") for e in held}
    return words.Names(
        core.webinars.titles(webinars),
        core.users.names({person for person in people if isinstance(person, int)}),
    )


def _story(envelopes: Iterable[Envelope]) -> message_story.Story:
    """What the ledger knows of the page's messages: three queries, however many."""
    ids = {e.payload["message_id"] for e in envelopes if "message_id" in e.payload}
    if not ids:
        return message_story.Story({}, {}, messages.channel.NOTHING)
    found = messages.by_ids(ids)
    titles = scenario_engine.titles({each.rule for each in found.values() if each.rule})
    return message_story.Story(found, titles, messages.channel.state())


def _entry(
    envelope: Envelope, names: words.Names, story: message_story.Story, traces: bool
) -> Entry:
    return Entry(
        seq=envelope.seq,
        what=words.sentence(envelope.name, envelope.payload, names),
        tone=words.tone(envelope.name),
        said=words.said(envelope.payload) or story.line(envelope.name, envelope.payload),
        at=envelope.occurred_at,
        details=details.lines(envelope.payload, names, traces=traces),
    )
