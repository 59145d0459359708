"""Core's tables, one file an entity. Imported by Core alone."""

from app.core.models.contact import Contact, ContactScope
from app.core.models.event import EventAck, EventPersonal, EventRecord, Outbox
from app.core.models.lead import Lead, LeadMerge, LeadMeta
from app.core.models.referral import Touch
from app.core.models.registration import Registration, RegistrationMove
from app.core.models.token import OneTimeToken
from app.core.models.user import User, UserMeta, UserRole
from app.core.models.webinar import Webinar, WebinarFormerSlug

__all__ = [
    "Contact",
    "ContactScope",
    "EventAck",
    "EventPersonal",
    "EventRecord",
    "Lead",
    "LeadMerge",
    "LeadMeta",
    "OneTimeToken",
    "Outbox",
    "Registration",
    "RegistrationMove",
    "Touch",
    "User",
    "UserMeta",
    "UserRole",
    "Webinar",
    "WebinarFormerSlug",
]
