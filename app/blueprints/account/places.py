"""What the cabinet shows as the person's own: places on webinars, the chat, the partner's link."""

from dataclasses import dataclass
from datetime import datetime

from app import core
from app.core import ContactRecord, RegistrationRecord, UserRecord, WebinarRecord, access
from app.web import offers, pages, slots
from app.web import viewer as rooms

GONE = frozenset({"draft", "cancelled", "archived"})


@dataclass(frozen=True, slots=True)
class Place:
    """`address`: of the room, else of the webinar's page; None when there is nothing to open.
    `starts_at` is the place's own, in the zone that it was taken in."""

    webinar: WebinarRecord
    registration: RegistrationRecord
    address: str | None
    has_room: bool

    @property
    def starts_at(self) -> datetime | None:
        return self.registration.starts_at or self.webinar.scheduled_at

    @property
    def zone(self) -> str:
        return slots.zone_of(self.registration)


def of(viewer: UserRecord) -> list[Place]:
    """Newest first, in a fixed number of queries."""
    registrations = core.registrations.of_user(viewer.user_id)
    webinars = core.webinars.by_ids({each.webinar_id for each in registrations})
    return [_place(each, webinars[each.webinar_id]) for each in registrations]


def _place(registration: RegistrationRecord, webinar: WebinarRecord) -> Place:
    has_room = offers.has_room(webinar)
    address = rooms.personal_path(registration) if has_room else f"/webinars/{webinar.slug}/"
    return Place(webinar, registration, None if webinar.status in GONE else address, has_room)


def linked_chat(viewer: UserRecord) -> ContactRecord | None:
    """The chat that is proven to be this person's."""
    if viewer.lead_id is None:
        return None
    return core.contacts.telegram_for(viewer.lead_id, None)


def referral_link(viewer: UserRecord) -> str | None:
    if viewer.ref_code is None or not viewer.can(access.REFER):
        return None
    return pages.public_address(f"/?ref={viewer.ref_code}")
