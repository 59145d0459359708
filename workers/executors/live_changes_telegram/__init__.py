"""live-changes-telegram: a broadcast that was moved or cancelled moves or cancels what was planned,
and everybody who holds a place is told once.

Hears `core_webinar_status_changed`: from `scheduled` to `scheduled` is another hour. The telling
itself is the ticker's, a page of places in a transaction.
"""

from datetime import timedelta

from app import clock, core, messages
from app.core import Envelope, RegistrationRecord, WebinarRecord, events
from app.messages import changes, reasons, reminders
from app.messages.changes import Change

PAGE = 50
NEWS_FOR = timedelta(days=7)
"""Whoever links a chat later than that is not told that something long past was cancelled."""
RULE = "reminders_live"
KINDS = {"moved": "live_moved", "cancelled": "live_cancelled"}


def connect() -> None:
    core.subscribe(events.core_webinar_status_changed, "live_changes_telegram", hear)


def hear(envelope: Envelope) -> None:
    before, after = envelope.payload["before"], envelope.payload["after"]
    if after == "cancelled":
        changes.note(envelope.event_id, envelope.webinar_id or "", "cancelled")
    elif before == after == "scheduled":
        changes.note(envelope.event_id, envelope.webinar_id or "", "moved")


def tell() -> int:
    """For the ticker: a page of each change; how many places were told."""
    return sum(_tell_page(change) for change in changes.due(tuple(KINDS)))


def _tell_page(change: Change) -> int:
    webinar = core.webinars.get(change.webinar_id)
    with core.transaction():
        if webinar is None or not changes.take(change):
            return 0
        kind = _kind_now(change, webinar)
        if kind is None:
            changes.advance(change, None)
            return 0
        places = core.registrations.of_webinar(change.webinar_id, after=change.cursor, limit=PAGE)
        theirs = core.registrations.of_leads(change.webinar_id, [each.lead_id for each in places])
        for place in places:
            _replan(place, kind)
            if not _is_told_by_another(place, theirs):
                _tell(change, kind, place, webinar)
        full = len(places) == PAGE
        changes.advance(change, places[-1].registration_id if full else None)
    return len(places)


def _kind_now(change: Change, webinar: WebinarRecord) -> str | None:
    """Facts may come late: of what was cancelled since, that is told; of what has begun, nothing."""
    if webinar.status == "cancelled":
        return "cancelled"
    return "moved" if (change.kind, webinar.status) == ("moved", "scheduled") else None


def _replan(place: RegistrationRecord, kind: str) -> None:
    if kind == "moved":
        reminders.replan(place, rule=RULE)
    else:
        reminders.cancel(place, reasons.WEBINAR_CANCELLED)


def _is_told_by_another(place: RegistrationRecord, theirs: list[RegistrationRecord]) -> bool:
    """Whether its lead holds a newer place, whose message goes to the same chat: told once."""
    newer = [
        each
        for each in theirs
        if each.lead_id == place.lead_id and each.registration_id > place.registration_id
    ]
    return bool(newer) and any(_is_to_the_same(place, each) for each in newer)


def _is_to_the_same(place: RegistrationRecord, other: RegistrationRecord) -> bool:
    """Two own places of a lead without a chat will have the same one."""
    one, two = (
        core.contacts.telegram_for(each.lead_id, each.registration_id) for each in (place, other)
    )
    if one is None or two is None:
        return one is two and place.proven and other.proven
    return one.value == two.value


def _tell(change: Change, kind: str, place: RegistrationRecord, webinar: WebinarRecord) -> None:
    moved = kind == "moved"
    lead = core.leads.get(place.lead_id)
    values = messages.subject.values(place.lead_id, place)
    messages.plan(
        messages.Plan(
            kind=KINDS[kind],
            recipient=messages.LEAD,
            dedupe=f"change:{change.event_id}:{place.registration_id}",
            lead_id=place.lead_id,
            webinar_id=webinar.webinar_id,
            registration_id=place.registration_id,
            about_webinar=True,
            locale=lead.locale,
            not_after=webinar.scheduled_at if moved else clock.now() + NEWS_FOR,
            values=values | {"starts": reminders.start_in_words(place, lead.locale)},
            buttons=messages.subject.room_buttons(place, lead.locale) if moved else [],
        )
    )
