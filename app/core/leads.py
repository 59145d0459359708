"""Leads as people of the desk see them: one, a page of them by right, edited, merged, erased."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, or_, select, update

from app import clock
from app.core import access, bus, contacts, events, normalise, records, referrals, tokens, users
from app.core.errors import Forbidden, MergeRefused, NotFound
from app.core.models import (
    Contact,
    EventPersonal,
    EventRecord,
    Lead,
    LeadMerge,
    LeadMeta,
    Registration,
    User,
)
from app.core.storage import transaction
from app.extensions import db


def get(lead_id: int) -> records.LeadRecord:
    """The lead that answers for this id. NotFound where there is none."""
    lead = contacts.answering(lead_id)
    return _records([lead])[0]


def seen_by(viewer: records.UserRecord, lead_id: int) -> records.LeadRecord:
    """The lead, if the viewer may see it; NotFound otherwise, for it tells less."""
    lead = contacts.answering(lead_id)
    visible = _visible_to(viewer).where(Lead.id == lead.id)
    if db.session.scalar(visible.with_only_columns(Lead.id)) is None:
        raise NotFound(f"lead {lead_id}")
    return _records([lead])[0]


def page(
    viewer: records.UserRecord,
    *,
    search: str = "",
    after: int | None = None,
    webinar_id: str | None = None,
    limit: int = 50,
) -> list[records.LeadRecord]:
    """Leads that the viewer may see, newest first; `after` is the last id of the page before.
    `webinar_id`: of those who signed up for it."""
    statement = _visible_to(viewer).order_by(Lead.id.desc()).limit(limit)
    if webinar_id is not None:
        signed_up = select(Registration.lead_id).where(Registration.webinar_id == webinar_id)
        statement = statement.where(Lead.id.in_(signed_up))
    if search:
        statement = statement.where(_matches(search))
    if after is not None:
        statement = statement.where(Lead.id < after)
    return _records(list(db.session.scalars(statement)))


def count_since(viewer: records.UserRecord, moment: datetime) -> int:
    """How many of the leads that the viewer may see appeared since the moment."""
    seen = _visible_to(viewer).where(Lead.created_at >= moment).with_only_columns(func.count())
    return db.session.scalar(seen) or 0


def everything(*, chunk: int = 500) -> Iterator[records.LeadRecord]:
    """Every lead that answers for itself, in order, a chunk in memory at a time."""
    last = 0
    while True:
        statement = select(Lead).where(Lead.id > last, Lead.merged_into_id.is_(None))
        rows = list(db.session.scalars(statement.order_by(Lead.id).limit(chunk)))
        if not rows:
            return
        yield from _records(rows)
        last = rows[-1].id
        db.session.expunge_all()


def _visible_to(viewer: records.UserRecord) -> Select[Lead]:
    statement = select(Lead).where(Lead.merged_into_id.is_(None))
    if viewer.can(access.LEADS_ALL):
        return statement
    if viewer.can(access.LEADS_BRANCH):
        return statement.where(Lead.invited_by.in_(referrals.branch(viewer.user_id)))
    if viewer.can(access.LEADS_OWN):
        return statement.where(Lead.invited_by == viewer.user_id)
    raise Forbidden(f"user {viewer.user_id} sees no leads")


def _matches(search: str) -> Any:
    """By name, or by a contact, a merged lead's contacts being those of the one that answers."""
    ways = [Contact.value.like(_like(each), escape="\\") for each in _ways_to_type(search)]
    found = select(Contact.lead_id.label("id")).where(or_(*ways)).cte("found", recursive=True)
    answers = select(Lead.merged_into_id).join(found, Lead.id == found.c.id)
    found = found.union(answers.where(Lead.merged_into_id.is_not(None)))
    return or_(Lead.name.ilike(_like(search), escape="\\"), Lead.id.in_(select(found.c.id)))


def _like(search: str) -> str:
    escaped = search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped.lower()}%"


def _ways_to_type(search: str) -> list[str]:
    """The search as it is; a phone also by its bare digits, however it was grouped."""
    digits = re.sub(r"[\s()+.-]", "", search)
    return [search, digits.removeprefix("8")] if digits.isdigit() and len(digits) > 4 else [search]


def _records(leads: list[Lead]) -> list[records.LeadRecord]:
    """A fixed number of queries, however many leads the page has."""
    ids = [lead.id for lead in leads]
    shown = _contacts(ids)
    meta = _meta(ids)
    inviters = users.names({lead.invited_by for lead in leads if lead.invited_by is not None})
    return [
        records.of_lead(
            lead,
            shown.get(lead.id, {}),
            meta.get(lead.id, {}),
            inviters.get(lead.invited_by or 0),
        )
        for lead in leads
    ]


def _contacts(ids: list[int]) -> dict[int, dict[str, str]]:
    rows = db.session.execute(
        select(Contact.lead_id, Contact.kind, Contact.value)
        .where(Contact.lead_id.in_(ids))
        .order_by(Contact.id.desc())
    )
    found: dict[int, dict[str, str]] = {}
    for lead_id, kind, value in rows:
        found.setdefault(lead_id, {})[kind] = value
    return found


def _meta(ids: list[int]) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for row in db.session.scalars(select(LeadMeta).where(LeadMeta.lead_id.in_(ids))):
        found.setdefault(row.lead_id, {})[row.key] = row.value
    return found


def names(lead_ids: Iterable[int]) -> dict[int, str]:
    """Names by lead id, in one query; empty for a lead that was erased."""
    rows = db.session.execute(select(Lead.id, Lead.name).where(Lead.id.in_(list(lead_ids))))
    return dict(rows.all())


def family(lead_id: int) -> list[int]:
    """The ids whose history is this lead's: its own and those merged into it."""
    return contacts.family_ids(lead_id)


def edit(lead_id: int, *, actor: records.UserRecord, name: str | None = None) -> None:
    """The team corrects a lead."""
    _permit(actor)
    with transaction():
        lead = contacts.answering(lead_id)
        if name is not None and normalise.name(name) != lead.name:
            lead.name = normalise.name(name)
            changed = {"lead_id": lead.id, "lead_meta": {"name": lead.name}}
            bus.record(events.core_lead_updated, changed)


def merge(primary_id: int, secondary_id: int, *, actor: records.UserRecord) -> int:
    """The secondary answers as the primary from now on; the merge's id, by which it is undone.

    Nothing is moved: both histories stay under their own ids. A primary without an inviter
    receives the secondary's.
    """
    _permit(actor)
    with transaction() as session:
        primary, secondary = (
            contacts.answering(primary_id),
            contacts.answering(secondary_id),
        )
        if primary.id == secondary.id:
            raise MergeRefused("a lead is not merged with itself")
        received = _inherit(primary, secondary)
        secondary.merged_into_id = primary.id
        row = LeadMerge(
            primary_lead_id=primary.id,
            secondary_lead_id=secondary.id,
            actor_id=actor.user_id,
            received=received,
            merged_at=clock.now(),
        )
        session.add(row)
        session.flush()
        _tell_merge(row, undone=False)
        return row.id


def _inherit(primary: Lead, secondary: Lead) -> dict[str, Any]:
    if primary.invited_by is not None or secondary.invited_by is None:
        return {}
    if referrals.would_ring(secondary.invited_by, primary):
        return {}
    primary.invited_by = secondary.invited_by
    return {"invited_by": secondary.invited_by}


def undo_merge(merge_id: int, *, actor: records.UserRecord) -> None:
    """Two leads again, each with what it had."""
    _permit(actor)
    with transaction() as session:
        row = session.get(LeadMerge, merge_id)
        if row is None or row.undone_at is not None:
            raise MergeRefused("there is no such merge to undo")
        row.undone_at = clock.now()
        session.get_one(Lead, row.secondary_lead_id).merged_into_id = None
        if "invited_by" in row.received:
            session.get_one(Lead, row.primary_lead_id).invited_by = None
        _tell_merge(row, undone=True)


def merges_of(lead_id: int) -> list[tuple[int, int]]:
    """(merge id, secondary lead id) of the merges that stand."""
    statement = select(LeadMerge.id, LeadMerge.secondary_lead_id).where(
        LeadMerge.primary_lead_id == lead_id, LeadMerge.undone_at.is_(None)
    )
    return [(merge_id, lead_id) for merge_id, lead_id in db.session.execute(statement)]


def _tell_merge(row: LeadMerge, *, undone: bool) -> None:
    payload = {
        "primary_lead_id": row.primary_lead_id,
        "secondary_lead_id": row.secondary_lead_id,
        "lead_meta": {"merge_id": row.id, "undone": undone},
    }
    bus.record(events.core_lead_merged, payload)


def speaks_for(viewer: records.UserRecord) -> bool:
    """Whether an account may act for its whole lead: its address is proven, or nobody else ever
    submitted that address. Otherwise what others did under it is none of the account's."""
    if viewer.lead_id is None:
        return False
    return viewer.email_proven or not _submitted_by_others(viewer.lead_id)


def _submitted_by_others(lead_id: int) -> bool:
    """More submissions than the new person's one and the places taken while signed in."""
    ids = family(lead_id)
    submitted = select(func.count()).where(
        EventRecord.lead_id.in_(ids), EventRecord.name == events.core_ingest_event.name
    )
    own = select(func.count()).where(Registration.lead_id.in_(ids), Registration.proven)
    return (db.session.scalar(submitted) or 0) > max(1, db.session.scalar(own) or 0)


def erase(lead_id: int) -> None:
    """Remove what names the person: contacts, meta, personal members of events, the account's
    e-mail and password. Ids and facts stay, so that counts do."""
    with transaction() as session:
        ids = family(lead_id)
        now = clock.now()
        session.execute(
            update(Lead).where(Lead.id.in_(ids)).values(name="", erased_at=now, timezone=None)
        )
        _forget(session.execute, ids)
        for user in session.scalars(select(User).where(User.lead_id.in_(ids))):
            user.email, user.name, user.country = f"erased-{user.id}@invalid", "", None
            user.password_hash, user.email_proven_at = None, None
            user.epoch += 1
        session.execute(
            update(Registration)
            .where(Registration.lead_id.in_(ids))
            .values(cancelled_at=now, name="", country=None)
        )
        tokens.forget(ids)
        bus.record(events.core_lead_deleted, {"lead_id": ids[0], "lead_meta": {}})


def _forget(execute: Any, ids: Iterable[int]) -> None:
    kept = ("lead_source", "first_touch_at", "lead_created_at", "lead_created_via")
    execute(update(EventPersonal).where(EventPersonal.lead_id.in_(ids)).values(fields={}))
    execute(delete(LeadMeta).where(LeadMeta.lead_id.in_(ids), LeadMeta.key.not_in(kept)))
    execute(
        update(Contact)
        .where(Contact.lead_id.in_(ids))
        .values(
            value="erased-" + Contact.id.cast(db.String),
            shown="",
            proven_at=None,
            unsubscribed_at=clock.now(),
        )
    )


def _permit(actor: records.UserRecord) -> None:
    if not actor.can(access.LEADS_EDIT):
        raise Forbidden(f"user {actor.user_id} may not change leads")


def withdraw_consent(lead_id: int) -> None:
    """The person takes the consent back: no more messages, on any way to reach them."""
    with transaction() as session:
        now = clock.now()
        lead = contacts.answering(lead_id)
        session.merge(LeadMeta(lead_id=lead.id, key="consent_withdrawn_at", value=clock.unix(now)))
        changed = {"consent_withdrawn_at": clock.unix(now)}
        bus.record(events.core_lead_updated, {"lead_id": lead.id, "lead_meta": changed})
        for contact in contacts.of_lead(family(lead.id)):
            contacts.unsubscribe(contact.kind, contact.value)
