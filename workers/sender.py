"""Send what is due: claim, wait for a place in the rate limit, call Telegram, settle.

Claims and answers are written here, in one transaction a turn and outside of any call; the calls
fly meanwhile (`workers/telegram/flights.py`). What a kill leaves in doubt is what was in hand: as
many messages as may be under way, and no more than have a place within `AHEAD` seconds.
"""

import logging
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from flask import current_app
from sqlalchemy.exc import DBAPIError

from app import clock, core, messages
from app.extensions import db
from app.messages import Answer, Claim
from app.settings import Settings
from workers import queues
from workers.process import application, asked_to_stop
from workers.telegram.flights import Flights, Landed, Ways
from workers.telegram.outcome import Outcome
from workers.telegram.rate import RateLimiter
from workers.telegram.transport import Request, TelegramTransport, Timeouts
from workers.telegram.windows import LocalWindows, Place, Rate

log = logging.getLogger(__name__)
AT_ONCE = 8
AHEAD = 0.08
"""Seconds before its place at which a message is claimed, so that the claim is no delay."""
LONGEST_AHEAD = 0.4
"""What would wait longer than this, once claimed, goes back to the ledger."""
DRAIN_SECONDS = 60.0
LONGEST_WAIT = 0.02
LONG_AGO = 3600.0
REFUSED_AT_ONCE = 50
FIRST_PAUSE = 0.1
RETRY_SECONDS = 2.0

Pair = tuple[Claim, Place]


def drain() -> int:
    """The job of the bell `messages`; answers how many messages were tried."""
    with application().app_context():
        url = _settings().redis_url
        queues.answered(url, "messages")
        return drain_here(at_work=lambda: queues.at_work(url, "messages"))


def drain_here(seconds: float = DRAIN_SECONDS, at_work: Callable[[], None] = lambda: None) -> int:
    """The same inside an application context that the caller holds: until nothing is due, the
    time is up or the process is told to stop. The ticker rings again for what is left.

    `at_work` is called about every second.
    """
    if not _settings().telegram_bot_token:
        return _refuse_all()
    if not (_unconfirmed or _anything_due()):
        return 0
    with Flights[Pair](_transport(*_bot(), Timeouts.of(_settings())), _ways(*_bot())) as flights:
        return _Drain(flights, _limiter(_settings()), seconds, at_work).run()


def _refuse_all() -> int:
    """Without a bot nothing is taken, and all that is due is told so."""
    while _anything_due() and not asked_to_stop():
        _write(_Page(), REFUSED_AT_ONCE)
    return 0


def _anything_due() -> bool:
    due_at = None if messages.paused() else messages.next_due_at()
    db.session.remove()
    return due_at is not None and due_at <= clock.now()


@dataclass(slots=True)
class _Page:
    """What one turn writes down: answers, and claims that were not tried, by chat."""

    answers: list[tuple[Claim, Outcome]] = field(default_factory=list)
    returned: list[tuple[list[Claim], float, float]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.answers or self.returned)


class _Drain:
    """One stretch of sending."""

    def __init__(
        self,
        flights: Flights[Pair],
        limiter: RateLimiter | LocalWindows,
        seconds: float,
        at_work: Callable[[], None],
    ) -> None:
        self._flights = flights
        self._limiter = limiter
        self._until = time.monotonic() + seconds
        self._at_work = at_work
        self._told_at = time.monotonic()
        self._page = _Page()
        self._tried = 0

    def run(self) -> int:
        while True:
            self._tell()
            room, wait = self._room()
            self._take_in(self._flights.landed(wait))
            page, self._page = self._page, _Page()
            claims = self._write(page, room)
            self._launch(claims)
            if self._flights.under_way or self._page:
                continue
            if self._over or not (claims or _anything_due()):
                return self._tried

    def _write(self, page: _Page, room: int) -> list[Claim]:
        if not (page or room or _unconfirmed):
            return []
        try:
            return _write(page, room)
        except DBAPIError:
            # The database is away: who has something in the air waits for its answer.
            if page or not self._flights.under_way:
                raise
            time.sleep(FIRST_PAUSE)
            return []

    def _tell(self) -> None:
        if time.monotonic() - self._told_at >= 1.0:
            self._told_at = time.monotonic()
            self._at_work()

    @property
    def _over(self) -> bool:
        return asked_to_stop() or time.monotonic() >= self._until

    def _room(self) -> tuple[int, float]:
        """How many may be claimed now, and the longest to wait for a landing before that."""
        free = AT_ONCE - self._flights.under_way
        if self._over or free < 1:
            return 0, 1.0 if self._flights.under_way else 0.0
        room, wait = self._limiter.room(free, AHEAD)
        return room, 0.0 if room else min(max(wait - AHEAD, 0.001), LONGEST_WAIT)

    def _take_in(self, landed: list[Landed[Pair]]) -> None:
        """Free their places, and keep their answers for the next page."""
        now = time.monotonic()
        self._limiter.answered(
            [(each.key[1], now - each.arrived if each.outcome else LONG_AGO) for each in landed]
        )
        for each in landed:
            if each.outcome is None:
                self._page.returned.append(([each.key[0]], 0.0, 0.0))
                continue
            self._tried += 1
            self._page.answers.append((each.key[0], each.outcome))
            if each.outcome.retry_after or each.outcome.kind == "bot_revoked":
                self._flights.call_back()

    def _launch(self, claims: Sequence[Claim]) -> None:
        places = self._limiter.reserve([claim.chat for claim in claims], LONGEST_AHEAD)
        now = time.monotonic()
        full: dict[int, list[Claim]] = {}
        waits: dict[int, float] = {}
        for claim, place in zip(claims, places, strict=True):
            if place.taken:
                request = Request(claim.chat, claim.text, claim.buttons)
                self._flights.launch((claim, place), request, now + place.wait)
            else:
                full.setdefault(claim.chat, []).append(claim)
                waits.setdefault(claim.chat, place.wait)
        apart = _rate(_settings()).apart
        self._page.returned += [(full[chat], waits[chat], apart(chat)) for chat in full]


def _write(page: _Page, room: int) -> list[Claim]:
    """Write the answers down, again and again while the database is away: they are the only
    proof. With it, claim what there is room for."""
    until = time.monotonic() + _settings().send_lease_seconds
    pause = FIRST_PAUSE
    while True:
        try:
            return _write_once(page, room)
        except DBAPIError:
            if time.monotonic() > until or not page:
                raise
            log.warning("%s answers are not written yet", len(page.answers))
            time.sleep(pause)
            pause, room = min(2 * pause, RETRY_SECONDS), 0
        finally:
            db.session.remove()


_unconfirmed: set[str] = set()
"""Tokens of claims that this process asked for and whose commit had no answer: it may have happened."""


def _write_once(page: _Page, room: int) -> list[Claim]:
    """Claims are this process's once the database has said so, and go back otherwise."""
    token, earlier = messages.new_token(), frozenset(_unconfirmed)
    if room:
        _unconfirmed.add(token)
    claims = _in_one_transaction(page, room, token, earlier)
    _unconfirmed.difference_update(earlier | {token})
    return claims


def _in_one_transaction(
    page: _Page, room: int, token: str, unconfirmed: Collection[str]
) -> list[Claim]:
    with core.transaction():
        if unconfirmed:
            messages.give_back(unconfirmed)
        messages.settle_all([(claim, _answer(outcome)) for claim, outcome in page.answers])
        for claims, wait, apart in page.returned:
            messages.hand_back(claims, wait, apart)
        pauses = [outcome.retry_after for _, outcome in page.answers if outcome.retry_after]
        if pauses:
            messages.pause_channel(max(pauses))
        return messages.claim_due(room, token)


def _answer(outcome: Outcome) -> Answer:
    return Answer(
        kind=outcome.kind,
        external_id=str(outcome.message_id) if outcome.message_id else None,
        retry_after=outcome.retry_after,
        new_chat=outcome.new_chat_id,
        cause=f"{outcome.cause} {outcome.detail}".strip(),
    )


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _bot() -> tuple[str, str]:
    return _settings().telegram_bot_token, _settings().telegram_api_url


@lru_cache(maxsize=2)
def _transport(token: str, api_url: str, timeouts: Timeouts) -> TelegramTransport:
    return TelegramTransport(token, api_url, concurrency=AT_ONCE, timeouts=timeouts)


@lru_cache(maxsize=2)
def _ways(token: str, api_url: str) -> Ways:
    return Ways()


_limiters: dict[tuple[object, ...], RateLimiter | LocalWindows] = {}


def _rate(settings: Settings) -> Rate:
    return Rate(
        settings.telegram_messages_per_second,
        settings.telegram_chat_messages_per_second,
        settings.telegram_group_messages_per_minute,
    )


def _limiter(settings: Settings) -> RateLimiter | LocalWindows:
    rate, url = _rate(settings), settings.redis_url
    if (url, rate) not in _limiters:
        _limiters[url, rate] = RateLimiter.connect(url, rate) if url else LocalWindows(rate)
    return _limiters[url, rate]
