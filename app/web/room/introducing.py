"""How a viewer is introduced to the others of a room: the role and, where the person shows one, the
country."""

from dataclasses import dataclass

from app import core
from app.core import RegistrationRecord, UserRecord


@dataclass(frozen=True, slots=True)
class Introduction:
    """`country`: two letters, or nothing."""

    role: str
    country: str


UNKNOWN = Introduction("guest", "")
"""To the team alone, who know the viewer otherwise."""


def of(registration: RegistrationRecord) -> Introduction:
    user = core.users.get(registration.user_id) if registration.proven else None
    return Introduction(user.role if user else "guest", country_of(registration, user))


def country_of(registration: RegistrationRecord, account: UserRecord | None) -> str:
    """What was chosen in the room goes before the account's own, even where it is to show none.
    `account`: of an address that is proven to be the viewer's; nobody else's says anything."""
    if registration.country is not None:
        return registration.country
    return (account.country if account is not None else None) or ""
