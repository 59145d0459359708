"""When a lead is erased, the lines written under its registrations lose their words: what they
say now, what they said before an edit, and where an answer quotes them."""

from sqlalchemy import delete, select, update

from app import clock, core
from app.chat import channels
from app.chat.models import ChatAction, ChatAnswer, ChatLine
from app.core import Envelope, events
from app.extensions import db


def connect() -> None:
    core.subscribe(events.core_lead_deleted, "chat.erasure", erase_lines)


def erase_lines(envelope: Envelope) -> None:
    """Blank the lines and hide them; their numbers stay."""
    held = core.registrations.all_of_lead(envelope.payload["lead_id"])
    ids = [registration.registration_id for registration in held]
    written = ChatLine.registration_id.in_(ids), ChatLine.hidden_for.is_distinct_from("erased")
    names = select(ChatLine.channel).where(*written).distinct().order_by(ChatLine.channel)
    for channel in list(db.session.scalars(names)):
        _blank(channel, ids)
    forgotten = update(ChatAction).where(ChatAction.registration_id.in_(ids))
    db.session.execute(forgotten.values(before="", after=""))
    db.session.execute(delete(ChatAnswer).where(ChatAnswer.registration_id.in_(ids)))


def _blank(channel: str, registration_ids: list[int]) -> None:
    place = channels.locked(channel)
    mine = ChatLine.channel == channel, ChatLine.registration_id.in_(registration_ids)
    rows = db.session.scalars(select(ChatLine).where(*mine).order_by(ChatLine.number)).all()
    for row in rows:
        row.author = row.text = row.quote = ""
        row.country = None
        row.hidden_at, row.hidden_for, row.question = clock.now(), "erased", None
        channels.take_change(place, row)
    numbers = [row.number for row in rows]
    quoting = ChatLine.channel == channel, ChatLine.reply_to.in_(numbers)
    for row in db.session.scalars(select(ChatLine).where(*quoting)):
        row.quote = ""
        channels.take_change(place, row)
