"""What wires the application to its workers: the doorbell and the executors' subscriptions."""

from functools import partial

from flask import Flask

from app import core
from workers import executors, queues


def prepare(app: Flask) -> None:
    """Every process that records or delivers facts is wired alike."""
    executors.connect()
    core.hang_doorbell(partial(queues.ring, app.config["SETTINGS"].redis_url))
