"""True numbers of who is in a room."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.chat import presence

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


@pytest.fixture(params=["redis", "this process"])
def settings_overrides(request: pytest.FixtureRequest) -> dict[str, str]:
    return {} if request.param == "redis" else {"redis_url": ""}


@pytest.fixture
def room(app: Flask, request: pytest.FixtureRequest) -> str:
    return f"room of {request.node.name}"


def test_each_member_counts_once(room: str) -> None:
    assert presence.touch(room, "a", after(0)) == 1
    assert presence.touch(room, "b", after(1)) == 2
    assert presence.touch(room, "a", after(2)) == 2
    assert presence.count(room, after(2)) == 2
    assert presence.count(f"{room} next door", after(2)) == 0


def test_member_unseen_for_more_than_thirty_seconds_does_not_count(room: str) -> None:
    presence.touch(room, "a", after(0))
    presence.touch(room, "b", after(20))
    assert presence.count(room, after(30)) == 2
    assert presence.count(room, after(31)) == 1
    assert presence.count(room, after(51)) == 0


def test_member_who_comes_back_counts_again(room: str) -> None:
    presence.touch(room, "a", after(0))
    presence.touch(room, "b", after(300))
    assert presence.touch(room, "a", after(301)) == 2
