"""What was planned for places already: for who sends something more, or not twice."""

from collections.abc import Sequence

from sqlalchemy import select

from app.core import RegistrationRecord
from app.extensions import db
from app.messages import records
from app.messages.models import Message


def of_kind(kind: str, places: Sequence[RegistrationRecord]) -> dict[int, records.MessageRecord]:
    """The newest of that kind for each of these places, by registration, in one query."""
    statement = select(Message).where(
        Message.lead_id.in_({each.lead_id for each in places}),
        Message.registration_id.in_([each.registration_id for each in places]),
        Message.kind == kind,
    )
    rows = db.session.scalars(statement.order_by(Message.id))
    return {row.registration_id: records.of_message(row) for row in rows if row.registration_id}
