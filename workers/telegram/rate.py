"""How fast the bot may send, agreed between all processes.

Telegram allows about 30 messages a second in all, one a second to a chat and twenty a minute to a
group. The whole bot and each chat are kept smooth: grants are evenly spaced (GCRA without a burst).
A group may have its twenty at once and then waits for the oldest to be a minute old.

Spacing is stretched by `slack`, the seconds by which the way to Telegram may differ between two
messages: what leaves evenly arrives less evenly, and the limit is counted where it arrives.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from dataclasses import dataclass
from typing import Self

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

log = logging.getLogger(__name__)

SLACK = 0.07
REDIS_TIMEOUT = 0.5
REDIS_PAUSE = 1.0
"""Seconds for which a Redis that failed is not asked again."""

_MINUTE = 60.0
_LOCAL_CHATS = 10_000

# Microseconds throughout. A wait is never longer than the spacing itself: after a clock was set
# back, what was written before it would otherwise hold everybody up for as long as the jump.
_ACQUIRE = """
local now = tonumber(ARGV[1])
if now < 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
local spacing_all, spacing_chat = tonumber(ARGV[2]), tonumber(ARGV[3])
local group_size, group_window = tonumber(ARGV[4]), tonumber(ARGV[5])

local function until_free(key, spacing)
  local free_at = tonumber(redis.call('GET', key) or 0)
  return math.max(0, math.min(free_at - now, spacing))
end

local wait = math.max(until_free(KEYS[1], spacing_all), until_free(KEYS[2], spacing_chat))
if group_size > 0 then
  local oldest = redis.call('LINDEX', KEYS[3], -group_size)
  if oldest then
    wait = math.max(wait, math.min(tonumber(oldest) + group_window - now, group_window))
  end
end
if wait > 0 then
  return string.format('%.0f', wait)
end

local function take(key, spacing)
  local lifetime = math.max(1, math.ceil(spacing / 1000))
  redis.call('SET', key, string.format('%.0f', now + spacing), 'PX', lifetime)
end

take(KEYS[1], spacing_all)
take(KEYS[2], spacing_chat)
if group_size > 0 then
  redis.call('RPUSH', KEYS[3], string.format('%.0f', now))
  redis.call('LTRIM', KEYS[3], -group_size, -1)
  redis.call('PEXPIRE', KEYS[3], math.ceil(group_window / 1000))
end
return '0'
"""


@dataclass(frozen=True, slots=True)
class Rate:
    """What Telegram allows, and the spacing in seconds that follows from it."""

    per_second: float = 30.0
    chat_per_second: float = 1.0
    group_per_minute: int = 20
    slack: float = SLACK

    @property
    def spacing(self) -> float:
        """Between any two messages of the bot."""
        return (1.0 + self.slack) / self.per_second

    @property
    def chat_spacing(self) -> float:
        """Between two messages to one chat."""
        return (1.0 + self.slack) / self.chat_per_second

    @property
    def group_window(self) -> float:
        """Seconds in which a group gets `group_per_minute`."""
        return _MINUTE + self.slack


class RateLimiter:
    """The shared limiter. It never raises and never sleeps: the caller waits.

    While Redis does not answer, each process keeps to the same numbers by itself, so that several
    processes together may then exceed them; Telegram's own 429 is the last word.
    """

    def __init__(
        self, redis: Redis, rate: Rate | None = None, *, key: str = "efir:telegram:rate"
    ) -> None:
        self._rate = rate or Rate()
        self._local = LocalLimiter(self._rate)
        self._script = redis.register_script(_ACQUIRE)
        # One hash tag, so that the three keys share a slot in a cluster.
        self._key = "{" + key + "}"
        self._ask_again_at = 0.0

    @classmethod
    def connect(
        cls, url: str, rate: Rate | None = None, *, key: str = "efir:telegram:rate"
    ) -> Self:
        """A limiter with a connection of its own, which gives a Redis that hangs half a second."""
        redis = Redis.from_url(
            url,
            socket_timeout=REDIS_TIMEOUT,
            socket_connect_timeout=REDIS_TIMEOUT,
            retry=Retry(NoBackoff(), 0),
        )
        return cls(redis, rate, key=key)

    def acquire(self, chat_id: int, now: float | None = None) -> float:
        """0.0: send, the token is taken. Otherwise the seconds to wait, and nothing is taken.

        `now` is in unix seconds; without it Redis's own clock counts, which all processes share.
        A caller gives it always or never.
        """
        if time.monotonic() >= self._ask_again_at:
            try:
                return self._acquire_shared(chat_id, now)
            except (RedisError, OSError) as exc:
                self._leave_alone(exc)
        return self._local.acquire(chat_id, now)

    def _acquire_shared(self, chat_id: int, now: float | None) -> float:
        rate = self._rate
        wait = self._script(
            keys=[f"{self._key}:all", f"{self._key}:{chat_id}", f"{self._key}:{chat_id}:group"],
            args=[
                -1 if now is None else _microseconds(now),
                _microseconds(rate.spacing),
                _microseconds(rate.chat_spacing),
                rate.group_per_minute if chat_id < 0 else 0,
                _microseconds(rate.group_window),
            ],
        )
        self._note_recovery()
        if int(wait) == 0:
            self._local.note(chat_id, now)
        return int(wait) / 1_000_000

    def _leave_alone(self, exc: Exception) -> None:
        if not self._ask_again_at:
            log.warning("rate limiter: Redis does not answer, going on alone: %s", exc)
        self._ask_again_at = time.monotonic() + REDIS_PAUSE

    def _note_recovery(self) -> None:
        if self._ask_again_at:
            log.info("rate limiter: Redis is back")
            self._ask_again_at = 0.0


class LocalLimiter:
    """The same limits within one process."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._free_at = 0.0
        self._chats: dict[int, float] = {}
        self._groups: dict[int, deque[float]] = {}

    def acquire(self, chat_id: int, now: float | None = None) -> float:
        """As RateLimiter.acquire; without `now` the process's monotonic clock counts."""
        moment = time.monotonic() if now is None else now
        wait = max(
            _until(self._free_at, moment, self._rate.spacing),
            _until(self._chats.get(chat_id, 0.0), moment, self._rate.chat_spacing),
            self._until_group(chat_id, moment),
        )
        if wait > 0:
            return wait
        self.note(chat_id, moment)
        return 0.0

    def note(self, chat_id: int, now: float | None = None) -> None:
        """Count a message that somebody else granted."""
        moment = time.monotonic() if now is None else now
        self._free_at = moment + self._rate.spacing
        self._forget_free(moment)
        self._chats[chat_id] = moment + self._rate.chat_spacing
        if chat_id < 0:
            size = self._rate.group_per_minute
            self._groups.setdefault(chat_id, deque(maxlen=size)).append(moment)

    def _until_group(self, chat_id: int, moment: float) -> float:
        times = self._groups.get(chat_id)
        if times is None or len(times) < self._rate.group_per_minute:
            return 0.0
        window = self._rate.group_window
        return _until(times[0] + window, moment, window)

    def _forget_free(self, moment: float) -> None:
        if len(self._chats) >= _LOCAL_CHATS:
            self._chats = {each: at for each, at in self._chats.items() if at > moment}


def _microseconds(seconds: float) -> int:
    return round(seconds * 1_000_000)


def _until(free_at: float, moment: float, longest: float) -> float:
    return max(0.0, min(free_at - moment, longest))
