"""The doorbell: an RQ job that says «wake up and look», may be lost, and is not rung twice."""

import json
import time
import zlib
from collections.abc import Iterator

import pytest
from flask import Flask
from rq import SimpleWorker
from rq.serializers import JSONSerializer
from rq.utils import import_attribute

from app import Settings, core
from app.extensions import db
from tests.fixtures.application import Make
from workers import queues
from workers.__main__ import parts


@pytest.fixture
def away() -> Iterator[str]:
    """An address where no Redis listens."""
    yield "unix:///nonexistent/redis.sock"
    queues._resting_until = 0.0


def jobs(url: str, name: str) -> list[str]:
    return [job.func_name for job in queues.queue(url, name).get_jobs()]


def test_every_bell_has_a_queue_and_a_job_that_exists() -> None:
    assert set(queues.BELLS) == set(queues.QUEUES)
    for job in queues.BELLS.values():
        assert callable(import_attribute(job))


def test_bell_is_a_job_without_a_payload(redis_url: str) -> None:
    queues.ring(redis_url, "events")
    (job,) = queues.queue(redis_url, "facts").get_jobs()
    assert (job.func_name, job.args, job.kwargs) == ("workers.relay.drain", [], {})
    assert (job.result_ttl, job.timeout) == (0, queues.JOB_TIMEOUT)


def test_bell_is_kept_as_json_and_never_as_pickle(redis_url: str) -> None:
    queues.ring(redis_url, "messages")
    (job,) = queues.queue(redis_url, "sends").get_jobs()
    raw = queues.connection(redis_url).hget(job.key, "data")
    assert isinstance(raw, bytes)
    assert json.loads(zlib.decompress(raw))[0] == "workers.sender.drain"


def test_bell_that_nobody_answered_is_not_rung_again(redis_url: str) -> None:
    for _ in range(5):
        queues.ring(redis_url, "events")
    assert jobs(redis_url, "facts") == ["workers.relay.drain"]


def test_bell_rings_again_once_it_was_answered(redis_url: str) -> None:
    queues.ring(redis_url, "events")
    queues.answered(redis_url, "events")
    queues.ring(redis_url, "events")
    assert len(jobs(redis_url, "facts")) == 2


def test_bells_do_not_silence_each_other(redis_url: str) -> None:
    for bell in queues.BELLS:
        queues.ring(redis_url, bell)
    assert sorted(jobs(redis_url, "facts")) == ["workers.inbox.drain", "workers.relay.drain"]
    assert sorted(jobs(redis_url, "sends")) == ["workers.bot_check.drain", "workers.sender.drain"]


def test_silence_ends_by_itself(redis_url: str) -> None:
    """The worker that was to answer may be dead."""
    queues.ring(redis_url, "events")
    left = queues.connection(redis_url).ttl("efir:bell:events")
    assert 0 < left <= queues.MUTE_SECONDS


def test_unknown_bell_and_no_redis_ring_nothing(redis_url: str) -> None:
    queues.ring(redis_url, "nonsense")
    queues.ring("", "events")
    queues.answered("", "events")
    assert jobs(redis_url, "facts") == []


def test_redis_that_is_away_is_asked_once_and_then_left_alone(away: str) -> None:
    assert queues.ring(away, "events") is False
    started = time.monotonic()
    for _ in range(100):
        assert queues.ring(away, "events") is False
    assert time.monotonic() - started < 0.1
    queues.answered(away, "events")


class TestWithRedisAway:
    @pytest.fixture
    def redis_url(self, away: str) -> str:
        return away

    def test_lead_is_taken_all_the_same(self, app: Flask, make: Make) -> None:
        started = time.monotonic()
        assert make.ingest().created
        assert time.monotonic() - started < 2
        assert core.backlog().waiting == 1


def test_commit_rings_and_a_worker_that_answers_delivers(
    app: Flask, make: Make, redis_url: str
) -> None:
    """The job as RQ runs it, in a worker of our kind."""
    make.lead()
    assert jobs(redis_url, "facts") == ["workers.relay.drain"]
    queue = queues.queue(redis_url, "facts", timeout=None)
    worker = SimpleWorker([queue], connection=queue.connection, serializer=JSONSerializer)
    worker.work(burst=True, with_scheduler=False, logging_level="ERROR")
    db.session.remove()
    assert core.backlog().waiting == 0
    assert queue.failed_job_registry.count == 0
    assert [each.name for each in core.timeline.everything()].count("message_planned") == 4


def test_each_worker_process_answers_one_queue() -> None:
    settings = Settings(
        _env_file=None, redis_url="redis://127.0.0.1:1/0", telegram_bot_token="1:TEST"
    )
    found = parts(settings)
    queued = ["queue facts", "queue media", "queue sends", "queue sends 2"]
    assert sorted(found) == ["polling", *queued, "ticker"]
    assert all(command[1:3] == ["-m", "workers"] for command in found.values())


def test_without_redis_or_bot_the_ticker_is_enough() -> None:
    assert list(parts(Settings(_env_file=None))) == ["ticker"]
