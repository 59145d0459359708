"""What was decided of a viewer's place in a chat: who may not write, who is not named."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app import clock, core
from app.chat.errors import WriterBanned, WriterMuted
from app.chat.models import ChatPerson
from app.extensions import db


@dataclass(frozen=True, slots=True)
class Standing:
    """`muted_until` is None where the viewer may write. `banned`: out of the chat."""

    muted_until: datetime | None = None
    banned: bool = False
    unnamed: bool = False

    @property
    def word(self) -> str:
        """`banned`, `muted`, or nothing."""
        return "banned" if self.banned else "muted" if self.muted_until else ""


FREE = Standing()


def standing(registration_id: int | None) -> Standing:
    row = db.session.get(ChatPerson, registration_id) if registration_id is not None else None
    return _standing(row) if row else FREE


def standings(registration_ids: Iterable[int]) -> dict[int, Standing]:
    """Of many, in one query; who is free of any is left out."""
    wanted = set(registration_ids)
    if not wanted:
        return {}
    rows = db.session.scalars(select(ChatPerson).where(ChatPerson.registration_id.in_(wanted)))
    return {row.registration_id: _standing(row) for row in rows}


def _standing(row: ChatPerson) -> Standing:
    muted = row.muted_until is not None and row.muted_until > clock.now()
    return Standing(row.muted_until if muted else None, row.banned_at is not None, row.unnamed)


def require_voice(registration_id: int | None) -> None:
    """WriterBanned or WriterMuted where the viewer may not write."""
    found = standing(registration_id)
    if found.banned:
        raise WriterBanned
    if found.muted_until is not None:
        raise WriterMuted(found.muted_until)


def name_in_list(registration_id: int, webinar_id: str, *, named: bool) -> None:
    """The viewer's own choice: whether the list of those who watch shows the name."""
    with core.transaction():
        row_of(registration_id, webinar_id).unnamed = not named


def row_of(registration_id: int, webinar_id: str) -> ChatPerson:
    """Made where there is none, held until the end of the transaction."""
    first = {"registration_id": registration_id, "webinar_id": webinar_id, "unnamed": False}
    core.insert_new(ChatPerson, first)
    return db.session.get_one(
        ChatPerson, registration_id, with_for_update=True, populate_existing=True
    )
