"""recording-ready-telegram: who missed a broadcast is offered its recording once there is one.

Most recordings come after the message that follows the broadcast: whoever was told there of none is
told once more, with the personal link. Whom no rule told then is not told now either.
"""

from app import clock, core, live, messages
from app.core import RegistrationRecord
from app.messages import MessageRecord, changes, planned, subject
from app.messages.changes import Change

PAGE = 50
CHANGE = "recorded"
KIND = "recording_ready"
BEFORE = "post_not_attended"


def tell() -> int:
    """For the ticker: a page of each broadcast that has a recording now; how many were told."""
    _note_new_ones()
    return sum(_tell_page(change) for change in changes.due((CHANGE,)))


def _note_new_ones() -> None:
    """A page of broadcasts at a time; what is known already is only read."""
    now, after = clock.now(), ""
    while page := live.settling.recorded(now, after=after):
        events = {f"{CHANGE}:{webinar_id}": webinar_id for webinar_id in page}
        for event_id in sorted(events.keys() - changes.noted(events)):
            changes.note(event_id, events[event_id], CHANGE)
        after = page[-1]


def _tell_page(change: Change) -> int:
    with core.transaction():
        if not changes.take(change):
            return 0
        places = core.registrations.of_webinar(change.webinar_id, after=change.cursor, limit=PAGE)
        before = planned.of_kind(BEFORE, places)
        missed = [each for each in places if _is_untold(each, before.get(each.registration_id))]
        for place in missed:
            _tell(place, before[place.registration_id].rule)
        full = len(places) == PAGE
        changes.advance(change, places[-1].registration_id if full else None)
    return len(missed)


def _is_untold(place: RegistrationRecord, before: MessageRecord | None) -> bool:
    return before is not None and subject.room_address(place) not in before.text


def _tell(place: RegistrationRecord, rule: str | None) -> None:
    lead = core.leads.get(place.lead_id)
    values = subject.values(place.lead_id, place)
    messages.plan(
        messages.Plan(
            kind=KIND,
            recipient=messages.LEAD,
            dedupe=f"recording:{place.registration_id}",
            lead_id=place.lead_id,
            webinar_id=place.webinar_id,
            registration_id=place.registration_id,
            rule=rule,
            about_webinar=True,
            locale=lead.locale,
            values=values | {"recording_link": subject.room_address(place)},
            buttons=subject.room_buttons(place, lead.locale),
        )
    )
