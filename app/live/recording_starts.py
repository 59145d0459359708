"""Where in a broadcast each of its recordings begins, as a person has said; and what the broadcast's
pauses were."""

from dataclasses import dataclass
from datetime import datetime

from app import core
from app.core import events
from app.extensions import db
from app.live.models import LiveRecordingStart
from app.live.recording_clock import Pause


@dataclass(frozen=True, slots=True)
class Start:
    """`second` of the broadcast; `pauses_cut`: the recording goes on where the broadcast did."""

    second: int
    pauses_cut: bool = False


def of(webinar_id: str, address: str) -> Start | None:
    """None: nobody has said."""
    row = db.session.get(LiveRecordingStart, (webinar_id, address), populate_existing=True)
    return Start(row.second, row.pauses_cut) if row else None


def keep(webinar_id: str, address: str, start: Start) -> None:
    given = {"second": start.second, "pauses_cut": start.pauses_cut}
    first = {"webinar_id": webinar_id, "address": address, **given}
    with core.transaction() as session:
        if not core.insert_new(LiveRecordingStart, first):
            row = session.get_one(LiveRecordingStart, (webinar_id, address), with_for_update=True)
            row.second, row.pauses_cut = start.second, start.pauses_cut


def pauses_of(webinar_id: str) -> tuple[Pause, ...]:
    """In order, from the facts: the broadcast itself keeps but their sum."""
    found: list[Pause] = []
    since: datetime | None = None
    for fact in core.timeline.of_webinar(webinar_id, events.core_webinar_status_changed):
        if fact.payload["after"] == "paused":
            since = since or fact.occurred_at
        elif since is not None:
            found.append((since, fact.occurred_at))
            since = None
    return tuple(found)
