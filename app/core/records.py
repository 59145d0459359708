"""What leaves Core: frozen copies of its rows. Nobody outside can write through them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core import access
from app.core.models import Contact, Lead, Registration, User, Webinar


@dataclass(frozen=True, slots=True)
class LeadRecord:
    """`lead_id` is the one that answers: the primary where leads were merged."""

    lead_id: int
    name: str
    email: str | None
    phone: str | None
    locale: str | None
    timezone: str | None
    invited_by: int | None
    inviter_name: str | None
    created_at: datetime
    erased: bool
    meta: dict[str, Any]


@dataclass(frozen=True, slots=True)
class UserRecord:
    user_id: int
    lead_id: int | None
    email: str
    name: str
    roles: tuple[str, ...]
    ref_code: str | None
    invited_by: int | None
    epoch: int
    email_proven: bool
    has_password: bool
    country: str | None
    created_at: datetime

    @property
    def role(self) -> str:
        return access.highest(self.roles)

    def can(self, capability: str) -> bool:
        return capability in access.capabilities(self.roles)


@dataclass(frozen=True, slots=True)
class WebinarRecord:
    webinar_id: str
    slug: str
    type: str
    title: str
    description: str
    poster: str
    status: str
    scheduled_at: datetime | None
    stream_type: str
    stream_source: str
    guest_cta_text: str
    guest_cta_link: str
    cta_visibility: str
    speaker_id: int | None
    owner_id: int | None


@dataclass(frozen=True, slots=True)
class RegistrationRecord:
    registration_id: int
    lead_id: int
    user_id: int
    webinar_id: str
    slot_id: str | None
    starts_at: datetime | None
    zone: str | None
    mode: str
    expires_at: datetime | None
    token: str
    session_id: str
    name: str
    country: str | None
    proven: bool
    source: str
    created_at: datetime
    cancelled: bool


@dataclass(frozen=True, slots=True)
class ContactRecord:
    contact_id: int
    lead_id: int
    kind: str
    value: str
    shown: str
    registration_ids: tuple[int, ...]
    proven: bool
    blocked: bool
    unsubscribed: bool


def of_lead(
    lead: Lead, contacts: dict[str, str], meta: dict[str, Any], inviter_name: str | None
) -> LeadRecord:
    return LeadRecord(
        lead_id=lead.id,
        name=lead.name,
        email=contacts.get("email"),
        phone=contacts.get("phone"),
        locale=lead.locale,
        timezone=lead.timezone,
        invited_by=lead.invited_by,
        inviter_name=inviter_name,
        created_at=lead.created_at,
        erased=lead.erased_at is not None,
        meta=meta,
    )


def of_user(user: User) -> UserRecord:
    return UserRecord(
        user_id=user.id,
        lead_id=user.lead_id,
        email=user.email,
        name=user.name,
        roles=tuple(sorted(row.role for row in user.roles)),
        ref_code=user.ref_code,
        invited_by=user.invited_by,
        epoch=user.epoch,
        email_proven=user.email_proven_at is not None,
        has_password=user.password_hash is not None,
        country=user.country,
        created_at=user.created_at,
    )


def of_webinar(row: Webinar) -> WebinarRecord:
    fields = WebinarRecord.__dataclass_fields__
    return WebinarRecord(**{name: getattr(row, name) for name in fields})


def of_registration(row: Registration) -> RegistrationRecord:
    return RegistrationRecord(
        registration_id=row.id,
        lead_id=row.lead_id,
        user_id=row.user_id,
        webinar_id=row.webinar_id,
        slot_id=row.slot_id,
        starts_at=row.starts_at,
        zone=row.zone,
        mode=row.mode,
        expires_at=row.expires_at,
        token=row.token,
        session_id=row.session_id,
        name=row.name,
        country=row.country,
        proven=row.proven,
        source=row.source,
        created_at=row.created_at,
        cancelled=row.cancelled_at is not None,
    )


def of_contact(row: Contact) -> ContactRecord:
    return ContactRecord(
        contact_id=row.id,
        lead_id=row.lead_id,
        kind=row.kind,
        value=row.value,
        shown=row.shown,
        registration_ids=tuple(scope.registration_id for scope in row.scopes),
        proven=row.proven_at is not None,
        blocked=row.blocked_at is not None,
        unsubscribed=row.unsubscribed_at is not None,
    )
