"""Who watches together now: names, roles and the country that a person chose to show, no more.

Fetched when somebody opens the list. Who invited whom is nobody's to see.
"""

from dataclasses import dataclass
from datetime import datetime

from app import chat, core
from app.chat import presence
from app.core import RegistrationRecord, UserRecord
from app.web import countries
from app.web.room import introducing

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Participant:
    name: str
    role: str
    country: str
    you: bool


@dataclass(frozen=True, slots=True)
class Participants:
    """`more`: those who are here and not in the list, for it is long or they are not named.
    `named`: whether the viewer is; `country`: two letters of the one that the viewer shows."""

    shown: list[Participant]
    more: int
    named: bool
    country: str


def of(room: str, viewer: RegistrationRecord, now: datetime) -> Participants:
    """The list as this viewer sees it, in three queries however many are here."""
    sessions = presence.members(room, now, SHOWN)
    here = core.registrations.by_sessions(sessions)
    standings = chat.people.standings(each.registration_id for each in (viewer, *here))
    unnamed = {key for key, standing in standings.items() if standing.unnamed}
    named = [each for each in here if each.name and each.registration_id not in unnamed]
    users = core.users.by_ids({each.user_id for each in (viewer, *named) if each.proven})
    shown = [_participant(each, users.get(each.user_id), viewer) for each in named]
    count = presence.count(room, now)
    shown.sort(key=lambda each: (not each.you, each.name.casefold()))
    return Participants(
        shown,
        more=max(0, count - len(shown)),
        named=viewer.registration_id not in unnamed,
        country=_country(viewer, users.get(viewer.user_id)),
    )


def _country(registration: RegistrationRecord, user: UserRecord | None) -> str:
    return introducing.country_of(registration, user if registration.proven else None)


def _participant(
    registration: RegistrationRecord, user: UserRecord | None, viewer: RegistrationRecord
) -> Participant:
    """An account speaks for an address that is proven to be the viewer's."""
    proven = user if registration.proven else None
    return Participant(
        name=registration.name,
        role=proven.role if proven else "candidate",
        country=countries.name_of(_country(registration, user)),
        you=registration.registration_id == viewer.registration_id,
    )
