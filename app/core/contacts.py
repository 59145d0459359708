"""Ways to reach a lead: found by, added, proven, blocked, unsubscribed."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import delete, select, update

from app import clock
from app.core import events, normalise, records
from app.core.bus import record, ring
from app.core.catalogue import CanonicalEvent
from app.core.errors import NotFound
from app.core.models import Contact, ContactScope, Lead
from app.core.models.contact import EMAIL, PHONE, TELEGRAM
from app.core.storage import insert_new, transaction
from app.extensions import db

NEVER = datetime.min.replace(tzinfo=UTC)
C = TypeVar("C", bound=Any)
"""A contact, or a row with the columns of one."""


def find_lead(kind: str, value: str) -> Lead | None:
    """The lead that answers for a contact; a phone finds one only where no other lead has it."""
    owners = db.session.scalars(
        select(Contact.lead_id).where(Contact.kind == kind, Contact.value == value).limit(2)
    ).all()
    return answering(owners[0]) if len(owners) == 1 else None


def answering(lead_id: int) -> Lead:
    """The lead itself, or the one it was merged into."""
    lead = db.session.get(Lead, lead_id)
    if lead is None:
        raise NotFound(f"lead {lead_id}")
    while lead.merged_into_id is not None:
        lead = db.session.get_one(Lead, lead.merged_into_id)
    return lead


def add(lead_id: int, kind: str, value: str, shown: str) -> bool:
    """False where the contact belongs to somebody already."""
    row = {
        "lead_id": lead_id,
        "kind": kind,
        "value": value,
        "shown": normalise.visible(shown)[: normalise.LONGEST_SHOWN],
        "created_at": clock.now(),
    }
    return insert_new(Contact, row)


def of_lead(family: list[int]) -> list[records.ContactRecord]:
    rows = db.session.scalars(
        select(Contact).where(Contact.lead_id.in_(family)).order_by(Contact.id)
    )
    return [records.of_contact(row) for row in rows]


def by_value(kind: str, value: str) -> records.ContactRecord | None:
    row = _row(kind, value)
    return records.of_contact(row) if row else None


def _row(kind: str, value: str) -> Contact | None:
    statement = select(Contact).where(Contact.kind == kind, Contact.value == value).limit(1)
    return db.session.scalar(statement)


def link_telegram(
    lead_id: int, chat_id: int, shown: str, *, registration_id: int | None, proven: bool
) -> bool:
    """Give a lead a Telegram chat; False, and nothing changed, where it is another lead's.

    Unproven, it receives the messages of that registration and no others: it neither replaces
    nor moves a chat that the lead has. Proven, by somebody who is signed in and holds the phone,
    it is the lead's chat from now on, whose ever it was.
    """
    with transaction() as session:
        add(lead_id, TELEGRAM, str(chat_id), shown)
        row = _row(TELEGRAM, str(chat_id))
        if row is None:
            return False
        if answering(row.lead_id).id != answering(lead_id).id:
            if not proven:
                return False
            _move(row, answering(lead_id))
        if proven:
            row.proven_at = clock.now()
        elif registration_id is not None:
            scope = {"contact_id": row.id, "registration_id": registration_id}
            insert_new(ContactScope, scope)
        row.blocked_at = row.unsubscribed_at = None
        session.flush()
        session.refresh(row)
        _tell(events.core_contact_linked, row)
        return True


def _move(row: Contact, lead: Lead) -> None:
    """To the lead that has proven it; whose it was has that way no more."""
    _tell(events.core_contact_blocked, row)
    db.session.execute(delete(ContactScope).where(ContactScope.contact_id == row.id))
    row.lead_id = lead.id


def telegram_for(lead_id: int, registration_id: int | None) -> records.ContactRecord | None:
    """The chat that a message goes to: one that was linked for this registration, else the
    lead's own, the last proven. A message of no registration goes to a proven chat alone."""
    statement = select(Contact).where(
        Contact.kind == TELEGRAM, Contact.lead_id.in_(family_ids(lead_id))
    )
    chosen = preferred(
        db.session.scalars(statement),
        lambda chat: registration_id in [scope.registration_id for scope in chat.scopes],
    )
    return records.of_contact(chosen) if chosen is not None else None


def preferred(chats: Iterable[C], is_meant: Callable[[C], bool]) -> C | None:
    """Of a lead's chats the one that a message goes to: of those that were linked for what it
    concerns, else of the proven ones, the last proven."""
    in_order = sorted(chats, key=lambda chat: (chat.proven_at or NEVER, chat.id))
    meant = [chat for chat in in_order if is_meant(chat)]
    proven = [chat for chat in in_order if chat.proven_at is not None]
    return next(iter((meant or proven)[-1:]), None)


def family_ids(lead_id: int) -> list[int]:
    """The lead's own id and those of the leads merged into it."""
    tree = select(Lead.id).where(Lead.id == answering(lead_id).id).cte("family", recursive=True)
    tree = tree.union(select(Lead.id).join(tree, Lead.merged_into_id == tree.c.id))
    return list(db.session.scalars(select(tree.c.id)))


def mark_blocked(kind: str, value: str, *, blocked: bool = True) -> None:
    """The bot was blocked or the chat is gone; or, with `blocked=False`, it may write again."""
    with transaction():
        row = _row(kind, value)
        if row is None or (row.blocked_at is not None) == blocked:
            return
        row.blocked_at = clock.now() if blocked else None
        _tell(events.core_contact_blocked if blocked else events.core_contact_linked, row)


def unsubscribe(kind: str, value: str) -> bool:
    """False where there is no such contact."""
    with transaction():
        row = _row(kind, value)
        if row is None:
            return False
        if row.unsubscribed_at is None:
            row.unsubscribed_at = clock.now()
            _tell(events.core_contact_unsubscribed, row)
        return True


def resubscribe(kind: str, value: str) -> bool:
    """The lead wants messages again; False where they were never stopped."""
    with transaction():
        row = _row(kind, value)
        if row is None or row.unsubscribed_at is None:
            return False
        row.unsubscribed_at = row.blocked_at = None
        _tell(events.core_contact_linked, row)
        return True


def same_person(lead_id: int | None, other_id: int | None) -> bool:
    """Whether one lead answers for both."""
    if lead_id is None or other_id is None:
        return False
    return answering(lead_id).id == answering(other_id).id


def migrate(kind: str, value: str, new_value: str) -> None:
    """The channel moved the chat to another id."""
    with transaction():
        row = _row(kind, value)
        if row is not None and _row(kind, new_value) is None:
            row.value = new_value


def message_received(kind: str, value: str, text: str) -> int | None:
    """Record what a lead wrote to us; the lead's id, or None for a stranger."""
    with transaction():
        row = _row(kind, value)
        if row is None:
            return None
        lead = answering(row.lead_id)
        payload = {
            "lead_id": lead.id,
            "kind": kind,
            "text": text[:4000],
            "timestamp": clock.unix(clock.now()),
        }
        record(events.core_contact_message_received, payload)
        return lead.id


def is_email(contact_id: int | None) -> bool:
    """Whether a contact is an e-mail address."""
    row = db.session.get(Contact, contact_id) if contact_id is not None else None
    return row is not None and row.kind == EMAIL


def prove_email(lead_id: int, moment: datetime) -> None:
    for row in db.session.scalars(
        select(Contact).where(Contact.lead_id == lead_id, Contact.kind == EMAIL)
    ):
        row.proven_at = row.proven_at or moment


def doubt_chats(lead_id: int) -> None:
    """Chats that were proven by an account which had not proven its address are so no more."""
    chats = update(Contact).where(
        Contact.lead_id.in_(family_ids(lead_id)), Contact.kind == TELEGRAM
    )
    db.session.execute(chats.values(proven_at=None))


def _tell(event: CanonicalEvent, row: Contact) -> None:
    lead = answering(row.lead_id)
    payload = {
        "lead_id": lead.id,
        "kind": row.kind,
        "timestamp": clock.unix(clock.now()),
    }
    record(event, payload)
    ring("messages")


__all__ = ["EMAIL", "PHONE", "TELEGRAM"]
