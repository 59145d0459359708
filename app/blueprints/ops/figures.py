"""Figures in Prometheus' text: requests of this site, and what the ledger and the log hold open.

Several web processes share their counts where PROMETHEUS_MULTIPROC_DIR names a folder that holds
nothing else; without it each process tells its own, and a scrape sees the one that answered. What
is read from the database is the same whichever process answers.
"""

import os
from collections.abc import Iterable, Iterator
from datetime import datetime

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from app import clock, core, messages
from app.blueprints.ops.readiness import TIMEKEEPER
from app.extensions import db

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"

registry = CollectorRegistry()
requests = Counter(
    "efir_http_requests",
    "Answers, by endpoint, method and status.",
    ("endpoint", "method", "status"),
    registry=registry,
)
seconds = Histogram(
    "efir_http_request_seconds",
    "Time that an answer took, by endpoint.",
    ("endpoint",),
    buckets=SECONDS,
    registry=registry,
)


def exposition() -> tuple[bytes, str]:
    """(the text, its content type)."""
    requests_text = generate_latest(
        _of_all_processes() if SHARED_FOLDER in os.environ else registry
    )
    stored = CollectorRegistry(auto_describe=False)
    stored.register(Stored())
    return requests_text + generate_latest(stored), CONTENT_TYPE_LATEST


def _of_all_processes() -> CollectorRegistry:
    shared = CollectorRegistry()
    MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
    return shared


class Stored(Collector):
    """What the database knows. A database that is away leaves `efir_database_up 0` alone."""

    def collect(self) -> Iterable[Metric]:
        try:
            found = [*_of_events(), *_of_messages(), *_of_workers()]
        except SQLAlchemyError:
            db.session.rollback()
            found = []
        yield _gauge("efir_database_up", "1 where the database answered.", int(bool(found)))
        yield from found


def _of_events() -> Iterator[Metric]:
    backlog = core.backlog()
    yield _gauge("efir_events_undelivered", "Facts not heard by all yet.", backlog.waiting)
    yield _gauge("efir_events_failing", "Of those, facts that failed.", backlog.failing)
    yield _gauge("efir_events_oldest_seconds", "Age of the oldest of them.", _age(backlog.oldest))


def _of_messages() -> Iterator[Metric]:
    counts = messages.counts()
    open_ones = GaugeMetricFamily("efir_messages", "Open messages by state.", labels=["state"])
    for state in ("planned", "waiting", "failed", "unknown"):
        open_ones.add_metric([state], getattr(counts, state))
    yield open_ones
    yield _gauge("efir_messages_doubled", "Sent, and perhaps more than once.", counts.doubled)
    yield _gauge("efir_messages_stuck", "Overdue for more than two minutes.", counts.stuck)
    yield _gauge(
        "efir_messages_oldest_due_seconds", "How late the oldest is.", _age(counts.oldest_due)
    )
    yield from _of_bot()
    yield _gauge(
        "efir_updates_dead", "Updates that nobody could read.", messages.inbox.dead_count()
    )


def _of_bot() -> Iterator[Metric]:
    state = messages.channel.state()
    yield _gauge("efir_bot_alarm", "1 where the bot sends nothing.", int(state.alarm is not None))
    yield _gauge("efir_bot_alarm_seconds", "For how long that is so.", _age(state.alarm_at))
    pause = -_age(state.paused_until)
    yield _gauge("efir_bot_pause_seconds", "What is left of a pause Telegram asked for.", pause)


def _of_workers() -> Iterator[Metric]:
    beat = messages.heartbeat.last_beat(TIMEKEEPER)
    if beat is not None:
        yield _gauge("efir_workers_last_seen_seconds", "Silence of the workers.", _age(beat))


def _gauge(name: str, documentation: str, value: float) -> Metric:
    return GaugeMetricFamily(name, documentation, value=value)


def _age(moment: datetime | None) -> float:
    return (clock.now() - moment).total_seconds() if moment else 0.0
