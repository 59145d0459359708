"""partner-attendance-telegram: a partner learns how many of theirs came, apart from any scenario.

Hears `client_webinar_attendance_classified`. One message a webinar for a broadcast, one a day for
a recording; it names nobody, for who exactly stands on the partner's desk.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import current_app

from app import core, messages
from app.core import Envelope, UserRecord, WebinarRecord, events
from app.messages import digest

KIND = "partner_attendance"
CAME, MISSED = "came", "missed"
PATIENCE = timedelta(minutes=10)
"""After a broadcast its people are settled within minutes."""
HOUR_OF_DAY = 20
NEWS_FOR = timedelta(days=7)
"""Who links a chat later than that reads of it on the desk."""


def connect() -> None:
    core.subscribe(events.client_webinar_attendance_classified, "partner_attendance_telegram", hear)


def hear(envelope: Envelope) -> None:
    lead = core.leads.get(envelope.payload["lead_id"])
    webinar = core.webinars.get(envelope.payload["webinar_id"])
    partner = core.users.get(lead.invited_by) if lead.invited_by is not None else None
    if webinar is not None and partner is not None and partner.lead_id is not None:
        _count(envelope, webinar, partner, partner.lead_id)


def _count(
    envelope: Envelope, webinar: WebinarRecord, partner: UserRecord, partner_lead_id: int
) -> None:
    due_at, occasion = _when(webinar, envelope.occurred_at)
    site = current_app.config["SETTINGS"].site_address
    digest.count_in(
        messages.Plan(
            kind=KIND,
            recipient=messages.LEAD,
            dedupe=f"attendance:{partner.user_id}:{webinar.webinar_id}:{occasion}",
            lead_id=partner_lead_id,
            webinar_id=webinar.webinar_id,
            due_at=due_at,
            not_after=due_at + NEWS_FOR,
            locale=core.leads.get(partner_lead_id).locale,
            values={
                "webinar": webinar.title,
                "link": f"{site}/dashboard/leads/?webinar={webinar.webinar_id}",
            },
        ),
        item=envelope.event_id,
        category=CAME if envelope.payload["attended"] else MISSED,
        categories=(CAME, MISSED),
    )


def _when(webinar: WebinarRecord, now: datetime) -> tuple[datetime, str]:
    """(when it goes, the occasion): soon after a broadcast, in the evening for a recording."""
    if webinar.type == "live":
        return now + PATIENCE, "broadcast"
    zone = ZoneInfo(current_app.config["SETTINGS"].default_timezone)
    local = now.astimezone(zone)
    evening = local.replace(hour=HOUR_OF_DAY, minute=0, second=0, microsecond=0)
    if evening <= local:
        evening += timedelta(days=1)
    return evening.astimezone(now.tzinfo), evening.date().isoformat()
