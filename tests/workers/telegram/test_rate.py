"""The limiter that all processes share, and what is left of it without Redis.

Nothing here depends on how fast the machine is: time is the test's own, or Redis's.
"""

from __future__ import annotations

import heapq
import itertools
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from redis import Redis

from tests.workers.telegram.conftest import RedisProcess
from workers.telegram.rate import RateLimiter
from workers.telegram.windows import (
    EVENNESS,
    FIRST_PAUSE,
    MARGIN,
    UNANSWERED,
    LocalWindows,
    Place,
    Rate,
)

NOW = 1_800_000_000.0
TEAM = -1000
SOON = 0.1
LEAST_WAY = 0.002

Limiter = RateLimiter | LocalWindows


@pytest.fixture(params=["shared", "local"])
def limiter(request: pytest.FixtureRequest) -> Limiter:
    """With Telegram's numbers, shared in Redis or of this process alone, past its first second."""
    made: Limiter
    if request.param == "local":
        made = LocalWindows(Rate())
    else:
        process: RedisProcess = request.getfixturevalue("redis_process")
        made = RateLimiter.connect(process.url)
    made.room(1, SOON, NOW - 100)
    return made


@dataclass
class Sending:
    """One or several senders that keep to the limiter, in a time of their own.

    `way` tells how long a message is under way to Telegram, and its answer back, beyond the least.
    """

    limiters: list[Limiter]
    way: Callable[[], float] = lambda: 0.0
    chat: Callable[[int], int] = lambda number: number + 1
    now: float = NOW
    step: float = 0.003
    arrivals: list[float] = field(default_factory=list)
    _answers: list[tuple[float, int, Place, Limiter]] = field(default_factory=list)
    _count: int = 0

    def run(self, seconds: float) -> list[float]:
        """The moments of arrival, `seconds` from now on."""
        until = self.now + seconds
        while self.now < until:
            for limiter in self.limiters:
                self._take_answers()
                self._send(limiter)
            self.now += self.step
        return sorted(self.arrivals)

    def _send(self, limiter: Limiter) -> None:
        room, _ = limiter.room(4, SOON, self.now)
        chats = [self.chat(self._count + number) for number in range(room)]
        self._count += room
        for place in limiter.reserve(chats, SOON, self.now):
            if place.taken:
                arrived = self.now + place.wait + LEAST_WAY / 2 + self.way()
                self.arrivals.append(arrived)
                answered = arrived + LEAST_WAY / 2 + self.way()
                heapq.heappush(self._answers, (answered, len(self.arrivals), place, limiter))

    def _take_answers(self) -> None:
        while self._answers and self._answers[0][0] <= self.now:
            answered, _, place, limiter = heapq.heappop(self._answers)
            limiter.answered([(place, self.now - answered + LEAST_WAY)], self.now)


def busiest(times: list[float], window: float) -> int:
    """The largest number of `times` in any `window` seconds."""
    first, most = 0, 0
    for last, moment in enumerate(times):
        while times[first] <= moment - window:
            first += 1
        most = max(most, last - first + 1)
    return most


def uneven(most: float) -> Callable[[], float]:
    """Ways that differ by up to so many seconds, the same in each run."""
    chance = random.Random(7)
    return lambda: chance.uniform(0, most)


def test_backlog_goes_at_97_hundredths_of_the_limit_and_never_above(limiter: Limiter) -> None:
    times = Sending([limiter], uneven(0.01)).run(20)
    assert busiest(times, 1.0) == 30
    assert len([each for each in times if each >= NOW + 1]) / 19 >= 0.97 * 30


def test_one_slow_answer_a_second_costs_next_to_nothing(limiter: Limiter) -> None:
    """It holds its own place for longer, and nobody else's."""
    numbers = itertools.count()
    times = Sending([limiter], lambda: 0.03 if next(numbers) % 60 < 2 else 0.001).run(20)
    assert busiest(times, 1.0) <= 30
    assert len([each for each in times if each >= NOW + 1]) / 19 >= 0.975 * 30


def test_limit_holds_however_unevenly_messages_travel(limiter: Limiter) -> None:
    times = Sending([limiter], uneven(0.7)).run(15)
    assert busiest(times, 1.0) <= 30
    assert len(times) / 15 > 10


def test_messages_are_spread_over_the_second(limiter: Limiter) -> None:
    times = Sending([limiter]).run(4)
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert min(gaps) > EVENNESS / 30 - 1e-5
    assert busiest(times, 0.5) <= 19


@pytest.mark.parametrize("senders", [2, 4])
def test_senders_share_one_limit_evenly(redis_process: RedisProcess, senders: int) -> None:
    limiters: list[Limiter] = [RateLimiter.connect(redis_process.url) for _ in range(senders)]
    times = Sending(limiters, uneven(0.01)).run(12)
    assert busiest(times, 1.0) == 30
    assert len([each for each in times if each >= NOW + 2]) / 10 >= 0.97 * 30


def test_unanswered_message_keeps_its_place_for_seconds_and_not_for_ever(limiter: Limiter) -> None:
    now = NOW
    for _ in range(30):
        _, wait = limiter.room(1, 0, now)
        now += wait + 1e-5
        (place,) = limiter.reserve([round(now * 1e6) % 10**9], 0, now)
        assert place.taken
    assert limiter.room(1, 0, now + 1.5)[0] == 0
    assert limiter.room(1, 0, now + 1 + UNANSWERED + 1)[0] == 1


def test_refused_place_takes_nothing(limiter: Limiter) -> None:
    (first,) = limiter.reserve([7], 0, NOW)
    for _ in range(50):
        (again,) = limiter.reserve([7], SOON, NOW + 0.05)
        assert not again.taken
    (other,) = limiter.reserve([8], SOON, NOW + 0.05)
    assert first.taken
    assert other == Place(8, pytest.approx(0.0), other.token)


def test_chat_gets_one_a_second_after_its_answer(limiter: Limiter) -> None:
    (first,) = limiter.reserve([7], 0, NOW)
    limiter.answered([(first, 0.0)], NOW + 0.2)
    (refused,) = limiter.reserve([7], 0.1, NOW + 0.3)
    assert (refused.taken, refused.wait) == (False, pytest.approx(0.9 + MARGIN, abs=1e-4))
    (second,) = limiter.reserve([7], 0.4, NOW + 0.9)
    assert (second.taken, second.wait) == (True, pytest.approx(0.3 + MARGIN, abs=1e-4))


def test_group_gets_twenty_a_minute(limiter: Limiter) -> None:
    times = Sending([limiter], chat=lambda _: TEAM, step=0.05).run(75)
    assert busiest(times, 60.0) == 20
    assert busiest(times, 1.0) == 1
    assert 60 < times[20] - times[0] < 60.5


def test_full_group_holds_up_nobody_else(limiter: Limiter) -> None:
    Sending([limiter], chat=lambda _: TEAM, step=0.05).run(30)
    group, person = limiter.reserve([TEAM, 7], 0, NOW + 30)
    assert (group.taken, person.taken) == (False, True)
    assert 29 < group.wait < 31


def test_clock_that_was_set_back_holds_nobody_up(limiter: Limiter) -> None:
    times = Sending([limiter], now=NOW + 3600).run(2)
    assert len(times) > 50
    again = Sending([limiter], chat=lambda number: 1000 + number).run(4)
    assert len([each for each in again if each >= NOW + 2]) > 50


def test_limits_are_those_of_the_settings(redis_process: RedisProcess) -> None:
    rate = Rate(per_second=5, chat_per_second=0.5, group_per_minute=2)
    for limiter in (RateLimiter.connect(redis_process.url, rate), LocalWindows(rate)):
        times = Sending([limiter], chat=lambda number: number + 1).run(6)
        assert busiest(times, 1.0) == 5
        alone = Sending([limiter], chat=lambda _: 7000, now=NOW + 10).run(8)
        assert busiest(alone, 2.0) == 1
        assert len(alone) >= 3
        group = Sending([limiter], chat=lambda _: TEAM, now=NOW + 20, step=0.05).run(70)
        assert busiest(group, 60.0) == 2


@pytest.mark.parametrize("rate", [0.1, 1.5, 30, 1000])
def test_any_rate_is_so_many_whole_messages_in_their_time(rate: float) -> None:
    window = Rate(per_second=rate).all
    assert window.limit >= 1
    assert window.limit / (window.seconds - MARGIN) == pytest.approx(rate)


def test_flush_lets_no_more_through_than_the_limit(redis_process: RedisProcess) -> None:
    """It is not known then what went in the second before: the first ones after it are slower."""
    limiters: list[Limiter] = [RateLimiter.connect(redis_process.url) for _ in range(2)]
    sending = Sending(limiters, uneven(0.003))
    sending.run(5)
    with Redis.from_url(redis_process.url) as client:
        client.flushall()
        client.script_flush()
    times = sending.run(5)
    assert busiest(times, 1.0) <= 30
    assert len(times) / 10 > 27


def test_flush_does_not_let_this_process_flood_a_group(redis_process: RedisProcess) -> None:
    sending = Sending([RateLimiter.connect(redis_process.url)], chat=lambda _: TEAM, step=0.05)
    sending.run(25)
    with Redis.from_url(redis_process.url) as client:
        client.flushall()
    assert busiest(sending.run(70), 60.0) <= 20


def test_memory_begins_with_a_short_pause(redis_process: RedisProcess) -> None:
    for limiter in (RateLimiter.connect(redis_process.url), LocalWindows(Rate())):
        assert limiter.room(1, 0, NOW) == (0, pytest.approx(FIRST_PAUSE, abs=0.01))


def test_redis_own_clock_counts_for_all(redis_process: RedisProcess) -> None:
    first, second = (RateLimiter.connect(redis_process.url) for _ in range(2))
    assert first.reserve([7], 5)[0].taken
    (refused,) = second.reserve([7], 0)
    assert not refused.taken


PROCESS = """
import json, sys, time
from workers.telegram.rate import RateLimiter
limiter, chat = RateLimiter.connect(sys.argv[1]), int(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
sent = []
while len(sent) < 25:
    (place,) = limiter.reserve([chat], 5)
    time.sleep(place.wait)
    left = time.time()
    sent.append(left)
    limiter.answered([(place, 0.0)])
    chat += 4
print(json.dumps(sent))
"""


def test_four_processes_together_keep_the_limit(redis_process: RedisProcess) -> None:
    """What leaves after its place has come, and is answered before the place is given back, is
    within the limit on however slow a machine."""
    senders = [
        subprocess.Popen(
            [sys.executable, "-c", PROCESS, redis_process.url, str(first)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for first in (1, 2, 3, 4)
    ]
    for sender in senders:
        assert sender.stdout and sender.stdout.readline() == "ready\n"
    outputs = [sender.communicate("\n", timeout=60)[0] for sender in senders]
    times = sorted(moment for output in outputs for moment in json.loads(output))
    assert len(times) == 100
    assert busiest(times, 1.0) <= 30


def test_nothing_but_the_pace_stays_in_redis_for_long(redis_process: RedisProcess) -> None:
    limiter = RateLimiter.connect(redis_process.url)
    (place,) = limiter.reserve([TEAM], 5)
    limiter.answered([(place, 0.0)])
    with Redis.from_url(redis_process.url) as client:
        lifetimes = {key.decode(): client.pttl(key) for key in client.keys("*")}
    pace = lifetimes.pop("{efir:telegram:rate}:pace")
    assert pace == -1
    assert len(lifetimes) == 3
    assert all(0 < lifetime <= 70_000 for lifetime in lifetimes.values())


@pytest.fixture
def outage(redis_process: RedisProcess, monkeypatch: pytest.MonkeyPatch) -> Iterator[RateLimiter]:
    monkeypatch.setattr("workers.telegram.rate.REDIS_PAUSE", 0.05)
    return RateLimiter.connect(redis_process.url)


def test_without_redis_each_process_keeps_the_limit_alone(
    redis_process: RedisProcess, outage: RateLimiter
) -> None:
    sending = Sending([outage], uneven(0.003))
    sending.run(3)
    redis_process.stop()
    sending.run(4)
    redis_process.start()
    time.sleep(0.06)
    times = sending.run(3)
    assert busiest(times, 1.0) <= 30
    assert len(times) / 10 > 27


def test_redis_that_is_back_is_shared_again(
    redis_process: RedisProcess, outage: RateLimiter
) -> None:
    assert outage.reserve([7], 5)[0].taken
    redis_process.stop()
    assert not outage.reserve([7], 0)[0].taken
    redis_process.start()
    time.sleep(0.06)
    assert outage.reserve([9], 5)[0].taken
    other = RateLimiter.connect(redis_process.url)
    assert not other.reserve([9], 0)[0].taken


def test_redis_that_hangs_is_asked_once_and_then_left_alone(
    redis_process: RedisProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.telegram.rate.REDIS_PAUSE", 3600)
    limiter = RateLimiter.connect(redis_process.url)
    limiter.reserve([1], 5)
    with Redis.from_url(redis_process.url) as client:
        before = client.info("stats")["total_connections_received"]
        client.execute_command("CLIENT", "PAUSE", "1500", "WRITE")
        for chat in range(2, 100):
            limiter.reserve([chat], 0)
        after = client.info("stats")["total_connections_received"]
    assert after == before


def test_full_redis_is_done_without(redis_process: RedisProcess) -> None:
    with Redis.from_url(redis_process.url) as client:
        client.config_set("maxmemory", 1)
    limiter = RateLimiter.connect(redis_process.url)
    assert limiter.reserve([7], 5)[0].taken
    assert not limiter.reserve([7], 0)[0].taken


def test_local_windows_forget_chats_that_are_free_again() -> None:
    limiter = LocalWindows(Rate(per_second=1e6))
    for chat in range(1, 20_001):
        moment = NOW + chat
        limiter.answered([(place, 0) for place in limiter.reserve([chat], 1, moment)], moment)
    assert len(limiter._chats) <= 10_001
