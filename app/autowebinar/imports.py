"""Chat files that authors bring: kept between the question and the answer, then taken in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete

from app import clock, core
from app.autowebinar import drafts
from app.autowebinar.content import LineContent
from app.autowebinar.line_keys import keys_of
from app.autowebinar.models import AutowebinarImport
from app.core import UserRecord
from app.extensions import db

KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Brought:
    name: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Taken:
    """How many lines came in, and how many were there already."""

    added: int
    known: int


def bring(webinar_id: str, name: str, body: bytes, *, actor: UserRecord) -> None:
    """Keep the file in the place of the person's last one for this webinar; old ones go."""
    with core.transaction() as session:
        old = AutowebinarImport.created_at < clock.now() - KEPT
        session.execute(delete(AutowebinarImport).where(old))
        session.merge(
            AutowebinarImport(
                webinar_id=webinar_id,
                user_id=actor.user_id,
                name=name[:200],
                body=body,
                created_at=clock.now(),
            )
        )


def brought(webinar_id: str, *, actor: UserRecord) -> Brought | None:
    row = db.session.get(AutowebinarImport, (webinar_id, actor.user_id), populate_existing=True)
    return Brought(row.name, row.body) if row else None


def take_in(webinar_id: str, lines: Sequence[LineContent], *, actor: UserRecord) -> Taken:
    """Add the lines to the draft, all in one transaction; those that are there stay as they are."""
    with core.transaction() as session:
        keyed = zip(lines, keys_of(lines), strict=True)
        added = drafts.add_lines(webinar_id, keyed, actor=actor)
        session.execute(
            delete(AutowebinarImport).where(
                AutowebinarImport.webinar_id == webinar_id,
                AutowebinarImport.user_id == actor.user_id,
            )
        )
        return Taken(added, len(lines) - added)
