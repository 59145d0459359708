"""Places on webinars, each with a personal link that opens its room and nothing else. A place can
be moved to another start: the same link, the same person, another hour."""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, String, cast, func, or_, select

from app import clock
from app.core import contacts, events, leads, normalise, records, tokens
from app.core.errors import NotFound
from app.core.ingest import submission_key as submission_key
from app.core.models import EventRecord, Registration, RegistrationMove, User, UserMeta, Webinar
from app.core.storage import insert_new, transaction
from app.extensions import db

SESSION = "session"
RECORDING = "recording"
TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")


def register(
    lead_id: int,
    user_id: int,
    webinar_id: str,
    *,
    proven: bool,
    name: str = "",
    slot_id: str | None = None,
    starts_at: datetime | None = None,
    zone: str | None = None,
    mode: str = SESSION,
    expires_at: datetime | None = None,
    source: str = "signup",
    submission: str | None = None,
) -> tuple[records.RegistrationRecord, bool]:
    """(the registration, whether it is new). The same `submission` answers with its first."""
    with transaction() as session:
        row = {
            "lead_id": contacts.answering(lead_id).id,
            "user_id": user_id,
            "webinar_id": webinar_id,
            "slot_id": slot_id,
            "starts_at": starts_at,
            "zone": zone,
            "mode": mode,
            "expires_at": expires_at,
            "token": secrets.token_urlsafe(24),
            "session_id": secrets.token_hex(12),
            "submission": submission,
            "name": name,
            "proven": proven,
            "source": source,
            "created_at": clock.now(),
        }
        is_new = insert_new(Registration, row)
        its = {"token": row["token"]} if is_new else {"submission": submission}
        made = session.scalars(select(Registration).filter_by(**its)).one()
        if is_new:
            purpose = tokens.TELEGRAM_REGISTRATION
            tokens.issue(purpose, lead_id=made.lead_id, registration_id=made.id)
        return records.of_registration(made), is_new


def by_token(token: str) -> records.RegistrationRecord | None:
    """The registration behind a personal link, unless it was cancelled."""
    if not TOKEN.fullmatch(token):
        return None
    row = db.session.scalar(
        select(Registration).where(Registration.token == token, Registration.cancelled_at.is_(None))
    )
    return records.of_registration(row) if row else None


def by_session(session_id: str) -> records.RegistrationRecord | None:
    row = db.session.scalar(select(Registration).where(Registration.session_id == session_id))
    return records.of_registration(row) if row else None


def by_sessions(session_ids: Iterable[str]) -> list[records.RegistrationRecord]:
    """Registrations of many viewing sessions, in one query."""
    statement = select(Registration).where(Registration.session_id.in_(list(session_ids)))
    return [records.of_registration(row) for row in db.session.scalars(statement)]


def by_ids(registration_ids: Iterable[int]) -> dict[int, records.RegistrationRecord]:
    """Many at once, in one query."""
    statement = select(Registration).where(Registration.id.in_(list(registration_ids)))
    return {row.id: records.of_registration(row) for row in db.session.scalars(statement)}


def unseen(key: str, *, before: datetime, since: datetime, limit: int) -> dict[str, datetime]:
    """Sessions by id whose user meta `key`, a moment scoped by the registration, was written
    after `since` and not after `before`, and whose leaving is not in the log; oldest first.

    `since` bounds what is looked at: sessions older than that were seen to by then.
    """
    left = EventRecord.once_key == events.client_webinar_left.name + ":" + Registration.session_id
    statement = (
        select(Registration.session_id, UserMeta.value)
        .join(UserMeta, UserMeta.user_id == Registration.user_id)
        .outerjoin(EventRecord, left)
        .where(
            UserMeta.key == key,
            UserMeta.updated_at.between(since, before),
            UserMeta.scope == cast(Registration.id, String),
            EventRecord.seq.is_(None),
        )
        .order_by(UserMeta.updated_at)
        .limit(limit)
    )
    rows = db.session.execute(statement)
    return {session_id: datetime.fromisoformat(value) for session_id, value in rows}


def get(registration_id: int) -> records.RegistrationRecord:
    row = db.session.get(Registration, registration_id)
    if row is None:
        raise NotFound(f"registration {registration_id}")
    return records.of_registration(row)


def of_user(
    user_id: int, *, webinar_id: str | None = None, limit: int = 50
) -> list[records.RegistrationRecord]:
    """What a signed-in person sees, newest first: the account's own registrations, and those
    that came from a merely typed address once the address is proven. Of one webinar, the
    account's own come before those, so that nobody pushes a person out of their own session."""
    statement = (
        select(Registration)
        .join(User, User.id == Registration.user_id)
        .where(
            Registration.user_id == user_id,
            Registration.cancelled_at.is_(None),
            or_(Registration.proven.is_(True), User.email_proven_at.is_not(None)),
        )
        .order_by(Registration.id.desc())
        .limit(limit)
    )
    if webinar_id is not None:
        own_first = (Registration.proven.desc(), Registration.id.desc())
        statement = statement.where(Registration.webinar_id == webinar_id)
        statement = statement.order_by(None).order_by(*own_first)
    return [records.of_registration(row) for row in db.session.scalars(statement)]


def of_lead(lead_id: int, *, limit: int = 50) -> list[records.RegistrationRecord]:
    """Newest first, cancelled ones too, with those of leads that were merged into this one."""
    rows = db.session.scalars(_of_lead(lead_id).limit(limit))
    return [records.of_registration(row) for row in rows]


def all_of_lead(lead_id: int) -> list[records.RegistrationRecord]:
    """However many: for what must leave out none, such as an erasure."""
    return [records.of_registration(row) for row in db.session.scalars(_of_lead(lead_id))]


def _of_lead(lead_id: int) -> Select[Registration]:
    theirs = Registration.lead_id.in_(leads.family(lead_id))
    return select(Registration).where(theirs).order_by(Registration.id.desc())


def of_webinar(
    webinar_id: str, *, after: int = 0, limit: int = 200
) -> list[records.RegistrationRecord]:
    """Everybody who holds a place on a webinar, in the order of their ids, a page at a time;
    `after` is the last id of the page before. Cancelled ones are left out."""
    statement = (
        select(Registration)
        .where(
            Registration.webinar_id == webinar_id,
            Registration.id > after,
            Registration.cancelled_at.is_(None),
        )
        .order_by(Registration.id)
        .limit(limit)
    )
    return [records.of_registration(row) for row in db.session.scalars(statement)]


def of_leads(webinar_id: str, lead_ids: Iterable[int]) -> list[records.RegistrationRecord]:
    """All places of these leads on a webinar, in one query. Cancelled ones are left out."""
    statement = select(Registration).where(
        Registration.webinar_id == webinar_id,
        Registration.lead_id.in_(set(lead_ids)),
        Registration.cancelled_at.is_(None),
    )
    return [records.of_registration(row) for row in db.session.scalars(statement)]


def count(webinar_id: str) -> int:
    """How many hold a place on it."""
    held = select(func.count()).where(
        Registration.webinar_id == webinar_id, Registration.cancelled_at.is_(None)
    )
    return db.session.scalar(held) or 0


def counts(webinar_ids: Iterable[str]) -> dict[str, int]:
    """How many hold a place on each, in one query over its index."""
    wanted = list(webinar_ids)
    statement = (
        select(Registration.webinar_id, func.count())
        .where(Registration.webinar_id.in_(wanted), Registration.cancelled_at.is_(None))
        .group_by(Registration.webinar_id)
    )
    return dict.fromkeys(wanted, 0) | dict(db.session.execute(statement).all())


def webinar_of(registration: records.RegistrationRecord) -> records.WebinarRecord:
    return records.of_webinar(db.session.get_one(Webinar, registration.webinar_id))


@dataclass(frozen=True, slots=True)
class Move:
    """`moved_by`: `viewer`, `telegram`, or the id of the user who did it."""

    from_starts_at: datetime | None
    to_starts_at: datetime | None
    moved_by: str
    moved_at: datetime


def move(
    registration_id: int,
    *,
    slot_id: str | None,
    starts_at: datetime | None,
    moved_by: str,
    mode: str = SESSION,
    expires_at: datetime | None = None,
) -> records.RegistrationRecord:
    """The registration at its new start. To where it already is, nothing is recorded. What was
    seen stays seen; NotFound for a place that was given up."""
    with transaction() as session:
        row = _for_change(registration_id)
        if (row.slot_id, row.starts_at, row.mode) == (slot_id, starts_at, mode):
            return records.of_registration(row)
        session.add(
            RegistrationMove(
                registration_id=row.id,
                from_slot_id=row.slot_id,
                from_starts_at=row.starts_at,
                to_slot_id=slot_id,
                to_starts_at=starts_at,
                moved_by=moved_by,
                moved_at=clock.now(),
            )
        )
        row.slot_id, row.starts_at = slot_id, starts_at
        row.mode, row.expires_at = mode, expires_at
        session.flush()
        return records.of_registration(row)


def choose_country(registration_id: int, code: str) -> records.RegistrationRecord:
    """The country that is shown beside the name in this webinar's room; an empty one shows none,
    whatever the account shows. NotFound for a place that was given up."""
    chosen = normalise.country(code) or ""
    with transaction() as session:
        row = _for_change(registration_id)
        row.country = chosen
        session.flush()
        return records.of_registration(row)


def _for_change(registration_id: int) -> Registration:
    """The row, locked and fresh: of two moves at once the later one tells of the earlier."""
    statement = select(Registration).where(Registration.id == registration_id).with_for_update()
    row = db.session.scalar(statement, execution_options={"populate_existing": True})
    if row is None or row.cancelled_at is not None:
        raise NotFound(f"registration {registration_id}")
    return row


def moves(registration_id: int) -> list[Move]:
    """The oldest first."""
    rows = db.session.scalars(
        select(RegistrationMove)
        .where(RegistrationMove.registration_id == registration_id)
        .order_by(RegistrationMove.id)
    )
    return [Move(row.from_starts_at, row.to_starts_at, row.moved_by, row.moved_at) for row in rows]


def moves_count(registration_id: int) -> int:
    counted = select(func.count()).where(RegistrationMove.registration_id == registration_id)
    return db.session.scalar(counted) or 0
