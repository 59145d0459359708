"""What the ledger hears: a chat was linked, a lead was erased; and what waits without being heard
of any more."""

from datetime import timedelta

from sqlalchemy import select, update

from app import clock, core
from app.core import Envelope, events
from app.extensions import db
from app.messages import reasons
from app.messages.models import WAITING, Message
from app.messages.plan import tell
from app.messages.send import decide, lateness

OPEN = ("planned", "waiting")
EXPIRED_AT_ONCE = 200
LINKED_WITHIN = timedelta(minutes=5)


def connect() -> None:
    core.subscribe(events.core_contact_linked, "messages.release", release)
    core.subscribe(events.core_lead_deleted, "messages.erasure", erase_words)


def release(envelope: Envelope) -> None:
    """A chat was linked: what waited for one and is meant for it becomes due."""
    release_waiting(envelope.lead_id or 0)


def release_waiting(lead_id: int) -> int:
    """All that waits for a chat of this lead's, however much; one update for each registration."""
    theirs = (
        Message.state == WAITING,
        Message.lead_id.in_(core.contacts.family_ids(lead_id)),
    )
    registrations = db.session.scalars(select(Message.registration_id).where(*theirs).distinct())
    released = 0
    for registration_id in registrations.all():
        if core.contacts.telegram_for(lead_id, registration_id) is not None:
            its = Message.registration_id.is_not_distinct_from(registration_id)
            going = update(Message).where(*theirs, its).values(state="planned", reason=None)
            released += len(db.session.execute(going.returning(Message.id)).all())
    if released:
        core.ring("messages")
    return released


def release_linked() -> int:
    """Heal a race: a message that was planned, or put back to wait, while its chat was being
    linked, so that the link's own release did not see it."""
    since = clock.now() - LINKED_WITHIN
    lead_ids = core.timeline.leads_of(events.core_contact_linked.name, since=since)
    with core.transaction():
        return sum(release_waiting(lead_id) for lead_id in lead_ids)


def close_expired() -> int:
    """What waited for a chat until it was of no more use says so."""
    with core.transaction() as session:
        late = (
            select(Message)
            .where(Message.state == WAITING, Message.not_after < clock.now())
            .limit(EXPIRED_AT_ONCE)
        )
        rows = session.scalars(core.skip_locked(late)).all()
        for row in rows:
            decide(row, "skipped", lateness(row))
        return len(rows)


def erase_words(envelope: Envelope) -> None:
    """An erased lead's messages lose their words, the team's about the lead too, and what was
    not sent yet is not sent. The rows stay, so that counts do."""
    theirs = Message.lead_id.in_(core.contacts.family_ids(envelope.payload["lead_id"]))
    for message in db.session.scalars(select(Message).where(theirs, Message.state.in_(OPEN))):
        message.state, message.reason = "cancelled", reasons.LEAD_ERASED
        tell(message, events.message_not_sent, reasons.LEAD_ERASED)
    db.session.flush()
    db.session.execute(update(Message).where(theirs).values(text="", buttons=[], chat=None))
