"""Flood control, as far as Telegram tells it: per second in all, per chat, per group and minute."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a bot may send. A private chat forgives a short burst, as at Telegram's."""

    per_second: int = 30
    chat_per_second: float = 1.0
    chat_burst: int = 3
    group_per_minute: int = 20


@dataclass(slots=True)
class Flood:
    """Counts what was accepted, in sliding windows, and what was `refused`.

    With `limits` None everything passes.
    """

    limits: Limits | None
    refused: int = 0
    _sent: deque[float] = field(default_factory=deque)
    _groups: defaultdict[int, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _paid_until: dict[int, float] = field(default_factory=dict)

    def admit(self, chat_id: int, now: float) -> int:
        """0, and the message counts; or the seconds to wait, and it does not."""
        if self.limits is None:
            return 0
        wait = max(self._wait_in_all(now), self._wait_of_chat(chat_id, now))
        if wait > 0:
            self.refused += 1
            return max(1, math.ceil(wait))
        self._count(chat_id, now)
        return 0

    def _wait_in_all(self, now: float) -> float:
        assert self.limits is not None
        return _wait(self._sent, self.limits.per_second, 1.0, now)

    def _wait_of_chat(self, chat_id: int, now: float) -> float:
        assert self.limits is not None
        if chat_id < 0:
            return _wait(self._groups[chat_id], self.limits.group_per_minute, 60.0, now)
        forgiven = (self.limits.chat_burst - 1) / self.limits.chat_per_second
        return self._paid_until.get(chat_id, 0.0) - forgiven - now

    def _count(self, chat_id: int, now: float) -> None:
        assert self.limits is not None
        self._sent.append(now)
        if chat_id < 0:
            self._groups[chat_id].append(now)
        else:
            paid = max(self._paid_until.get(chat_id, 0.0), now)
            self._paid_until[chat_id] = paid + 1 / self.limits.chat_per_second


def _wait(times: deque[float], limit: int, window: float, now: float) -> float:
    while times and times[0] <= now - window:
        times.popleft()
    return times[0] + window - now if len(times) >= limit else 0.0
