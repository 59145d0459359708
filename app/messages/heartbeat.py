"""That the workers live, as the site can tell it."""

from datetime import datetime

from sqlalchemy import func, select

from app import clock, core
from app.extensions import db
from app.messages.models import Heartbeat


def beat(part: str) -> None:
    with core.transaction() as session:
        session.merge(Heartbeat(part=part, beat_at=clock.now()))


def last_beat(prefix: str) -> datetime | None:
    """The newest beat among parts whose name begins so."""
    statement = select(func.max(Heartbeat.beat_at)).where(Heartbeat.part.startswith(prefix))
    return db.session.scalar(statement)
