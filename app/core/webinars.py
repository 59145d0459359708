"""Webinars as Core owns them: made, found, listed. States are in `webinar_states.py`."""

import re
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, tuple_, union_all

from app import clock
from app.core import records
from app.core.errors import NotFound, WebinarRefused
from app.core.models import Webinar, WebinarFormerSlug
from app.core.storage import transaction
from app.extensions import db

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
RESERVED = frozenset({"new", "questions"})
"""Addresses at which pages of our own stand."""
TYPES = ("live", "auto")
EDITABLE = frozenset(
    {
        "slug",
        "title",
        "description",
        "poster",
        "stream_type",
        "stream_source",
        "guest_cta_text",
        "guest_cta_link",
        "speaker_id",
    }
)
SHOWN = ("published", "scheduled", "live", "paused")


def create(
    *, type: str, slug: str, title: str, owner_id: int | None = None, **fields: Any
) -> records.WebinarRecord:
    """A draft. WebinarRefused names what will not do."""
    if type not in TYPES or not title.strip():
        raise WebinarRefused(name="webinar_invalid")
    _only_editable(fields)
    with transaction() as session:
        _require_free(slug)
        row = Webinar(
            webinar_id=f"wb_{secrets.token_hex(8)}",
            type=type,
            slug=slug,
            title=title.strip(),
            owner_id=owner_id,
            created_at=clock.now(),
            **fields,
        )
        session.add(row)
        session.flush()
        return records.of_webinar(row)


def edit(webinar_id: str, **fields: Any) -> records.WebinarRecord:
    """Change what is not a state. A status here is `webinar_status_mutation_forbidden`."""
    _only_editable(fields)
    with transaction():
        row = row_for_change(webinar_id)
        if fields.get("slug", row.slug) != row.slug:
            _move(row, fields["slug"])
        for name, value in fields.items():
            setattr(row, name, value)
        db.session.flush()
        return records.of_webinar(row)


def _move(row: Webinar, slug: str) -> None:
    """To another address, or back to one of before. What it leaves stays its own, so that links which
    people have lead here still."""
    _require_free(slug, row.webinar_id)
    mine = WebinarFormerSlug.slug == slug
    db.session.execute(delete(WebinarFormerSlug).where(mine))
    db.session.add(WebinarFormerSlug(slug=row.slug, webinar_id=row.webinar_id))


def is_free(slug: str, webinar_id: str = "") -> bool:
    """For that webinar: an address that it had is its own, and one that another had is not free."""
    former = WebinarFormerSlug.webinar_id != webinar_id
    taken = union_all(
        select(Webinar.webinar_id).where(Webinar.slug == slug),
        select(WebinarFormerSlug.webinar_id).where(WebinarFormerSlug.slug == slug, former),
    )
    return slug not in RESERVED and db.session.execute(taken).first() is None


def _require_free(slug: str, webinar_id: str = "") -> None:
    if not SLUG.fullmatch(slug):
        raise WebinarRefused(name="webinar_invalid")
    if not is_free(slug, webinar_id):
        raise WebinarRefused(name="webinar_slug_taken")


def _only_editable(fields: dict[str, Any]) -> None:
    if fields.keys() & {"status", "cta_visibility", "scheduled_at"}:
        raise WebinarRefused(name="webinar_status_mutation_forbidden")
    if not fields.keys() <= EDITABLE:
        raise WebinarRefused(name="webinar_invalid")


def row_for_change(webinar_id: str) -> Webinar:
    """The row, locked and fresh; archived ones change no more."""
    statement = select(Webinar).where(Webinar.webinar_id == webinar_id).with_for_update()
    row = db.session.scalar(statement, execution_options={"populate_existing": True})
    if row is None:
        raise NotFound(f"webinar {webinar_id}")
    if row.status == "archived":
        raise WebinarRefused(name="webinar_state_locked")
    return row


def held(webinar_id: str) -> records.WebinarRecord:
    """Inside a transaction: as it is now, and nobody changes it before the end of that. Any number
    may hold it together."""
    statement = select(Webinar).where(Webinar.webinar_id == webinar_id)
    row = db.session.scalar(
        statement.with_for_update(read=True), execution_options={"populate_existing": True}
    )
    if row is None:
        raise NotFound(f"webinar {webinar_id}")
    return records.of_webinar(row)


def get(webinar_id: str) -> records.WebinarRecord | None:
    row = db.session.get(Webinar, webinar_id)
    return records.of_webinar(row) if row else None


def by_slug(slug: str) -> records.WebinarRecord | None:
    row = db.session.scalar(select(Webinar).where(Webinar.slug == slug))
    return records.of_webinar(row) if row else None


def by_former_slug(slug: str) -> records.WebinarRecord | None:
    """The webinar that had that address, and has another one now."""
    statement = select(Webinar).join(WebinarFormerSlug).where(WebinarFormerSlug.slug == slug)
    row = db.session.scalar(statement)
    return records.of_webinar(row) if row else None


def ever_at(slug: str) -> records.WebinarRecord | None:
    """The webinar that has that address, or had it."""
    return by_slug(slug) or by_former_slug(slug)


def listed(
    *, limit: int = 50, after: str | None = None, everything: bool = False
) -> list[records.WebinarRecord]:
    """What the schedule shows: live ones by hour, recorded ones after them."""
    statement = select(Webinar).order_by(
        Webinar.type.desc(),
        Webinar.scheduled_at,
        Webinar.created_at,
        Webinar.webinar_id,
    )
    if not everything:
        statement = statement.where(Webinar.status.in_(SHOWN))
    return [records.of_webinar(row) for row in db.session.scalars(statement.limit(limit))]


def unstarted(*, since: datetime, until: datetime, limit: int = 50) -> list[records.WebinarRecord]:
    """Broadcasts whose announced hour lies between these, and which are not begun; oldest first."""
    statement = select(Webinar).where(
        Webinar.status == "scheduled", Webinar.scheduled_at > since, Webinar.scheduled_at <= until
    )
    rows = db.session.scalars(statement.order_by(Webinar.scheduled_at).limit(limit))
    return [records.of_webinar(row) for row in rows]


def worked_on(
    user_id: int | None, *, after: str | None = None, limit: int = 50
) -> list[records.WebinarRecord]:
    """Those that a person owns or leads (None: everybody's), newest first, a page at a time;
    `after` is the id of the last one of the page before."""
    statement = select(Webinar).order_by(Webinar.created_at.desc(), Webinar.webinar_id.desc())
    if user_id is not None:
        statement = statement.where(or_(Webinar.owner_id == user_id, Webinar.speaker_id == user_id))
    last = db.session.get(Webinar, after) if after else None
    if last is not None:
        place = (Webinar.created_at, Webinar.webinar_id)
        statement = statement.where(tuple_(*place) < tuple_(last.created_at, last.webinar_id))
    return [records.of_webinar(row) for row in db.session.scalars(statement.limit(limit))]


def by_ids(webinar_ids: set[str]) -> dict[str, records.WebinarRecord]:
    """Several at once, in one query."""
    if not webinar_ids:
        return {}
    found = db.session.scalars(select(Webinar).where(Webinar.webinar_id.in_(webinar_ids)))
    return {row.webinar_id: records.of_webinar(row) for row in found}


def run_by(user_id: int, *, limit: int = 500) -> list[str]:
    """Ids of the webinars that are this person's own, or that this person speaks at."""
    own = (Webinar.owner_id == user_id) | (Webinar.speaker_id == user_id)
    statement = select(Webinar.webinar_id).where(own).order_by(Webinar.created_at.desc())
    return list(db.session.scalars(statement.limit(limit)))


def titles(webinar_ids: set[str]) -> dict[str, str]:
    if not webinar_ids:
        return {}
    rows = db.session.execute(
        select(Webinar.webinar_id, Webinar.title).where(Webinar.webinar_id.in_(webinar_ids))
    )
    return dict(rows.all())
