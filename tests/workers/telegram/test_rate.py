"""The limiter that all processes share, and what is left of it without Redis."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from redis import Redis

from tests.workers.telegram.conftest import RedisProcess
from workers.telegram.rate import LocalLimiter, Rate, RateLimiter

NOW = 1_800_000_000.0
TEAM = -1000

Acquire = Callable[[int, float], float]

SENDER = """
import sys, time
from workers.telegram.rate import RateLimiter
limiter, chat, end = RateLimiter.connect(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
time.sleep(max(0, end - 2 - time.time()))
while time.time() < end:
    chat += 4
    while wait := limiter.acquire(chat):
        time.sleep(wait)
    print(time.time())
"""


@pytest.fixture(params=["shared", "local"])
def acquire(request: pytest.FixtureRequest) -> Acquire:
    """`acquire` of a limiter with Telegram's numbers, shared in Redis or of this process alone."""
    if request.param == "local":
        return LocalLimiter(Rate()).acquire
    process: RedisProcess = request.getfixturevalue("redis_process")
    return RateLimiter.connect(process.url).acquire


def grants(acquire: Acquire, chats: Callable[[int], int], seconds: float) -> list[float]:
    """The times at which messages went out when each wait was kept, from NOW on."""
    granted: list[float] = []
    now = NOW
    while now < NOW + seconds:
        wait = acquire(chats(len(granted)), now)
        if wait == 0.0:
            granted.append(now)
        now += wait + 1e-5
    return granted


def busiest(times: list[float], window: float) -> int:
    """The largest number of `times` in any `window` seconds."""
    return max(sum(start <= each < start + window for each in times) for start in times)


def test_acquire_keeps_the_whole_bot_under_thirty_a_second(acquire: Acquire) -> None:
    times = grants(acquire, lambda n: n + 1, seconds=4)
    assert busiest(times, 1.0) <= 30
    assert len(times) / 4 >= 27


def test_acquire_leaves_room_for_an_uneven_way(acquire: Acquire) -> None:
    times = grants(acquire, lambda n: n + 1, seconds=4)
    assert busiest(times, 1.0 + 0.065) <= 30


def test_acquire_keeps_a_chat_at_one_a_second(acquire: Acquire) -> None:
    assert acquire(7, NOW) == 0.0
    assert acquire(7, NOW) == pytest.approx(1.07)
    assert acquire(7, NOW + 1.0) == pytest.approx(0.07)
    assert acquire(7, NOW + 1.08) == 0.0


def test_acquire_that_has_to_wait_takes_nothing(acquire: Acquire) -> None:
    assert acquire(7, NOW) == 0.0
    assert acquire(8, NOW) == pytest.approx(1.07 / 30, abs=1e-5)
    for _ in range(5):
        assert acquire(7, NOW + 0.5) > 0
    assert acquire(8, NOW + 0.5) == 0.0


def test_acquire_gives_a_group_twenty_a_minute(acquire: Acquire) -> None:
    times = grants(acquire, lambda n: TEAM, seconds=75)
    assert busiest(times, 60.0) == 20
    assert times[20] - times[0] == pytest.approx(60.07, abs=0.01)
    assert times[19] - times[0] == pytest.approx(19 * 1.07, abs=0.01)


def test_acquire_holds_up_no_chat_for_the_sake_of_a_group(acquire: Acquire) -> None:
    grants(acquire, lambda n: TEAM, seconds=25)
    assert acquire(TEAM, NOW + 26) > 30
    assert acquire(7, NOW + 26) == 0.0


def test_acquire_after_a_clock_was_set_back_waits_no_longer_than_usual(acquire: Acquire) -> None:
    assert acquire(7, NOW + 3600) == 0.0
    assert acquire(7, NOW) <= 1.07


def test_acquire_takes_its_numbers_from_the_settings(redis_process: RedisProcess) -> None:
    rate = Rate(per_second=5, chat_per_second=0.5, group_per_minute=2, slack=0.0)
    limiter = RateLimiter.connect(redis_process.url, rate)
    assert limiter.acquire(TEAM, NOW) == 0.0
    assert limiter.acquire(7, NOW) == pytest.approx(0.2)
    assert limiter.acquire(TEAM, NOW + 1) == pytest.approx(1.0)
    assert limiter.acquire(TEAM, NOW + 2) == 0.0
    assert limiter.acquire(TEAM, NOW + 4) == pytest.approx(56.0)


def test_acquire_is_agreed_between_limiters_by_redis_own_clock(
    redis_process: RedisProcess,
) -> None:
    first, second = (RateLimiter.connect(redis_process.url) for _ in range(2))
    assert first.acquire(7) == 0.0
    assert 0.9 < second.acquire(7) <= 1.07


def test_acquire_keeps_the_limit_over_four_processes(redis_process: RedisProcess) -> None:
    end = time.time() + 2.7
    arguments = [redis_process.url, str(end)]
    senders = [
        subprocess.Popen(
            [sys.executable, "-c", SENDER, arguments[0], str(first), arguments[1]],
            stdout=subprocess.PIPE,
            text=True,
        )
        for first in (1, 2, 3, 4)
    ]
    outputs = [sender.communicate(timeout=10)[0] for sender in senders]
    shares = [len(output.split()) for output in outputs]
    times = sorted(float(line) for output in outputs for line in output.split())
    assert busiest(times, 1.0) <= 30
    assert len(times) >= 45
    assert min(shares) > 0


def test_acquire_leaves_nothing_in_redis_for_long(redis_process: RedisProcess) -> None:
    limiter = RateLimiter.connect(redis_process.url)
    limiter.acquire(TEAM)
    with Redis.from_url(redis_process.url) as client:
        lifetimes = [client.pttl(key) for key in client.keys("*")]
    assert len(lifetimes) == 3
    assert all(0 < lifetime <= 60_070 for lifetime in lifetimes)


def test_acquire_survives_a_flush(redis_process: RedisProcess) -> None:
    limiter = RateLimiter.connect(redis_process.url)
    assert limiter.acquire(7) == 0.0
    with Redis.from_url(redis_process.url) as client:
        client.flushall()
        client.script_flush()
    assert limiter.acquire(7) == 0.0


def test_acquire_goes_on_alone_without_redis_and_comes_back(
    redis_process: RedisProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.telegram.rate.REDIS_PAUSE", 0.05)
    limiter = RateLimiter.connect(redis_process.url)
    assert limiter.acquire(7) == 0.0
    redis_process.stop()
    assert 0.9 < limiter.acquire(7) <= 1.07
    assert 0.0 <= limiter.acquire(8) <= 1.07 / 30
    redis_process.start()
    time.sleep(0.06)
    assert limiter.acquire(9) == 0.0
    other = RateLimiter.connect(redis_process.url)
    assert other.acquire(9) > 0.9


def test_acquire_does_not_wait_for_a_redis_that_hangs(redis_process: RedisProcess) -> None:
    limiter = RateLimiter.connect(redis_process.url)
    limiter.acquire(1)
    with Redis.from_url(redis_process.url) as client:
        client.execute_command("CLIENT", "PAUSE", "3000", "ALL")
    started = time.monotonic()
    for chat in range(2, 100):
        limiter.acquire(chat)
    assert time.monotonic() - started < 1.2


def test_acquire_of_a_full_redis_goes_on_alone(redis_process: RedisProcess) -> None:
    with Redis.from_url(redis_process.url) as client:
        client.config_set("maxmemory", 1)
    limiter = RateLimiter.connect(redis_process.url)
    assert limiter.acquire(7) == 0.0
    assert limiter.acquire(7) > 0.9


def test_local_limiter_forgets_chats_that_are_free_again() -> None:
    limiter = LocalLimiter(Rate(per_second=1e6))
    for chat in range(1, 20_001):
        limiter.acquire(chat, NOW + chat)
    assert len(limiter._chats) <= 10_000
