"""What the ledger hears: a chat was linked, a lead was erased."""

from sqlalchemy import select, update

from app import core
from app.core import Envelope, events
from app.extensions import db
from app.messages import reasons
from app.messages.models import Message
from app.messages.plan import tell

AT_ONCE = 200
OPEN = ("planned", "waiting")


def connect() -> None:
    core.subscribe(events.core_contact_linked, "messages.release", release)
    core.subscribe(events.core_lead_deleted, "messages.erasure", erase_words)


def release(envelope: Envelope) -> None:
    """A chat was linked: what waited for one and is meant for it becomes due."""
    waiting = select(Message).where(
        Message.state == "waiting",
        Message.lead_id.in_(core.contacts.family_ids(envelope.lead_id or 0)),
    )
    for message in db.session.scalars(waiting.limit(AT_ONCE)):
        target = core.contacts.telegram_for(message.lead_id or 0, message.registration_id)
        if target is not None:
            message.state, message.reason = "planned", None
            core.ring("messages")


def erase_words(envelope: Envelope) -> None:
    """An erased lead's messages lose their words, the team's about the lead too, and what was
    not sent yet is not sent. The rows stay, so that counts do."""
    theirs = Message.lead_id.in_(core.contacts.family_ids(envelope.payload["lead_id"]))
    for message in db.session.scalars(select(Message).where(theirs, Message.state.in_(OPEN))):
        message.state, message.reason = "cancelled", reasons.LEAD_ERASED
        tell(message, events.message_not_sent, reasons.LEAD_ERASED)
    db.session.flush()
    db.session.execute(update(Message).where(theirs).values(text="", buttons=[], chat=None))
