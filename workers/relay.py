"""Deliver recorded facts to their subscribers until none is due."""

from collections.abc import Callable

from flask import current_app

from app import core
from app.extensions import db
from workers import queues
from workers.process import application

LONGEST_DRAIN = 200


def drain() -> int:
    """The job of the bell `events`; answers how many facts were taken up."""
    with application().app_context():
        url = current_app.config["SETTINGS"].redis_url
        queues.answered(url, "events")
        return drain_here(lambda: queues.at_work(url, "events"))


def drain_here(at_work: Callable[[], None] = lambda: None) -> int:
    """The same inside an application context that the caller holds."""
    total = 0
    for _ in range(LONGEST_DRAIN):
        at_work()
        taken = core.deliver_due()
        db.session.remove()
        total += taken
        if not taken:
            break
    return total
