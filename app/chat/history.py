"""Who of the team did what, and when. Kept with the change it tells of."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app import clock
from app.chat.models import ChatAction
from app.core import UserRecord, access
from app.core.errors import Forbidden
from app.extensions import db


@dataclass(frozen=True, slots=True)
class Action:
    action_id: int
    kind: str
    actor_id: int
    at: datetime
    channel: str | None
    number: int | None
    registration_id: int | None
    before: str
    after: str


def permit(actor: UserRecord) -> None:
    if not actor.can(access.WEBINAR_CHAT):
        raise Forbidden(f"user {actor.user_id} may not moderate chats")


def keep(
    webinar_id: str,
    kind: str,
    actor: UserRecord,
    *,
    channel: str | None = None,
    number: int | None = None,
    registration_id: int | None = None,
    before: str = "",
    after: str = "",
) -> None:
    """Inside the transaction of what was done."""
    db.session.add(
        ChatAction(
            webinar_id=webinar_id,
            kind=kind,
            actor_id=actor.user_id,
            at=clock.now(),
            channel=channel,
            number=number,
            registration_id=registration_id,
            before=before,
            after=after,
        )
    )


def of_webinar(webinar_id: str, *, before: int | None = None, limit: int = 50) -> list[Action]:
    """Newest first; `before` is the last action of the page before."""
    statement = (
        select(ChatAction)
        .where(ChatAction.webinar_id == webinar_id)
        .order_by(ChatAction.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(ChatAction.id < before)
    return [_record(row) for row in db.session.scalars(statement)]


def _record(row: ChatAction) -> Action:
    return Action(
        row.id,
        row.kind,
        row.actor_id,
        row.at,
        row.channel,
        row.number,
        row.registration_id,
        row.before,
        row.after,
    )
