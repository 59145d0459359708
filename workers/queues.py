"""Queue names and the doorbell: an RQ job that means «wake up and look», and nothing more.

It may be lost or doubled without harm: what is due stands in the database, and the ticker looks
every second. A bell that was rung and not yet answered is not rung again.
"""

import logging
import time
from functools import lru_cache

import redis
from rq import Queue
from rq.serializers import JSONSerializer

log = logging.getLogger(__name__)
BELLS = {
    "events": "workers.relay.drain",
    "updates": "workers.inbox.drain",
    "messages": "workers.sender.drain",
    "media": "workers.media.drain",
    "bot": "workers.bot_check.drain",
}
# One queue a worker process: with two, a kill between pop and start loses the job for ever.
QUEUES = {
    "events": "facts",
    "updates": "facts",
    "messages": "sends",
    "bot": "sends",
    "media": "media",
}
MUTE_SECONDS = 2
AT_WORK_SECONDS = 5
TIMEOUT_SECONDS = 0.3
REST_SECONDS = 2.0
JOB_TIMEOUT = 120
LONG = {"media": 3600}
"""Bells whose work may last: nobody who has other things to do takes it over."""
_resting_until = 0.0


@lru_cache(maxsize=8)
def connection(url: str, timeout: float | None = TIMEOUT_SECONDS) -> redis.Redis:
    """A client an address. RQ's worker blocks on its queue, so it takes `timeout=None`."""
    return redis.Redis.from_url(url, socket_timeout=timeout, socket_connect_timeout=TIMEOUT_SECONDS)


def queue(url: str, name: str, *, timeout: float | None = TIMEOUT_SECONDS) -> Queue:
    return Queue(name, connection=connection(url, timeout), serializer=JSONSerializer)


def ring(url: str, bell: str) -> bool:
    """Wake the worker of a bell; False where nobody can be woken.

    A Redis that does not answer is left alone for two seconds.
    """
    global _resting_until
    if not url or bell not in BELLS or time.monotonic() < _resting_until:
        return False
    try:
        if connection(url).set(_muted(bell), 1, nx=True, ex=MUTE_SECONDS):
            queue(url, QUEUES[bell]).enqueue(
                BELLS[bell],
                job_timeout=LONG.get(bell, JOB_TIMEOUT),
                result_ttl=0,
                failure_ttl=86_400,
            )
    except redis.RedisError as error:
        _resting_until = time.monotonic() + REST_SECONDS
        log.warning("the bell %s did not ring: %s", bell, type(error).__name__)
        return False
    return True


def answered(url: str, bell: str) -> None:
    """The worker looks now: what is recorded from here on must ring again."""
    if url:
        try:
            connection(url).delete(_muted(bell))
        except redis.RedisError:
            return
        at_work(url, bell)


def at_work(url: str, bell: str) -> None:
    """The worker is still at it: the ticker need not do it in its place."""
    if url:
        try:
            connection(url).set(_at_work(bell), 1, ex=AT_WORK_SECONDS)
        except redis.RedisError:
            return


def somebody_at_work(url: str, bell: str) -> bool:
    """Whether a worker answered this bell within the last seconds, as far as Redis tells."""
    try:
        return bool(connection(url).exists(_at_work(bell)))
    except redis.RedisError:
        return False


def _at_work(bell: str) -> str:
    return f"efir:at-work:{bell}"


def _muted(bell: str) -> str:
    return f"efir:bell:{bell}"
