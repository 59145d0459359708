"""One-time tokens: random, single-purpose, spent once, and short-lived where they open a door."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import delete, or_, select, update

from app import clock
from app.core.errors import TokenRefused
from app.core.models import OneTimeToken, User
from app.core.storage import transaction
from app.extensions import db

LOGIN = "login"
TELEGRAM_REGISTRATION = "telegram_registration"
TELEGRAM_ACCOUNT = "telegram_account"
LIFETIMES = {
    LOGIN: timedelta(minutes=20),
    TELEGRAM_REGISTRATION: timedelta(days=60),
    TELEGRAM_ACCOUNT: timedelta(hours=1),
}
READABLE = frozenset({TELEGRAM_REGISTRATION, TELEGRAM_ACCOUNT})


def issue(
    purpose: str,
    *,
    lead_id: int | None = None,
    user_id: int | None = None,
    contact_id: int | None = None,
    registration_id: int | None = None,
) -> str:
    """A new token of 32 characters of `[A-Za-z0-9_-]`."""
    token = secrets.token_urlsafe(24)
    now = clock.now()
    with transaction() as session:
        session.add(
            OneTimeToken(
                key=_key(purpose, token),
                purpose=purpose,
                lead_id=lead_id,
                user_id=user_id,
                contact_id=contact_id,
                registration_id=registration_id,
                created_at=now,
                expires_at=now + LIFETIMES[purpose],
            )
        )
        session.flush()
    return token


def spend(purpose: str, token: str) -> OneTimeToken:
    """The token's row, spent by this call alone. TokenRefused says nothing of why."""
    with transaction() as session:
        now = clock.now()
        spent = session.scalars(
            update(OneTimeToken)
            .where(
                OneTimeToken.key == _key(purpose, token),
                OneTimeToken.purpose == purpose,
                OneTimeToken.spent_at.is_(None),
                OneTimeToken.expires_at > now,
            )
            .values(spent_at=now)
            .returning(OneTimeToken)
        ).one_or_none()
        if spent is None:
            raise TokenRefused
        return spent


def lead_of_spent(token: str) -> int | None:
    """Whose deep link this was, if it was one and has been used."""
    return db.session.scalar(
        select(OneTimeToken.lead_id).where(
            OneTimeToken.key == token[:64],
            OneTimeToken.purpose.in_(READABLE),
            OneTimeToken.spent_at.is_not(None),
        )
    )


def unspent_for_registration(registration_id: int) -> str | None:
    """The deep-link token that a page of this registration shows, if it is still good."""
    return db.session.scalar(
        select(OneTimeToken.key)
        .where(
            OneTimeToken.registration_id == registration_id,
            OneTimeToken.purpose == TELEGRAM_REGISTRATION,
            OneTimeToken.spent_at.is_(None),
            OneTimeToken.expires_at > clock.now(),
        )
        .limit(1)
    )


def forget(lead_ids: Iterable[int]) -> None:
    """Make every token of erased leads and their accounts worthless."""
    ids = list(lead_ids)
    accounts = select(User.id).where(User.lead_id.in_(ids))
    theirs = or_(OneTimeToken.lead_id.in_(ids), OneTimeToken.user_id.in_(accounts))
    db.session.execute(delete(OneTimeToken).where(theirs))


def _key(purpose: str, token: str) -> str:
    return token[:64] if purpose in READABLE else hashlib.sha256(token.encode()).hexdigest()
