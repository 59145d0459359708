"""Accounts: made at the first registration, opened by password or one-time link."""

import secrets

from sqlalchemy import select, update

from app import clock
from app.core import access, contacts, events, normalise, passwords, records
from app.core.bus import record
from app.core.errors import Forbidden, IngestRefused, NotFound, ReferralRefused
from app.core.ingest import tell_ref_resolved
from app.core.models import Contact, Lead, Registration, User, UserRole
from app.core.models.contact import EMAIL
from app.core.storage import transaction
from app.extensions import db

CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 8


def get(user_id: int) -> records.UserRecord | None:
    user = db.session.get(User, user_id)
    return records.of_user(user) if user else None


def by_ids(user_ids: set[int]) -> dict[int, records.UserRecord]:
    """Many at once, with their roles."""
    if not user_ids:
        return {}
    statement = select(User).where(User.id.in_(user_ids))
    return {user.id: records.of_user(user) for user in db.session.scalars(statement)}


def by_email(email: str) -> records.UserRecord | None:
    row = _by_email(email)
    return records.of_user(row) if row else None


def _by_email(email: str) -> User | None:
    try:
        value = normalise.email(email)
    except IngestRefused:
        return None
    return db.session.scalar(select(User).where(User.email == value))


def ensure_for_lead(lead_id: int, password_hash: str | None, *, new_lead: bool) -> tuple[int, bool]:
    """The account of a lead, made where there is none: (user id, whether it was made).

    A password counts only for a person who was unknown a moment ago: whoever types a known
    address does not set its password.
    """
    with transaction() as session:
        lead = contacts.answering(lead_id)
        _one_at_a_time(lead)
        user = session.scalar(select(User).where(User.lead_id == lead.id))
        if user is None:
            user = session.scalar(select(User).where(User.email == _email_of(lead)))
            if user is not None and user.lead_id is None:
                user.lead_id = lead.id
                user.invited_by = user.invited_by or lead.invited_by
        if user is not None:
            return user.id, False
        return _make(lead, password_hash if new_lead else None), True


def _one_at_a_time(lead: Lead) -> None:
    """Two first sign-ups of a known lead make one account; children of the lead do not wait."""
    held = select(Lead.id).where(Lead.id == lead.id).with_for_update(key_share=True)
    db.session.execute(held)


def _email_of(lead: Lead) -> str:
    statement = select(Contact.value).where(Contact.lead_id == lead.id, Contact.kind == EMAIL)
    return db.session.scalars(statement.order_by(Contact.id)).first() or ""


def _make(lead: Lead, password_hash: str | None) -> int:
    user = User(
        lead_id=lead.id,
        email=_email_of(lead),
        name=lead.name,
        invited_by=lead.invited_by,
        password_hash=password_hash,
        created_at=clock.now(),
        roles=[UserRole(role="candidate")],
    )
    db.session.add(user)
    db.session.flush()
    record(
        events.core_user_registered,
        _fact(user),
        once=str(user.id),
        subject=_about(user),
    )
    if user.invited_by is not None:
        tell_ref_resolved(user)
    return user.id


def _fact(user: User) -> dict[str, object]:
    return {
        "event_id": "",
        "user_id": user.id,
        "ref_id": user.invited_by,
        "timestamp": clock.unix(clock.now()),
    }


def _about(user: User) -> dict[str, object]:
    return {"lead_id": user.lead_id}


def check_password(email: str, password: str) -> records.UserRecord | None:
    """The account, or None; the same work either way."""
    user = _by_email(email)
    if not passwords.matches(user.password_hash if user else None, password):
        return None
    assert user is not None
    return records.of_user(user)


def signed_in(user_id: int, *, proves_email: bool = False) -> records.UserRecord:
    """Record a log-in. One by a link that was mailed proves the address: what whoever typed the
    address first had set is dropped (password, linked chats), and their sessions end."""
    with transaction() as session:
        user = session.get_one(User, user_id)
        user.last_login_at = clock.now()
        if proves_email and user.email_proven_at is None:
            _prove(user)
        record(events.core_user_login, _fact(user), subject=_about(user))
        return records.of_user(user)


def _prove(user: User) -> None:
    """From now on the account is the address's owner's: what was before could be a stranger's."""
    user.email_proven_at = clock.now()
    user.password_hash = None
    user.epoch += 1
    earlier = update(Registration).where(Registration.user_id == user.id)
    db.session.execute(earlier.values(proven=False))
    if user.lead_id is not None:
        contacts.prove_email(user.lead_id, clock.now())
        contacts.doubt_chats(user.lead_id)


def set_password(user_id: int, password: str) -> records.UserRecord:
    """Set the password of a signed-in person; every other session of the account ends."""
    with transaction() as session:
        user = session.get_one(User, user_id)
        user.password_hash = passwords.hashed(password)
        user.password_proven = user.email_proven_at is not None
        user.epoch += 1
        return records.of_user(user)


def rename(user_id: int, name: str) -> records.UserRecord:
    """Change the account's name. IngestRefused(`name`) for what is none."""
    cleaned = normalise.name(name)
    with transaction() as session:
        user = session.get_one(User, user_id)
        user.name = cleaned
        return records.of_user(user)


def choose_country(user_id: int, code: str) -> records.UserRecord:
    """The country that the person shows beside the name; an empty one shows none."""
    chosen = normalise.country(code)
    with transaction() as session:
        user = session.get_one(User, user_id)
        user.country = chosen
        return records.of_user(user)


def close(user_id: int) -> None:
    """End an account whose address nobody proved, with the places that were taken under it.
    What others submitted under that address stays, and so does the lead."""
    with transaction() as session:
        user = session.get_one(User, user_id)
        user.password_hash, user.name, user.country = None, "", None
        user.epoch += 1
        own = update(Registration).where(
            Registration.user_id == user_id, Registration.proven.is_(True)
        )
        session.execute(own.values(cancelled_at=clock.now(), name="", country=None))


def create(
    email: str,
    *,
    name: str = "",
    password: str | None = None,
    roles: tuple[str, ...] = ("candidate",),
    proven: bool = False,
    ref_code: str | None = None,
) -> records.UserRecord:
    """Make an account by hand, or give an existing one the roles and password."""
    value = normalise.email(email)
    with transaction() as session:
        user = session.scalar(select(User).where(User.email == value))
        if user is None:
            user = User(email=value, name=name, created_at=clock.now(), roles=[])
            lead = contacts.find_lead(EMAIL, value)
            if lead is not None:
                user.lead_id, user.invited_by = lead.id, lead.invited_by
            session.add(user)
        if password:
            user.password_hash, user.password_proven = passwords.hashed(password), True
        if proven:
            user.email_proven_at = user.email_proven_at or clock.now()
        user.name = name or user.name
        session.flush()
        if user.invited_by is not None:
            tell_ref_resolved(user)
        for role in roles:
            _give(user, role, ref_code)
        return records.of_user(user)


def grant_role(user_id: int, role: str, *, actor: records.UserRecord) -> records.UserRecord:
    """Give a role; a partner and a leader get a code. Forbidden without the capability."""
    if not actor.can(access.PARTNERS_MANAGE):
        raise Forbidden(f"user {actor.user_id} may not give roles")
    if role not in access.ROLES:
        raise NotFound(f"role {role}")
    with transaction() as session:
        user = session.get(User, user_id)
        if user is None:
            raise NotFound(f"user {user_id}")
        _give(user, role)
        return records.of_user(user)


def revoke_role(user_id: int, role: str, *, actor: records.UserRecord) -> records.UserRecord:
    """Take a role back. The code stays the person's, but refers nobody while the role is gone."""
    if not actor.can(access.PARTNERS_MANAGE):
        raise Forbidden(f"user {actor.user_id} may not take roles")
    if role in access.holders(access.PARTNERS_MANAGE) and actor.user_id == user_id:
        raise Forbidden("nobody takes his own last key")
    with transaction() as session:
        user = session.get(User, user_id)
        if user is None:
            raise NotFound(f"user {user_id}")
        user.roles = [row for row in user.roles if row.role != role]
        user.epoch += 1
        return records.of_user(user)


def _give(user: User, role: str, ref_code: str | None = None) -> None:
    if all(row.role != role for row in user.roles):
        user.roles.append(UserRole(role=role))
    if access.REFER in access.GRANTS[role] and user.ref_code is None:
        user.ref_code = ref_code.upper() if ref_code else _free_code()
    db.session.flush()


def _free_code() -> str:
    for _ in range(20):
        code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
        if db.session.scalar(select(User.id).where(User.ref_code == code)) is None:
            return code
    raise ReferralRefused("no free code was found")


def page(
    *,
    role: str | None = None,
    search: str = "",
    after: int | None = None,
    limit: int = 50,
) -> list[records.UserRecord]:
    """Accounts, newest first; `after` is the last user id of the page before."""
    statement = select(User).order_by(User.id.desc()).limit(limit)
    if role:
        statement = statement.join(UserRole, UserRole.user_id == User.id).where(
            UserRole.role == role
        )
    if search:
        like = f"%{_escaped(search.lower())}%"
        statement = statement.where(User.email.like(like, escape="\\"))
    if after is not None:
        statement = statement.where(User.id < after)
    return [records.of_user(user) for user in db.session.scalars(statement)]


def who_may(capability: str, *, limit: int) -> list[records.UserRecord]:
    """Accounts with that right, newest first, each once."""
    granted = UserRole.role.in_(access.holders(capability))
    statement = select(User).where(User.roles.any(granted)).order_by(User.id.desc())
    return [records.of_user(user) for user in db.session.scalars(statement.limit(limit))]


def names(user_ids: set[int]) -> dict[int, str]:
    """Shown names by user id, in one query."""
    if not user_ids:
        return {}
    rows = db.session.execute(select(User.id, User.name, User.email).where(User.id.in_(user_ids)))
    return {user_id: name or email for user_id, name, email in rows}


def shown_names(user_ids: set[int]) -> dict[int, str]:
    """Names for strangers' eyes: who gave none is left out, for an e-mail is not shown."""
    if not user_ids:
        return {}
    chosen = select(User.id, User.name).where(User.id.in_(user_ids), User.name != "")
    return dict(db.session.execute(chosen).all())


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
