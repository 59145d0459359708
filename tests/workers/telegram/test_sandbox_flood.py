"""Flood control as the sandbox keeps it."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator

import pytest

from tests.workers.telegram.conftest import ANNA, TEAM
from workers.telegram.sandbox import Limits, SandboxServer
from workers.telegram.sandbox.flood import Flood


@pytest.fixture
def flood() -> Flood:
    return Flood(Limits())


def test_admit_takes_thirty_a_second_in_all(flood: Flood) -> None:
    assert [flood.admit(chat, 0.5) for chat in range(1, 31)] == [0] * 30
    assert flood.admit(31, 0.6) == 1
    assert flood.admit(31, 1.51) == 0


def test_admit_forgives_a_chat_a_short_burst(flood: Flood) -> None:
    assert [flood.admit(ANNA, 10.0) for _ in range(4)] == [0, 0, 0, 1]
    assert flood.admit(ANNA, 11.0) == 0
    assert flood.admit(ANNA, 11.1) == 1


def test_admit_takes_one_a_second_to_a_chat_in_the_long_run(flood: Flood) -> None:
    taken = [flood.admit(ANNA, n / 10) == 0 for n in range(600)]
    assert sum(taken) == 62


def test_admit_takes_twenty_a_minute_to_a_group(flood: Flood) -> None:
    assert [flood.admit(TEAM, float(second)) for second in range(20)] == [0] * 20
    assert flood.admit(TEAM, 20.0) == 40
    assert flood.admit(ANNA, 20.0) == 0
    assert flood.admit(TEAM, 60.0) == 0


def test_admit_counts_no_message_that_was_refused(flood: Flood) -> None:
    for _ in range(3):
        flood.admit(ANNA, 0.0)
    assert [flood.admit(ANNA, 0.5) for _ in range(50)] == [1] * 50
    assert flood.admit(ANNA, 1.0) == 0


@pytest.fixture
def busy() -> Iterator[SandboxServer]:
    with SandboxServer(limits=Limits(chat_burst=1)) as server:
        server.press_start(ANNA)
        yield server


def test_send_message_over_the_limit_is_too_many_requests(busy: SandboxServer) -> None:
    answers = []
    connection = http.client.HTTPConnection("127.0.0.1", busy.port)
    for _ in range(2):
        connection.request("GET", f"/bot{busy.token}/sendMessage?chat_id={ANNA}&text=x")
        answers.append(connection.getresponse())
        body = answers[-1].read()
    connection.close()
    assert [answer.status for answer in answers] == [200, 429]
    assert json.loads(body) == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 1",
        "parameters": {"retry_after": 1},
    }
    assert busy.texts == {"x": 1}


def test_limits_can_be_switched_off(busy: SandboxServer) -> None:
    busy.set_limits(None)
    connection = http.client.HTTPConnection("127.0.0.1", busy.port)
    for number in range(50):
        connection.request("GET", f"/bot{busy.token}/sendMessage?chat_id={ANNA}&text=x{number}")
        connection.getresponse().read()
    connection.close()
    assert len(busy.messages) == 50
