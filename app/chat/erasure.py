"""When a lead is erased, the lines written under its registrations lose their words."""

from sqlalchemy import select, update

from app import clock, core
from app.chat import recall
from app.chat.models import ChatLine
from app.core import Envelope, events
from app.extensions import db

EVERY_REGISTRATION = 100_000


def connect() -> None:
    core.subscribe(events.core_lead_deleted, "chat.erasure", erase_lines)


def erase_lines(envelope: Envelope) -> None:
    """Blank the lines and hide them; their numbers stay."""
    held = core.registrations.of_lead(envelope.payload["lead_id"], limit=EVERY_REGISTRATION)
    ids = [registration.registration_id for registration in held]
    written = ChatLine.registration_id.in_(ids)
    channels = list(db.session.scalars(select(ChatLine.channel).where(written).distinct()))
    db.session.execute(
        update(ChatLine).where(written).values(author="", text="", hidden_at=clock.now())
    )
    core.on_commit(lambda: _renew(channels))


def _renew(channels: list[str]) -> None:
    for channel in channels:
        recall.put_all(channel)
