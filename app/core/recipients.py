"""What must be known before messages go to leads: asked for many at once, in a fixed number of
queries."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select

from app.core import contacts
from app.core.models import Contact, ContactScope, Lead, LeadMeta, Registration
from app.extensions import db

CONSENT_WITHDRAWN = "consent_withdrawn_at"
Wanted = tuple[int, int | None]


@dataclass(frozen=True, slots=True)
class Chat:
    """A Telegram chat of a lead's."""

    value: str
    blocked: bool
    unsubscribed: bool


@dataclass(frozen=True, slots=True)
class Recipient:
    """A lead as the receiver of a message that concerns a registration, or none.

    `chat`: where such a message goes, as `contacts.telegram_for` has it. `erased`: also a lead
    that is not there.
    """

    erased: bool
    consent_withdrawn: bool
    registration_cancelled: bool
    chat: Chat | None


@dataclass(frozen=True, slots=True)
class _Lead:
    id: int
    merged_into_id: int | None
    erased: bool
    withdrawn: bool


def look_up(wanted: Collection[Wanted]) -> dict[Wanted, Recipient]:
    """By (lead, registration). A merged lead is the one that it was merged into."""
    if not wanted:
        return {}
    registrations = {each for _, each in wanted if each is not None}
    leads = _answering({lead_id for lead_id, _ in wanted})
    chats = _chats({lead.id for lead in leads.values()}, registrations)
    cancelled = _cancelled(registrations)
    return {
        (lead_id, registration_id): Recipient(
            erased=lead_id not in leads or leads[lead_id].erased,
            consent_withdrawn=lead_id in leads and leads[lead_id].withdrawn,
            registration_cancelled=registration_id in cancelled,
            chat=_chosen(chats[leads[lead_id].id], registration_id) if lead_id in leads else None,
        )
        for lead_id, registration_id in wanted
    }


def _answering(lead_ids: set[int]) -> dict[int, _Lead]:
    """Each lead, or the one that it was merged into, by the id that was asked for."""
    known: dict[int, _Lead] = {}
    missing = lead_ids
    while missing:
        known |= _read(missing)
        parents = {lead.merged_into_id for lead in known.values()} - {None, *known, *missing}
        missing = {parent for parent in parents if parent is not None}
    return {lead_id: _top(known, lead_id) for lead_id in lead_ids if lead_id in known}


def _read(lead_ids: set[int]) -> dict[int, _Lead]:
    meta = and_(LeadMeta.lead_id == Lead.id, LeadMeta.key == CONSENT_WITHDRAWN)
    statement = (
        select(Lead.id, Lead.merged_into_id, Lead.erased_at, LeadMeta.key)
        .outerjoin(LeadMeta, meta)
        .where(Lead.id.in_(lead_ids))
    )
    return {
        lead_id: _Lead(lead_id, parent, erased_at is not None, withdrawn is not None)
        for lead_id, parent, erased_at, withdrawn in db.session.execute(statement)
    }


def _top(known: dict[int, _Lead], lead_id: int) -> _Lead:
    lead = known[lead_id]
    while lead.merged_into_id is not None:
        lead = known[lead.merged_into_id]
    return lead


def _chats(roots: set[int], registrations: set[int]) -> defaultdict[int, list[Any]]:
    """Telegram chats of the leads and of those merged into them, by the lead that answers; a
    chat that was linked for some of the registrations once for each of them."""
    tree = select(Lead.id, Lead.id.label("root")).where(Lead.id.in_(roots))
    family = tree.cte("family", recursive=True)
    family = family.union(
        select(Lead.id, family.c.root).join(family, Lead.merged_into_id == family.c.id)
    )
    scope = and_(
        ContactScope.contact_id == Contact.id, ContactScope.registration_id.in_(registrations)
    )
    statement = (
        select(
            family.c.root,
            Contact.id,
            Contact.value,
            Contact.proven_at,
            Contact.blocked_at,
            Contact.unsubscribed_at,
            ContactScope.registration_id,
        )
        .join(Contact, Contact.lead_id == family.c.id)
        .outerjoin(ContactScope, scope)
        .where(Contact.kind == contacts.TELEGRAM)
    )
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in db.session.execute(statement):
        found[row.root].append(row)
    return found


def _chosen(chats: list[Any], registration_id: int | None) -> Chat | None:
    found = contacts.preferred(
        chats, lambda chat: registration_id is not None and chat.registration_id == registration_id
    )
    if found is None:
        return None
    return Chat(found.value, found.blocked_at is not None, found.unsubscribed_at is not None)


def _cancelled(registration_ids: set[int]) -> set[int]:
    if not registration_ids:
        return set()
    statement = select(Registration.id).where(
        Registration.id.in_(registration_ids), Registration.cancelled_at.is_not(None)
    )
    return set(db.session.scalars(statement))
