"""The history of a lead, and of everything, read from the event log alone."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import select

from app.core import leads
from app.core.bus import Envelope, envelope_of
from app.core.catalogue import CanonicalEvent
from app.core.models import EventPersonal, EventRecord
from app.extensions import db

WITH_PERSONAL = select(EventRecord, EventPersonal.fields).outerjoin(
    EventPersonal, EventPersonal.event_id == EventRecord.event_id
)


def of_lead(lead_id: int, *, before: int | None = None, limit: int = 100) -> list[Envelope]:
    """Newest first; `before` is the last `seq` of the page before. Merged leads' included."""
    statement = WITH_PERSONAL.where(EventRecord.lead_id.in_(leads.family(lead_id)))
    if before is not None:
        statement = statement.where(EventRecord.seq < before)
    rows = db.session.execute(statement.order_by(EventRecord.seq.desc()).limit(limit))
    return [envelope_of(event, personal) for event, personal in rows]


def of_webinar(webinar_id: str, event: CanonicalEvent, *, limit: int = 1000) -> list[Envelope]:
    """One kind of fact about a webinar, in order."""
    mine = EventRecord.webinar_id == webinar_id, EventRecord.name == event.name
    rows = db.session.execute(WITH_PERSONAL.where(*mine).order_by(EventRecord.seq).limit(limit))
    return [envelope_of(found, personal) for found, personal in rows]


def leads_of(name: str, *, since: datetime, limit: int = 200) -> list[int]:
    """Whom the newest events of a name concerned; a recent stretch of the log is read."""
    newest = (
        select(EventRecord.lead_id, EventRecord.occurred_at)
        .where(EventRecord.name == name)
        .order_by(EventRecord.seq.desc())
        .limit(limit)
        .subquery()
    )
    recent = newest.c.occurred_at >= since
    statement = select(newest.c.lead_id).where(recent, newest.c.lead_id.is_not(None))
    return sorted(db.session.scalars(statement.distinct()))


def everything(*, chunk: int = 500) -> Iterator[Envelope]:
    """The whole log in order, a chunk in memory at a time."""
    last = 0
    while True:
        statement = WITH_PERSONAL.where(EventRecord.seq > last).order_by(EventRecord.seq)
        rows = db.session.execute(statement.limit(chunk)).all()
        if not rows:
            return
        for event, personal in rows:
            yield envelope_of(event, personal)
        last = rows[-1][0].seq
        db.session.expunge_all()


def told(event: CanonicalEvent, onces: Iterable[str]) -> set[str]:
    """Of these «once» keys, those under which the event is in the log already; in one query."""
    wanted = {f"{event.name}:{once}": once for once in onces}
    if not wanted:
        return set()
    keys = select(EventRecord.once_key).where(EventRecord.once_key.in_(wanted))
    return {wanted[key] for key in db.session.scalars(keys) if key is not None}
