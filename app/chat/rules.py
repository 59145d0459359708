"""How a webinar's chat is held: among whom, and how slowly."""

from dataclasses import dataclass

from app import core
from app.chat import history
from app.chat.models import ChatRules
from app.core import UserRecord
from app.extensions import db

SLOW_CHOICES = (0, 10, 30, 60, 300)


@dataclass(frozen=True, slots=True)
class Rules:
    """`shared`: among those who watch the same session; private to the team otherwise.
    `slow_seconds`: how long a viewer waits between two lines; 0 for not at all."""

    shared: bool = False
    slow_seconds: int = 0


def of(webinar_id: str) -> Rules:
    row = db.session.get(ChatRules, webinar_id)
    return Rules(row.shared, row.slow_seconds) if row else Rules()


def slow_seconds(webinar_id: str | None) -> int:
    return of(webinar_id).slow_seconds if webinar_id else 0


def change(webinar_id: str, wanted: Rules, *, actor: UserRecord) -> None:
    """What is shared holds for who comes into the room from now on; slowness at once."""
    history.permit(actor)
    with core.transaction() as session:
        before = of(webinar_id)
        row = ChatRules(
            webinar_id=webinar_id, shared=wanted.shared, slow_seconds=wanted.slow_seconds
        )
        session.merge(row)
        if before != wanted:
            history.keep(
                webinar_id, "rules", actor, before=_in_short(before), after=_in_short(wanted)
            )


def _in_short(rules: Rules) -> str:
    return f"{'shared' if rules.shared else 'private'}, slow {rules.slow_seconds}"
