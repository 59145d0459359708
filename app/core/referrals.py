"""The referral chain: `ref` in a link, `wh_ref` in the browser, `invited_by` on the lead.

Touches are facts and are all kept; who invited a lead is a rule over them: the first valid
touch, set once. An unknown code is ignored, and nobody invites himself, directly or in a ring.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, or_, select, update

from app import clock
from app.core import access, contacts
from app.core.models import Contact, Lead, Touch, User
from app.core.models.contact import EMAIL
from app.core.storage import insert_new, transaction
from app.extensions import db

CODE = re.compile(r"[A-Za-z0-9_-]{1,32}")
VISITOR = re.compile(r"[A-Za-z0-9_-]{16,32}")


def inviter_for(code: str | None) -> int | None:
    """The user id behind a code, or None for one that nobody may use."""
    if not code or not CODE.fullmatch(code):
        return None
    user = db.session.scalar(select(User).where(User.ref_code == code.upper()))
    if user is None:
        return None
    allowed = access.capabilities(row.role for row in user.roles)
    return user.id if access.REFER in allowed else None


def touch(visitor_id: str, code: str, landing: str = "") -> bool:
    """Record that a browser came by a partner's link; once per code and day. False: unknown code."""
    inviter_id = inviter_for(code)
    if inviter_id is None or not VISITOR.fullmatch(visitor_id):
        return False
    now = clock.now()
    row = {
        "visitor_id": visitor_id,
        "code": code.upper(),
        "inviter_id": inviter_id,
        "day": now.date(),
        "landing": landing[:300],
        "touched_at": now,
    }
    with transaction():
        insert_new(Touch, row)
    return True


def first_touch(visitor_id: str | None) -> Touch | None:
    if not visitor_id:
        return None
    statement = select(Touch).where(Touch.visitor_id == visitor_id).order_by(Touch.id).limit(1)
    return db.session.scalar(statement)


def join_touches(visitor_id: str | None, lead_id: int) -> None:
    """The browser's touches are now this lead's, save those of an earlier lead."""
    if visitor_id:
        free = update(Touch).where(Touch.visitor_id == visitor_id, Touch.lead_id.is_(None))
        db.session.execute(free.values(lead_id=lead_id))


def attribute(lead: Lead, visitor_id: str | None, code: str | None) -> int | None:
    """Set `invited_by` where it is blank and an inviter is valid; the inviter when newly set.

    A code given with the submission is a touch of this moment: earlier touches come first.
    """
    if lead.invited_by is not None:
        return None
    for candidate in _candidates(visitor_id, code):
        if not would_ring(candidate, lead):
            lead.invited_by = candidate
            return candidate
    return None


def _candidates(visitor_id: str | None, code: str | None) -> list[int]:
    touches = (
        db.session.scalars(
            select(Touch.code).where(Touch.visitor_id == visitor_id).order_by(Touch.id).limit(20)
        ).all()
        if visitor_id
        else []
    )
    found = [inviter_for(each) for each in dict.fromkeys([*touches, *([code] if code else [])])]
    return [inviter for inviter in found if inviter is not None]


def would_ring(inviter_id: int, lead: Lead) -> bool:
    """Whether the inviter is the lead himself or was, through others, invited by him.

    He is also whoever was merged into him. An account that was made by hand has no lead before
    its owner signs up: then it is known by its address.
    """
    family = contacts.family_ids(lead.id)
    columns = (User.id, User.invited_by, User.lead_id, User.email)
    chain = select(*columns).where(User.id == inviter_id).cte("chain", recursive=True)
    chain = chain.union(select(*columns).join(chain, User.id == chain.c.invited_by))
    addresses = select(Contact.value).where(Contact.lead_id.in_(family), Contact.kind == EMAIL)
    his = or_(chain.c.lead_id.in_(family), chain.c.email.in_(addresses))
    return db.session.scalar(select(chain.c.id).where(his).limit(1)) is not None


def branch(user_id: int):  # type: ignore[no-untyped-def]
    """A selectable of user ids: this one and everyone below in the `invited_by` tree."""
    tree = select(User.id).where(User.id == user_id).cte("branch", recursive=True)
    tree = tree.union(select(User.id).join(tree, User.invited_by == tree.c.id))
    return select(tree.c.id)


@dataclass(frozen=True, slots=True)
class Totals:
    """What a partner's link brought: touches (one a browser and day) and leads."""

    touches: int
    leads: int


def totals(user_id: int) -> Totals:
    touches = select(func.count()).select_from(Touch).where(Touch.inviter_id == user_id)
    return Totals(db.session.scalar(touches) or 0, leads_of([user_id]).get(user_id, 0))


def leads_of(user_ids: Iterable[int]) -> dict[int, int]:
    """Leads that each of these users invited, in one query; nobody without any is there."""
    counted = (
        select(Lead.invited_by, func.count())
        .where(Lead.invited_by.in_(list(user_ids)), Lead.merged_into_id.is_(None))
        .group_by(Lead.invited_by)
    )
    return {inviter: leads for inviter, leads in db.session.execute(counted) if inviter}
