"""When a lead is erased, its questions lose their words and its votes stay as counts."""

from sqlalchemy import select, update

from app import clock, core
from app.core import Envelope
from app.extensions import db
from app.live import broadcasts
from app.live.models import LiveQuestion


def erase_words(envelope: Envelope) -> None:
    held = core.registrations.all_of_lead(envelope.payload["lead_id"])
    theirs = LiveQuestion.registration_id.in_([each.registration_id for each in held])
    asked = list(db.session.scalars(select(LiveQuestion.webinar_id).where(theirs).distinct()))
    blank = update(LiveQuestion).where(theirs)
    db.session.execute(blank.values(author="", text="", hidden_at=clock.now()))
    for webinar_id in asked:
        broadcasts.changed_elsewhere(webinar_id)
