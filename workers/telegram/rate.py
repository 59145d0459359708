"""How fast the bot may send, agreed between all processes.

Telegram allows about 30 messages a second in all, one a second to a chat and twenty a minute to a
group, counted where they arrive. A message takes a place in each of these windows, and the place
is free again a window's length after the latest moment at which the message may have arrived: that
of its answer, less what the quickest way lately took. So no window ever holds more than its number
however unevenly messages travel, and nothing is given away for unevenness that does not happen.

A place is reserved ahead: the limiter says in how many seconds to send, and several processes wait
for theirs side by side. Messages of the bot are kept apart besides, so that they never come in one
burst, and more so after a flush, when it is not known what went before.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Sequence
from typing import Any, Self, TypeVar

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from workers.telegram import windows
from workers.telegram.windows import LocalWindows, Place, Rate, Window, new_token

log = logging.getLogger(__name__)
T = TypeVar("T")

REDIS_TIMEOUT = 0.5
REDIS_PAUSE = 1.0
"""Seconds for which a Redis that failed is not asked again."""
KEY = "efir:telegram:rate"

# What LocalWindows does, in microseconds and in Redis. KEYS: pace, all, then chat and group of
# each message. ARGV: the question as JSON.
_SCRIPT = """
local ask = cjson.decode(ARGV[1])
local now = ask.now
if now < 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
local all, even = ask.windows[1], ask.windows[1].length / ask.windows[1].limit

local function whole(number) return string.format('%.0f', number) end

local function prune(key, window)
  local longest = now + ask.reach + window.length + ask.unanswered
  redis.call('ZREMRANGEBYSCORE', key, '-inf', whole(now))
  redis.call('ZREMRANGEBYSCORE', key, '(' .. whole(longest), '+inf')
  return redis.call('ZCARD', key)
end

local function free_at(key, window, taken)
  if taken < window.limit then return now end
  local place = taken - window.limit
  local found = redis.call('ZRANGE', key, place, place, 'WITHSCORES')
  return found[2] and tonumber(found[2]) or now + ask.unanswered
end

local function hold(key, token, free)
  redis.call('ZADD', key, whole(free), token)
  local lifetime = math.ceil((free - now) / 1000)
  if redis.call('PTTL', key) < lifetime then redis.call('PEXPIRE', key, lifetime) end
end

local function each_window(number, message, visit)
  visit(KEYS[2], ask.windows[1])
  visit(KEYS[1 + 2 * number], ask.windows[2])
  if message.chat < 0 then visit(KEYS[2 + 2 * number], ask.windows[3]) end
end

if ask.what == 'answered' then
  for number, message in ipairs(ask.messages) do
    each_window(number, message, function(key, window)
      local free = now - message.ago + window.length
      if free > now then hold(key, message.token, free)
      else redis.call('ZREM', key, message.token) end
    end)
  end
  return {}
end

local pace = redis.call('HMGET', KEYS[1], 'last', 'since')
local last, since = tonumber(pace[1] or nil), tonumber(pace[2] or nil)
if not last or not since then
  last, since = now + math.min(12 * even, ask.first_pause) - even * ask.caution, now
  redis.call('HSET', KEYS[1], 'last', whole(last), 'since', whole(since))
end
if last > now + ask.reach + even then last = now - even end
if since > now then since = 0 end

local function following(previous)
  local careful = previous < since + ask.caution * all.length
  return previous + even * (careful and ask.caution or ask.evenness)
end

local taken = prune(KEYS[2], all)
if ask.what == 'room' then
  local first, count = nil, 0
  for more = 0, ask.want - 1 do
    last = math.max(now, following(last), free_at(KEYS[2], all, taken + more))
    first = first or last
    if last > now + ask.within then break end
    count = count + 1
  end
  return {count, whole(math.min(first - now, all.length))}
end

local answers = {}
for number, message in ipairs(ask.messages) do
  local at, wait = math.max(now, following(last)), 0
  wait = math.min(at - now, all.length)
  each_window(number, message, function(key, window)
    local free = free_at(key, window, prune(key, window))
    at, wait = math.max(at, free), math.max(wait, math.min(free - now, window.length))
  end)
  answers[number] = {at <= now + ask.within and 1 or 0, whole(wait)}
  if at <= now + ask.within then
    answers[number][2] = whole(at - now)
    each_window(number, message, function(key, window)
      hold(key, message.token, at + window.length + ask.unanswered)
    end)
    last = at
  end
end
redis.call('HSET', KEYS[1], 'last', whole(last))
return answers
"""


class RateLimiter:
    """The shared limiter. It never raises and never sleeps: the caller waits.

    While Redis does not answer, each process keeps to the same numbers by itself, so that several
    processes together may then exceed them; Telegram's own 429 is the last word.
    """

    def __init__(self, redis: Redis, rate: Rate | None = None, *, key: str = KEY) -> None:
        self._rate = rate or Rate()
        self._local = LocalWindows(self._rate)
        self._script = redis.register_script(_SCRIPT)
        # One hash tag, so that all keys share a slot in a cluster.
        self._key = "{" + key + "}"
        self._ask_again_at = 0.0

    @classmethod
    def connect(cls, url: str, rate: Rate | None = None, *, key: str = KEY) -> Self:
        """A limiter with a connection of its own, which gives a Redis that hangs half a second."""
        redis = Redis.from_url(
            url,
            socket_timeout=REDIS_TIMEOUT,
            socket_connect_timeout=REDIS_TIMEOUT,
            retry=Retry(NoBackoff(), 0),
        )
        return cls(redis, rate, key=key)

    def room(self, want: int, within: float, now: float | None = None) -> tuple[int, float]:
        """(how many of `want` messages may go within so many seconds, seconds until the first).

        `now` is in unix seconds; without it Redis's own clock counts, which all processes share.
        A caller gives it always or never.
        """

        def ask() -> tuple[int, float]:
            count, wait = self._ask("room", [], now, within=_micro(within), want=want)
            return int(count), int(wait) / 1_000_000

        return self._shared(ask, lambda: self._local.room(want, within, now))

    def reserve(self, chats: Sequence[int], within: float, now: float | None = None) -> list[Place]:
        """A place for each message that can go within so many seconds, in the order of `chats`."""
        if not chats:
            return []
        return self._shared(
            lambda: self._reserve(chats, within, now),
            lambda: self._local.reserve(chats, within, now),
        )

    def answered(self, answers: Sequence[tuple[Place, float]], now: float | None = None) -> None:
        """Messages that arrived so many seconds ago at the latest: their places come free."""
        if not answers:
            return
        self._local.answered(answers, now)
        messages = [
            {"chat": place.chat_id, "token": place.token, "ago": _micro(ago)}
            for place, ago in answers
        ]
        self._shared(lambda: self._ask("answered", messages, now), lambda: None)

    def _reserve(self, chats: Sequence[int], within: float, now: float | None) -> list[Place]:
        """The process's own count is heard too: it knows what a flushed Redis forgot."""
        places = [Place(chat, self._local.wait(chat, now)) for chat in chats]
        asked = [number for number, place in enumerate(places) if place.wait <= within]
        messages = [{"chat": chats[number], "token": new_token()} for number in asked]
        answers = self._ask("reserve", messages, now, within=_micro(within))
        for number, message, (taken, wait) in zip(asked, messages, answers, strict=True):
            places[number] = Place(chats[number], int(wait) / 1_000_000)
            if taken:
                wait = max(places[number].wait, self._local.wait(chats[number], now))
                places[number] = Place(chats[number], wait, str(message["token"]))
                self._local.note(places[number], now)
        return places

    def _ask(
        self, what: str, messages: list[dict[str, Any]], now: float | None, **more: float
    ) -> Any:
        question = {
            "what": what,
            "now": -1 if now is None else _micro(now),
            "within": 0,
            "windows": [
                _plain(each) for each in (self._rate.all, self._rate.chat, self._rate.group)
            ],
            "reach": _micro(windows.REACH),
            "unanswered": _micro(windows.UNANSWERED),
            "first_pause": _micro(windows.FIRST_PAUSE),
            "evenness": windows.EVENNESS,
            "caution": windows.CAUTION,
            "messages": messages,
        } | more
        keys = [f"{self._key}:pace", f"{self._key}:all"]
        for message in messages:
            keys += [f"{self._key}:{message['chat']}", f"{self._key}:{message['chat']}:group"]
        return self._script(keys=keys, args=[json.dumps(question)])

    def _shared(self, ask: Callable[[], T], alone: Callable[[], T]) -> T:
        if time.monotonic() >= self._ask_again_at:
            try:
                answer = ask()
            except (RedisError, OSError) as exc:
                self._leave_alone(exc)
            else:
                self._note_recovery()
                return answer
        return alone()

    def _leave_alone(self, exc: Exception) -> None:
        if not self._ask_again_at:
            log.warning("rate limiter: Redis does not answer, going on alone: %s", exc)
        self._ask_again_at = time.monotonic() + REDIS_PAUSE

    def _note_recovery(self) -> None:
        if self._ask_again_at:
            log.info("rate limiter: Redis is back")
            self._ask_again_at = 0.0


def _plain(window: Window) -> dict[str, float]:
    return {"limit": window.limit, "length": _micro(window.seconds)}


def _micro(seconds: float) -> int:
    return round(seconds * 1_000_000)
