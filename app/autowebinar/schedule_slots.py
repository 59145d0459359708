"""A slot: one start of one webinar, by a name that all who come to it share."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app import clock
from app.autowebinar import schedule_sessions
from app.autowebinar.schedule_rules import Rules

SLOT_ID = re.compile(r"sl_([0-9a-f]{8,10})_[0-9a-f]{12}")
GRACE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Slot:
    slot_id: str
    starts_at: datetime


def slot_of(webinar_id: str, starts_at: datetime) -> Slot:
    """The same for everybody, wherever they are: it depends on the webinar and the moment."""
    second = clock.unix(starts_at)
    seal = hashlib.sha256(f"{webinar_id}:{second}".encode()).hexdigest()[:12]
    return Slot(f"sl_{second:08x}_{seal}", clock.from_unix(second))


def read(webinar_id: str, slot_id: str) -> Slot | None:
    """The slot of that name; None where it is no slot of this webinar."""
    found = SLOT_ID.fullmatch(slot_id)
    if found is None:
        return None
    second = int(found[1], 16)
    if second > clock.unix(datetime.max.replace(tzinfo=ZoneInfo("UTC"))):
        return None
    slot = slot_of(webinar_id, clock.from_unix(second))
    return slot if slot.slot_id == slot_id else None


def offered(
    webinar_id: str, rules: Rules, viewer: ZoneInfo, now: datetime, count: int
) -> list[Slot]:
    starts = schedule_sessions.upcoming(rules, viewer, now, count)
    return [slot_of(webinar_id, at) for at in starts]


def bookable(
    webinar_id: str, rules: Rules, viewer: ZoneInfo, now: datetime, slot_id: str
) -> Slot | None:
    """The slot, if the rules make it for a viewer of that zone and it has not gone.

    Whoever filled a form in while it began has not missed it, where the late rule lets them in.
    """
    slot = read(webinar_id, slot_id)
    if slot is None or now - slot.starts_at > _grace(rules):
        return None
    return slot if schedule_sessions.makes(rules, viewer, slot.starts_at, now) else None


def _grace(rules: Rules) -> timedelta:
    if rules.late_minutes is None:
        return GRACE
    return min(GRACE, timedelta(minutes=rules.late_minutes))


def may_still_enter(rules: Rules, starts_at: datetime, duration: int, now: datetime) -> bool:
    """Whether somebody who was not there yet may come into a session that has begun."""
    late = now - starts_at
    if late >= timedelta(seconds=duration):
        return False
    return rules.late_minutes is None or late <= timedelta(minutes=rules.late_minutes)
