"""Deliver recorded facts to their subscribers until none is due."""

from flask import current_app

from app import core
from app.extensions import db
from workers import queues
from workers.process import application

LONGEST_DRAIN = 200


def drain() -> int:
    """The job of the bell `events`; answers how many facts were taken up."""
    with application().app_context():
        queues.answered(current_app.config["SETTINGS"].redis_url, "events")
        return drain_here()


def drain_here() -> int:
    """The same inside an application context that the caller holds."""
    total = 0
    for _ in range(LONGEST_DRAIN):
        taken = core.deliver_due()
        db.session.remove()
        total += taken
        if not taken:
            break
    return total
