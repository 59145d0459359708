"""The door of Core: what other rooms may call and hear. Nothing else here is theirs.

Core owns leads, contacts, users, user meta, the referral chain, webinars, registrations and the
log of canonical events, and is the only writer of their tables. Everything that leaves is a
frozen record; everything that changes goes through a function of this door, in a transaction.
"""

from app.core import (
    access,
    bus,
    contacts,
    errors,
    events,
    ingest,
    leads,
    normalise,
    passwords,
    recipients,
    records,
    referrals,
    registrations,
    timeline,
    tokens,
    user_meta,
    users,
    webinar_states,
    webinars,
)
from app.core.bus import (
    Backlog,
    Emit,
    Envelope,
    backlog,
    deliver_due,
    emitter,
    emitter_of_many,
    hang_doorbell,
    next_delivery_at,
    request,
    ring,
    subscribe,
    subscribers,
)
from app.core.catalogue import CanonicalEvent
from app.core.errors import CoreRefusal
from app.core.ingest import Ingested
from app.core.recipients import Recipient
from app.core.records import (
    ContactRecord,
    LeadRecord,
    RegistrationRecord,
    UserRecord,
    WebinarRecord,
)
from app.core.storage import insert_for, insert_new, on_commit, skip_locked, transaction

events.core_ingest_event.connect(ingest.hear, weak=False)
events.core_webinar_set_status.connect(webinar_states.hear_set_status, weak=False)
events.core_webinar_set_cta_visibility.connect(webinar_states.hear_set_cta, weak=False)

__all__ = [
    "Backlog",
    "CanonicalEvent",
    "ContactRecord",
    "CoreRefusal",
    "Emit",
    "Envelope",
    "Ingested",
    "LeadRecord",
    "Recipient",
    "RegistrationRecord",
    "UserRecord",
    "WebinarRecord",
    "access",
    "backlog",
    "bus",
    "contacts",
    "deliver_due",
    "emitter",
    "emitter_of_many",
    "errors",
    "events",
    "hang_doorbell",
    "ingest",
    "insert_for",
    "insert_new",
    "leads",
    "next_delivery_at",
    "normalise",
    "records",
    "referrals",
    "registrations",
    "request",
    "ring",
    "skip_locked",
    "subscribe",
    "subscribers",
    "timeline",
    "tokens",
    "transaction",
    "on_commit",
    "passwords",
    "recipients",
    "user_meta",
    "users",
    "webinar_states",
    "webinars",
]
