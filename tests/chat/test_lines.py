"""Lines in SQL and their copy in Redis."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import redis
import time_machine
from flask import Flask

from app import chat, core
from app.chat import Line, LineTooLong, LineTooOften
from app.chat.recall import KEPT, KEY
from tests.fixtures.parallel import at_once

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CHANNEL = "auto:somebody"


def say(text: str, **more: object) -> Line:
    given = {"author": "Мария", "at_sec": 7, "registration_id": 1} | more
    return chat.write(CHANNEL, text, **given)  # type: ignore[arg-type]


def answer(text: str, channel: str = CHANNEL) -> Line:
    return chat.write(channel, text, author="Ольга", at_sec=9, origin="team", role="speaker")


def texts(lines: list[Line] | None) -> list[str]:
    assert lines is not None
    return [line.text for line in lines]


@pytest.mark.both_databases
def test_line_is_read_back_as_it_was_written(app: Flask) -> None:
    with time_machine.travel(START, tick=False):
        line = say("  Как считать партнёров? ")
    expected = Line(
        number=1,
        channel=CHANNEL,
        author="Мария",
        role="guest",
        text="Как считать партнёров?",
        at_sec=7,
        origin="viewer",
        created_at=START,
    )
    assert (line, chat.recent(CHANNEL), chat.since(CHANNEL, 0)) == (
        expected,
        [expected],
        [expected],
    )


def test_since_gives_what_is_newer_than_the_number(app: Flask) -> None:
    for text in ("раз", "два", "три"):
        answer(text)
    assert texts(chat.since(CHANNEL, 1)) == ["два", "три"]
    assert chat.since(CHANNEL, 3) == []
    assert chat.since("auto:another", 0) == []
    assert texts(chat.recent(CHANNEL, after=2)) == ["три"]


@pytest.mark.both_databases
def test_doubled_form_key_is_one_line(app: Flask) -> None:
    first = say("Вопрос", form_key="a-form-key-of-a-page")
    again = say("Вопрос", form_key="a-form-key-of-a-page")
    assert again == first
    assert texts(chat.recent(CHANNEL)) == ["Вопрос"]
    assert answer("дальше").number == 2


@pytest.mark.both_databases
def test_doubled_form_key_at_once_is_one_line(app: Flask) -> None:
    lines = at_once(app, [lambda: say("Вопрос", form_key="a-form-key-of-a-page")] * 4)
    assert {line.number for line in lines} == {1}
    assert texts(chat.recent(CHANNEL)) == ["Вопрос"]


def test_form_key_of_another_channel_tells_nothing(app: Flask) -> None:
    say("тайна", form_key="a-form-key-of-a-page")
    mine = chat.write("auto:another", "моё", author="Я", at_sec=1, form_key="a-form-key-of-a-page")
    assert (mine.text, mine.number) == ("моё", 1)


@pytest.mark.both_databases
def test_numbers_of_a_channel_have_no_gaps_however_many_write(app: Flask) -> None:
    at_once(app, [lambda n=n: answer(f"строка {n}") for n in range(6)])
    assert [line.number for line in chat.recent(CHANNEL)] == [1, 2, 3, 4, 5, 6]
    assert [line.number for line in chat.since(CHANNEL, 0) or []] == [1, 2, 3, 4, 5, 6]


def test_viewer_may_write_five_lines_at_a_stretch(app: Flask) -> None:
    with time_machine.travel(START, tick=False) as time:
        for n in range(5):
            say(f"строка {n}")
        with pytest.raises(LineTooOften) as refusal:
            say("шестая")
        assert (refusal.value.name, refusal.value.retry_after) == ("chat_line_too_often", 10)
        time.shift(timedelta(seconds=9.5))
        with pytest.raises(LineTooOften) as refusal:
            say("шестая")
        assert refusal.value.retry_after == 1
        time.shift(timedelta(seconds=0.5))
        say("шестая")
    assert len(chat.recent(CHANNEL)) == 6


def test_burst_of_one_viewer_holds_nobody_else_up(app: Flask) -> None:
    with time_machine.travel(START, tick=False):
        for n in range(5):
            say(f"строка {n}")
        say("другой", registration_id=2)
        for n in range(6):
            answer(f"ответ {n}")
    assert len(chat.recent(CHANNEL)) == 12


@pytest.mark.both_databases
def test_burst_is_bounded_though_it_comes_at_once(app: Flask) -> None:
    def attempt() -> bool:
        try:
            say("поток")
        except LineTooOften:
            return False
        return True

    written = at_once(app, [attempt] * 8)
    assert sum(written) == 5


def test_refused_line_leaves_no_trace(app: Flask) -> None:
    with pytest.raises(LineTooLong):
        say("я" * 5000)
    assert chat.recent(CHANNEL) == []
    assert say("коротко").number == 1


def test_line_of_a_failed_transaction_is_told_to_nobody(app: Flask) -> None:
    def fail() -> None:
        with core.transaction():
            say("не было")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert chat.since(CHANNEL, 0) == []
    assert chat.recent(CHANNEL) == []


def test_flush_of_redis_loses_no_line(app: Flask, redis_url: str) -> None:
    for text in ("раз", "два"):
        answer(text)
    redis.Redis.from_url(redis_url).flushall()
    assert chat.since(CHANNEL, 1) == []
    chat.mend(CHANNEL)
    assert texts(chat.since(CHANNEL, 1)) == ["два"]


def test_line_after_a_flush_brings_the_earlier_ones_back(app: Flask, redis_url: str) -> None:
    for text in ("раз", "два"):
        answer(text)
    redis.Redis.from_url(redis_url).flushall()
    answer("три")
    assert texts(chat.since(CHANNEL, 0)) == ["раз", "два", "три"]


def test_mending_what_is_whole_changes_nothing(app: Flask, redis_url: str) -> None:
    answer("раз")
    before = redis.Redis.from_url(redis_url).dump(KEY.format(CHANNEL))
    chat.mend(CHANNEL)
    chat.mend("auto:another")
    assert redis.Redis.from_url(redis_url).dump(KEY.format(CHANNEL)) == before


def test_since_waits_for_a_line_that_is_still_on_its_way(app: Flask, redis_url: str) -> None:
    """Two were committed in order, but the second was told first."""
    with time_machine.travel(START, tick=False) as time:
        for text in ("раз", "два", "три"):
            answer(text)
        server, key = redis.Redis.from_url(redis_url), KEY.format(CHANNEL)
        (second,) = server.zrange(key, 2, 2, byscore=True)
        server.zrem(key, second)
        assert texts(chat.since(CHANNEL, 0)) == ["раз"]
        server.zadd(key, {second: 2})
        assert texts(chat.since(CHANNEL, 1)) == ["два", "три"]
        server.zrem(key, second)
        time.shift(timedelta(seconds=3))
        assert texts(chat.since(CHANNEL, 1)) == ["три"]


def test_redis_keeps_the_newest_lines_alone(app: Flask, redis_url: str) -> None:
    with time_machine.travel(START, tick=False):
        for n in range(KEPT + 3):
            answer(f"строка {n}")
    assert redis.Redis.from_url(redis_url).zcard(KEY.format(CHANNEL)) == KEPT
    with time_machine.travel(START, tick=False):
        behind = chat.since(CHANNEL, 0)
    assert [line.number for line in behind or []] == list(range(4, KEPT + 4))


class TestWithoutRedis:
    @pytest.fixture
    def settings_overrides(self) -> dict[str, str]:
        return {"redis_url": ""}

    def test_lines_are_written_and_read_in_sql(self, app: Flask) -> None:
        say("раз")
        chat.mend(CHANNEL)
        assert chat.since(CHANNEL, 0) is None
        assert texts(chat.recent(CHANNEL)) == ["раз"]


def test_entry_of_a_release_without_countries_is_read(app: Flask, redis_url: str) -> None:
    """Redis keeps what the release before wrote, and that one reads what this one writes."""
    written = chat.write(CHANNEL, "Раз", author="Мария", at_sec=1, country="KZ")
    server = redis.Redis.from_url(redis_url)
    (entry,) = server.zrange(KEY.format(CHANNEL), 0, -1)
    *before, country, replaces = json.loads(entry)
    assert country == "KZ"
    server.zrem(KEY.format(CHANNEL), entry)
    server.zadd(KEY.format(CHANNEL), {json.dumps([*before, replaces]): written.change})
    (read,) = chat.since(CHANNEL, 0) or []
    assert (read.text, read.country) == ("Раз", "")
    assert chat.recent(CHANNEL)[0].country == "KZ"
