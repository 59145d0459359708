"""What lags in Redis comes home, and everything in Redis can be lost."""

import pytest
import redis
from flask import Flask
from sqlalchemy import event

from app import autowebinar
from app.autowebinar import seen
from app.extensions import db
from tests.autowebinar.recording import Watching, after, forget_redis, watching
from tests.fixtures.application import Make


@pytest.fixture
def viewer(make: Make) -> Watching:
    return watching(make)


def statements(app: Flask, work: object) -> list[str]:
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        found.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        work()  # type: ignore[operator]
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return found


def test_position_lags_until_it_is_flushed(viewer: Watching) -> None:
    viewer.enter(0)
    viewer.watch(10, 20)
    assert viewer.meta()["autowebinar_last_position_sec"] == 0
    assert autowebinar.flush_positions() == 1
    assert viewer.meta()["autowebinar_last_position_sec"] == 20
    assert viewer.meta()["autowebinar_last_seen_at"] == after(20)
    assert autowebinar.flush_positions() == 0


def test_acknowledgement_between_quarters_asks_no_database(app: Flask, viewer: Watching) -> None:
    viewer.enter(0)
    assert statements(app, lambda: viewer.acknowledge(10, 10)) == []


@pytest.mark.both_databases
def test_flush_writes_many_in_one_statement(app: Flask, make: Make) -> None:
    first = watching(make)
    viewers = [
        Watching(first.webinar, first.version, make.registration(first.webinar)) for _ in range(20)
    ]
    for viewer in viewers:
        viewer.enter(0)
        viewer.acknowledge(10, 10)
    found = statements(app, autowebinar.flush_positions)
    assert sum("INSERT INTO user_meta" in each for each in found) == 1
    assert len([each for each in found if "user_meta" in each]) == 2
    assert {viewer.meta()["autowebinar_last_position_sec"] for viewer in viewers} == {10}


def test_flush_of_redis_in_mid_room_loses_seconds_alone(viewer: Watching, redis_url: str) -> None:
    viewer.enter(0)
    viewer.watch(10, 30)
    autowebinar.flush_positions()
    viewer.acknowledge(40, 40)
    forget_redis(redis_url)
    assert viewer.second(45) == 45
    viewer.acknowledge(50, 50)
    assert viewer.meta()["autowebinar_progress_percent"] == 50
    assert viewer.second(120) == 50


def test_stale_redis_does_not_take_a_session_back(viewer: Watching, redis_url: str) -> None:
    """Redis was away for a while and came back with what it had then."""
    viewer.enter(0)
    viewer.acknowledge(10, 10)
    server = redis.Redis.from_url(redis_url)
    kept = {key: server.dump(key) for key in server.scan_iter()}
    viewer.watch(20, 90)
    autowebinar.flush_positions()
    server.flushall()
    for key, value in kept.items():
        server.restore(key, 0, value)
    assert viewer.second(95) == 95
    assert autowebinar.flush_positions() == 0
    assert viewer.meta()["autowebinar_last_position_sec"] == 90


class TestWithoutRedis:
    @pytest.fixture
    def settings_overrides(self) -> dict[str, str]:
        return {"redis_url": ""}

    @pytest.mark.both_databases
    def test_every_acknowledgement_is_kept_in_sql(self, viewer: Watching) -> None:
        viewer.enter(0)
        viewer.watch(10, 30)
        assert viewer.meta()["autowebinar_last_position_sec"] == 30
        assert viewer.meta()["autowebinar_progress_percent"] == 25
        assert viewer.second(90) == 90
        assert viewer.second(91) == 30
        assert autowebinar.flush_positions() == 0


FOREIGN = [
    "[1764000000, 1764000000, 30, 0, false, 1, 1]",
    '{"started_at": 1764000000, "last_seen_at": 1764000000}',
    '"a word"',
    "not JSON",
]


@pytest.mark.parametrize("entry", FOREIGN)
def test_entry_of_another_release_is_as_good_as_lost(
    viewer: Watching, redis_url: str, entry: str
) -> None:
    """A deploy changes what is kept there while viewers watch."""
    viewer.enter(0)
    viewer.watch(10, 20)
    autowebinar.flush_positions()
    server = redis.Redis.from_url(redis_url)
    session_id = viewer.registration.session_id
    server.set(seen.ENTRY.format(session_id), entry)
    server.sadd(seen.DIRTY, session_id)
    assert autowebinar.flush_positions() == 0
    assert viewer.second(25) == 25
    viewer.acknowledge(30, 30)
    autowebinar.flush_positions()
    assert viewer.meta()["autowebinar_last_position_sec"] == 30
