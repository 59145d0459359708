"""Rings for what is due and heals what was forgotten. Two of them do no harm.

Sleeps a second at most. While Redis is away, or its bells go unanswered, it drains by itself;
long work (`queues.LONG`) only while Redis is away.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from app import attendance, clock, core, live, media, messages
from app.extensions import db
from app.web.room import notices
from workers import (
    bot_check,
    broadcasts,
    inbox,
    publishers,
    queues,
    recordings,
    relay,
    rooms,
    sender,
    stream_checks,
    streams,
)
from workers import media as media_files
from workers.executors import live_changes_telegram, recording_ready_telegram
from workers.process import application, stop_when
from workers.stop_signal import StopSignal

log = logging.getLogger(__name__)
LONGEST_SLEEP = 1.0
DRAIN_SECONDS = 2.0
"""The longest stretch of sending between two looks at everything else."""
UNANSWERED_AFTER = timedelta(seconds=5)


@dataclass(slots=True)
class Chore:
    """Something to do every so many seconds."""

    name: str
    every: float
    work: Callable[[], object]
    next_at: float = field(default=0.0)


def chores() -> list[Chore]:
    return [
        Chore("heal messages", 1, messages.heal),
        Chore("release what a link missed", 15, messages.release_linked),
        Chore("close what waited too long", 60, messages.close_expired),
        Chore("forget old updates", 600, messages.inbox.forget_done),
        Chore("heartbeat", 5, lambda: messages.heartbeat.beat("ticker")),
        Chore("classify attendance", 10, attendance.classify_due),
        Chore("write positions back", 5, rooms.flush_positions),
        Chore("see who left", 10, rooms.tell_who_left),
        Chore("pass answers on", 5, notices.send_due_answers),
        Chore("show votes and questions", 1, broadcasts.show_what_was_stirred),
        Chore("look at streams", 5, _look_at_streams),
        Chore("check streams before they begin", 1, _check_streams),
        Chore("cut publishers off", 1, _cut_off),
        Chore("find recordings nobody told of", 10, recordings.find_untold),
        Chore("write presence back", 5, broadcasts.flush_presence),
        Chore("see who left a broadcast", 10, broadcasts.tell_who_left),
        Chore("settle broadcasts", 5, broadcasts.settle),
        Chore("tell of changed broadcasts", 2, live_changes_telegram.tell),
        Chore("offer recordings that have come", 30, recording_ready_telegram.tell),
        Chore("see to unstarted broadcasts", 30, broadcasts.see_to_unstarted),
        Chore("see to forgotten broadcasts", 30, broadcasts.see_to_forgotten),
        Chore("give up unfinished uploads", 600, lambda: media.uploads.sweep(clock.now())),
    ]


def _look_at_streams() -> None:
    """Where there are some: a server may take its time to answer."""
    if live.streams.running(clock.now()):
        _aside("streams", streams.look)


def _cut_off() -> None:
    if publishers.is_due():
        _aside("publishers", publishers.cut_off)


def _check_streams() -> None:
    if live.checks.is_due(clock.now()):
        _aside("stream checks", stream_checks.look)


def run() -> None:
    """Until told to stop."""
    todo = chores()
    with StopSignal() as stop:
        stop_when(lambda: stop.asked)
        while not stop.asked:
            tick(todo)
            stop.wait(_pause())


def tick(todo: list[Chore]) -> None:
    """One pass; what fails is logged and tried again at the next."""
    with application().app_context():
        _ring_for_due()
        for chore in todo:
            if time.monotonic() >= chore.next_at:
                _attempt(chore.name, chore.work)
                chore.next_at = time.monotonic() + chore.every
        db.session.remove()


def _attempt(name: str, work: Callable[[], object]) -> None:
    try:
        work()
    except Exception:
        db.session.rollback()
        log.exception("ticker: %s failed", name)


DUE: dict[str, tuple[Callable[[], datetime | None], Callable[[], int]]] = {
    "events": (core.next_delivery_at, relay.drain_here),
    "updates": (messages.inbox.next_update_at, inbox.drain_here),
    "messages": (
        lambda: None if messages.paused() else messages.next_due_at(),
        lambda: sender.drain_here(DRAIN_SECONDS),
    ),
    "media": (media_files.next_due_at, media_files.drain_here),
    "bot": (messages.channel.next_check_at, bot_check.drain_here),
}


def _ring_for_due() -> None:
    for bell, (next_at, drain) in DUE.items():
        _attempt(bell, lambda n=next_at, d=drain, b=bell: _ring_or_drain(b, n(), d))  # type: ignore[misc]


def _ring_or_drain(bell: str, due_at: datetime | None, drain: Callable[[], int]) -> None:
    now = clock.now()
    if due_at is None or due_at > now:
        return
    url = current_app.config["SETTINGS"].redis_url
    if not _answered(url, bell, now - due_at):
        _aside(bell, drain) if bell in queues.LONG else drain()


def _answered(url: str, bell: str, overdue: timedelta) -> bool:
    """Ring, and say whether somebody answers: whoever is busy with it, or had no time to yet."""
    if not queues.ring(url, bell):
        return False
    patient = bell in queues.LONG or overdue <= UNANSWERED_AFTER
    return patient or queues.somebody_at_work(url, bell)


_at_work: dict[str, threading.Thread] = {}


def _aside(bell: str, drain: Callable[[], int]) -> None:
    """Long work beside everything else, one thread a bell. It ends with the process: what it was at
    stands in the database, under a lease."""

    def work() -> None:
        with application().app_context():
            _attempt(bell, drain)

    if bell not in _at_work or not _at_work[bell].is_alive():
        _at_work[bell] = threading.Thread(target=work, name=bell, daemon=True)
        _at_work[bell].start()


def _pause() -> float:
    """Until the next thing is due, a second at most."""
    try:
        with application().app_context():
            moments = [next_at() for next_at, _ in DUE.values()]
            db.session.remove()
    except SQLAlchemyError:
        return LONGEST_SLEEP
    ahead = [(moment - clock.now()).total_seconds() for moment in moments if moment]
    return max(0.05, min([LONGEST_SLEEP, *(wait for wait in ahead if wait > 0)]))


def sweep() -> None:
    """One pass of everything that heals, here and now, until nothing is due."""
    for chore in chores():
        if chore.name != "heartbeat":
            _attempt(chore.name, chore.work)
    while sum(drain() for _, drain in DUE.values()):
        pass
