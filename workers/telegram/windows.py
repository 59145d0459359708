"""What Telegram allows in a stretch of time, and the count of it within one process."""

from __future__ import annotations

import itertools
import os
import secrets
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

MARGIN = 0.002
"""Seconds by which a window is longer than Telegram's: for clocks and rounding."""
EVENNESS = 0.85
"""The least distance between two messages of the bot, as a part of the even one: what one slow
answer held up is made good by the messages after it."""
CAUTION = 1.1
"""The same for a window's length after memory begins: what went before it is not known."""
FIRST_PAUSE = 0.35
"""Seconds at most before the first message after memory begins."""
UNANSWERED = 4.0
"""Seconds past its window for which a message without an answer keeps its place."""
REACH = 5.0
"""Seconds beyond which nobody reserves: what stands further ahead is of a clock set back."""
_CHATS = 10_000
_MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Window:
    """At most `limit` messages in any `seconds`."""

    limit: int
    seconds: float

    @property
    def even(self) -> float:
        """Between two messages that are spread evenly."""
        return self.seconds / self.limit

    @classmethod
    def of(cls, rate: float, seconds: float = 1.0) -> Window:
        """A rate as so many whole messages and the time they take."""
        limit = max(1, int(rate))
        return cls(limit, limit / rate * seconds + MARGIN)


@dataclass(frozen=True, slots=True)
class Rate:
    """What Telegram allows: in all, to a chat, to a group."""

    per_second: float = 30.0
    chat_per_second: float = 1.0
    group_per_minute: float = 20

    @property
    def all(self) -> Window:
        return Window.of(self.per_second)

    @property
    def chat(self) -> Window:
        return Window.of(self.chat_per_second)

    @property
    def group(self) -> Window:
        return Window.of(self.group_per_minute, _MINUTE)

    def apart(self, chat_id: int) -> float:
        """Seconds between two messages of a chat that has many waiting."""
        return max(self.chat.even, self.group.even if chat_id < 0 else 0.0)


@dataclass(frozen=True, slots=True)
class Place:
    """With a `token`: taken, send in `wait` seconds and tell of the answer. Without: nothing was
    taken, ask again in `wait` seconds."""

    chat_id: int
    wait: float
    token: str = ""

    @property
    def taken(self) -> bool:
        return bool(self.token)


_prefix = ""
_numbers = itertools.count()


def new_token() -> str:
    """Like no other, in any process, also after a fork."""
    global _prefix
    if not _prefix.startswith(f"{os.getpid()}."):
        _prefix = f"{os.getpid()}.{secrets.token_hex(4)}."
    return _prefix + str(next(_numbers))


@dataclass(slots=True)
class _Held:
    """Places of one window by token: the moment at which each comes free."""

    window: Window
    places: dict[str, float] = field(default_factory=dict)

    def prune(self, now: float) -> None:
        """Forget those that are free."""
        longest = now + REACH + self.window.seconds + UNANSWERED
        self.places = {token: at for token, at in self.places.items() if now < at <= longest}

    def free_at(self, now: float, more: int = 0) -> float:
        """When the next is free, with `more` taken besides."""
        place = len(self.places) + more - self.window.limit
        if place < 0:
            return now
        return sorted(self.places.values())[place] if place < len(self.places) else now + UNANSWERED

    def take(self, token: str, at: float) -> None:
        self.places[token] = at + self.window.seconds + UNANSWERED

    def answered(self, token: str, moment: float) -> None:
        self.places[token] = moment + self.window.seconds


class LocalWindows:
    """The limits within one process. `now` is the process's monotonic clock unless given."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._all = _Held(rate.all)
        self._chats: dict[int, list[_Held]] = {}
        self._last: float | None = None
        self._since = 0.0

    def room(self, want: int, within: float, now: float | None = None) -> tuple[int, float]:
        """(how many messages may go within so many seconds, seconds until the first may)."""
        moment = time.monotonic() if now is None else now
        last, waits = self._pace(moment), []
        self._all.prune(moment)
        for more in range(want):
            last = max(moment, self._next(last), self._all.free_at(moment, more))
            waits.append(last - moment)
        return sum(wait <= within for wait in waits), min(waits[0], self._all.window.seconds)

    def reserve(self, chats: Sequence[int], within: float, now: float | None = None) -> list[Place]:
        """A place for each message that can go within so many seconds, in order."""
        moment = time.monotonic() if now is None else now
        self._all.prune(moment)
        return [self._reserve(chat_id, within, moment) for chat_id in chats]

    def _reserve(self, chat_id: int, within: float, now: float) -> Place:
        last = self._pace(now)
        at = max(now, self._next(last), self._all.free_at(now))
        wait = min(at - now, self._all.window.seconds)
        for held in self._of_chat(chat_id):
            held.prune(now)
            free = held.free_at(now)
            at, wait = max(at, free), max(wait, min(free - now, held.window.seconds))
        if at > now + within:
            return Place(chat_id, wait)
        place = Place(chat_id, at - now, new_token())
        self.note(place, now)
        return place

    def note(self, place: Place, now: float | None = None) -> None:
        """Count a place that was taken elsewhere."""
        at = (time.monotonic() if now is None else now) + place.wait
        self._last = max(at, self._last or at)
        for held in (self._all, *self._of_chat(place.chat_id)):
            held.take(place.token, at)

    def wait(self, chat_id: int, now: float | None = None) -> float:
        """Seconds for which this process's own messages leave no place for one to a chat."""
        moment = time.monotonic() if now is None else now
        return max(self._wait(held, moment) for held in (self._all, *self._of_chat(chat_id)))

    def _wait(self, held: _Held, moment: float) -> float:
        held.prune(moment)
        return min(held.free_at(moment) - moment, held.window.seconds)

    def answered(self, answers: Iterable[tuple[Place, float]], now: float | None = None) -> None:
        """Messages that arrived so many seconds ago at the latest: their places come free."""
        moment = time.monotonic() if now is None else now
        for place, ago in answers:
            for held in (self._all, *self._of_chat(place.chat_id)):
                held.answered(place.token, moment - ago)
        self._all.prune(moment)
        if len(self._chats) > _CHATS:
            self._forget_free(moment)

    def _pace(self, now: float) -> float:
        """When the last message went, or will; memory begins with a pause and with caution."""
        even = self._all.window.even
        if self._last is None:
            self._since = now
            self._last = now + min(12 * even, FIRST_PAUSE) - even * CAUTION
        if self._last > now + REACH + even:
            self._last = now - even
        return self._last

    def _next(self, last: float) -> float:
        careful = last < self._since + CAUTION * self._all.window.seconds
        return last + self._all.window.even * (CAUTION if careful else EVENNESS)

    def _of_chat(self, chat_id: int) -> list[_Held]:
        if chat_id not in self._chats:
            own = [_Held(self._rate.chat)]
            self._chats[chat_id] = own if chat_id > 0 else [*own, _Held(self._rate.group)]
        return self._chats[chat_id]

    def _forget_free(self, now: float) -> None:
        self._chats = {
            chat_id: windows
            for chat_id, windows in self._chats.items()
            if any(at > now for held in windows for at in held.places.values())
        }
