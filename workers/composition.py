"""What wires the application to its workers: the doorbell and the executors' subscriptions."""

from functools import partial

from flask import Flask

from app import core
from app.database import keep_time as keep_time_by
from app.extensions import db
from workers import executors, queues


def prepare(app: Flask) -> None:
    """Every process that records or delivers facts is wired alike."""
    executors.connect()
    core.hang_doorbell(partial(queues.ring, app.config["SETTINGS"].redis_url))


def keep_time(app: Flask) -> None:
    """A process of the product, site or worker, goes by the clock of the database."""
    with app.app_context():
        keep_time_by(db.engine)
