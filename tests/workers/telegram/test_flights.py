"""Messages under way at once: each lands with its outcome, none leaves early, none is forgotten."""

import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.workers.telegram.conftest import ANNA, TEAM, SandboxServer
from workers.telegram.flights import Flights, Landed
from workers.telegram.transport import Request, TelegramTransport

PATIENCE = 10.0


@pytest.fixture
def transport(telegram: SandboxServer) -> Iterator[TelegramTransport]:
    with closing(TelegramTransport(telegram.token, telegram.url, concurrency=4)) as opened:
        yield opened


def all_landed(flights: Flights[str]) -> dict[str, Landed[str]]:
    landed: dict[str, Landed[str]] = {}
    deadline = time.monotonic() + PATIENCE
    while flights.under_way and time.monotonic() < deadline:
        landed |= {each.key: each for each in flights.landed(1.0)}
    assert flights.under_way == 0
    return landed


def kinds(landed: dict[str, Landed[str]]) -> dict[str, str | None]:
    return {key: each.outcome.kind if each.outcome else None for key, each in landed.items()}


def test_each_lands_with_its_own_outcome(
    telegram: SandboxServer, transport: TelegramTransport
) -> None:
    with Flights[str](transport) as flights:
        for key, chat in (("anna", ANNA), ("nobody", 999), ("team", TEAM)):
            flights.launch(key, Request(chat, key), time.monotonic())
        assert flights.under_way == 3
        landed = all_landed(flights)
    assert kinds(landed) == {"anna": "sent", "nobody": "refused", "team": "sent"}
    assert telegram.texts == {"anna": 1, "team": 1}


def test_none_leaves_before_its_moment(
    telegram: SandboxServer, transport: TelegramTransport
) -> None:
    with Flights[str](transport) as flights:
        at = time.monotonic() + 0.2
        flights.launch("later", Request(ANNA, "later"), at)
        landed = all_landed(flights)
    assert landed["later"].arrived >= at


def test_called_back_lands_unsent_and_what_is_under_way_goes_on(
    telegram: SandboxServer, transport: TelegramTransport
) -> None:
    with Flights[str](transport) as flights:
        flights.launch("now", Request(ANNA, "now"), time.monotonic())
        flights.launch("far", Request(TEAM, "far"), time.monotonic() + 3600)
        flights.call_back()
        landed = all_landed(flights)
    assert kinds(landed) == {"now": "sent", "far": None}
    assert telegram.texts == {"now": 1}


def test_leaving_waits_for_what_is_under_way(
    telegram: SandboxServer, transport: TelegramTransport
) -> None:
    telegram.set_latency(100)
    with Flights[str](transport) as flights:
        flights.launch("slow", Request(ANNA, "slow"), time.monotonic())
    assert kinds(all_landed(flights)) == {"slow": "sent"}


def test_no_more_connections_are_opened_than_the_transport_allows(
    telegram: SandboxServer, transport: TelegramTransport
) -> None:
    telegram.set_latency(50)
    with Flights[str](transport) as flights:
        for number in range(12):
            flights.launch(str(number), Request(ANNA, str(number)), time.monotonic())
        landed = all_landed(flights)
    assert set(kinds(landed).values()) == {"sent"}
    assert telegram.connections <= 4
