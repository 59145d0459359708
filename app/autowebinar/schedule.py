"""Schedules as they are kept: one a webinar; without one a recording begins at once."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from app import clock, core
from app.autowebinar.models import AutowebinarSchedule
from app.autowebinar.schedule_rules import AT_ONCE, Rules, checked
from app.extensions import db


def load(webinar_id: str) -> Rules:
    return load_many([webinar_id])[webinar_id]


def load_many(webinar_ids: Iterable[str]) -> dict[str, Rules]:
    """The rules of several webinars, in one query."""
    wanted = list(webinar_ids)
    rows = db.session.scalars(
        select(AutowebinarSchedule).where(AutowebinarSchedule.webinar_id.in_(wanted))
    )
    kept = {row.webinar_id: checked(row.rules) for row in rows}
    return {webinar_id: kept.get(webinar_id, AT_ONCE) for webinar_id in wanted}


def save(webinar_id: str, rules: Rules, *, actor_id: int | None) -> None:
    """What sign-up offers from now on. Who has a place keeps it, whatever the rules say later."""
    with core.transaction() as session:
        row = session.get(AutowebinarSchedule, webinar_id)
        if row is None:
            row = AutowebinarSchedule(webinar_id=webinar_id)
            session.add(row)
        row.rules = rules.model_dump(mode="json")
        row.updated_at, row.updated_by = clock.now(), actor_id


def last_change(webinar_id: str) -> datetime | None:
    """When the author last touched it; None where nobody has."""
    return db.session.scalar(
        select(AutowebinarSchedule.updated_at).where(AutowebinarSchedule.webinar_id == webinar_id)
    )
