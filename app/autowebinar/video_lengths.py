"""How long a draft's video from elsewhere is: only a player that opens it can tell."""

from app import clock, core
from app.autowebinar import drafts
from app.autowebinar.models import AutowebinarVideoLength
from app.core import UserRecord, access
from app.core.errors import Forbidden
from app.extensions import db

A_DAY = 86_400


def of(webinar_id: str, address: str) -> int | None:
    """What was seen of this very address."""
    row = db.session.get(AutowebinarVideoLength, webinar_id)
    return row.seconds if row is not None and row.address == address else None


def note(webinar_id: str, address: str, seconds: int, *, actor: UserRecord) -> bool:
    """Keep what a player saw; False where it is absurd, or not the draft's video any more."""
    if not actor.can(access.WEBINAR_EDIT):
        raise Forbidden(access.WEBINAR_EDIT)
    if not 0 < seconds <= A_DAY or drafts.get(webinar_id).content.get("video") != address:
        return False
    with core.transaction() as session:
        session.merge(
            AutowebinarVideoLength(
                webinar_id=webinar_id, address=address, seconds=seconds, seen_at=clock.now()
            )
        )
    return True
