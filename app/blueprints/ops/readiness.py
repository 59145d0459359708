"""What must be well for the product to be well. Each check says so, or says what is not."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app import clock, core, messages, redis_store
from app.extensions import db

log = logging.getLogger(__name__)

SILENCE = timedelta(seconds=30)
OVERDUE = timedelta(seconds=120)
TIMEKEEPER = "ticker"


@dataclass(frozen=True, slots=True)
class Verdict:
    ok: bool
    detail: str


Check = Callable[[], Verdict]


def database() -> Verdict:
    db.session.execute(text("SELECT 1"))
    return Verdict(True, "answers")


def redis() -> Verdict:
    """None configured is well: then the ticker does everything by itself."""
    if not current_app.config["SETTINGS"].redis_url:
        return Verdict(True, "not configured")
    answers = redis_store.ask(lambda client: bool(client.ping()), False)
    return Verdict(answers, "answers" if answers else "does not answer")


def workers() -> Verdict:
    beat = messages.heartbeat.last_beat(TIMEKEEPER)
    if beat is None:
        return Verdict(False, "never seen")
    return Verdict(_age(beat) <= SILENCE, f"last seen {_seconds(beat)} s ago")


def events() -> Verdict:
    """Facts that were recorded and not yet heard by all who should."""
    backlog = core.backlog()
    return _lateness(backlog.oldest, f"{backlog.waiting} waiting, {backlog.failing} failing")


def ledger() -> Verdict:
    """Messages whose moment has passed, or whose sender never settled them."""
    counts = messages.counts()
    open_ones = f"{counts.planned} planned, {counts.unknown} unknown, {counts.doubled} doubled"
    late = _lateness(counts.oldest_due, open_ones)
    if counts.stuck:
        return Verdict(False, f"{counts.stuck} overdue; {late.detail}")
    return late


def updates() -> Verdict:
    """What came in from the bot's users and nobody handled. Dead ones wait for a person, and are
    no alarm: they hold nothing up."""
    dead = messages.inbox.dead_count()
    return _lateness(messages.inbox.next_update_at(), f"{dead} dead")


def bot() -> Verdict:
    """An alarm waits for a person or a better answer. A pause that Telegram asked for ends by
    itself."""
    state = messages.channel.state()
    if state.alarm is not None:
        since = f", since {_iso(state.alarm_at)}" if state.alarm_at else ""
        asked = f", asked {_iso(state.checked_at)}: {state.checked}" if state.checked_at else ""
        return Verdict(False, f"{state.alarm}{since}{asked}")
    if state.paused_until is not None:
        return Verdict(True, f"paused until {_iso(state.paused_until)}, as Telegram asked")
    return Verdict(True, "free to send")


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


CHECKS: dict[str, Check] = {
    "database": database,
    "redis": redis,
    "workers": workers,
    "events": events,
    "messages": ledger,
    "updates": updates,
    "bot": bot,
}


def ask() -> dict[str, Verdict]:
    """Every check's verdict; one that cannot be asked is not well."""
    return {name: _ask(name, check) for name, check in CHECKS.items()}


def _ask(name: str, check: Check) -> Verdict:
    try:
        return check()
    except SQLAlchemyError as error:
        db.session.rollback()
        log.warning("readiness: %s cannot be asked: %s", name, type(error).__name__)
        return Verdict(False, "the database does not answer")


def _lateness(oldest: datetime | None, detail: str) -> Verdict:
    if oldest is None:
        return Verdict(True, detail)
    return Verdict(_age(oldest) <= OVERDUE, f"{detail}, the oldest for {_seconds(oldest)} s")


def _age(moment: datetime) -> timedelta:
    return clock.now() - moment


def _seconds(moment: datetime) -> int:
    return max(0, int(_age(moment).total_seconds()))
