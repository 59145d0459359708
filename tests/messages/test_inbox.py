"""What came in is stored before it is read, once, and nothing strange stands in the way."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from app import core, messages
from app.messages import inbox
from app.messages.inbox import Incoming
from tests.fixtures.parallel import at_once

pytestmark = pytest.mark.both_databases

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
BOT = "1"


def due() -> list[int]:
    return [incoming.update_id for incoming in inbox.due()]


def test_update_is_stored_once(app: Flask) -> None:
    assert inbox.store(BOT, 7, {"update_id": 7}) is True
    assert inbox.store(BOT, 7, {"update_id": 7, "other": 1}) is False
    assert inbox.store("2", 7, {"update_id": 7}) is True
    assert [incoming.raw for incoming in inbox.due() if incoming.bot_id == BOT] == [
        {"update_id": 7}
    ]


def test_same_update_at_once_is_stored_once(app: Flask) -> None:
    answers = at_once(app, [lambda: inbox.store(BOT, 7, {})] * 4)
    assert sorted(answers) == [False] * 3 + [True]


def test_stored_update_rings(app: Flask) -> None:
    rung: list[str] = []
    core.bus.take_down_doorbells()
    core.hang_doorbell(rung.append)
    for _ in range(2):
        inbox.store(BOT, 7, {})
    assert rung == ["updates"]


def test_update_is_taken_by_one(app: Flask) -> None:
    inbox.store(BOT, 7, {})
    (incoming,) = inbox.due()

    def take() -> bool:
        with core.transaction():
            return inbox.take(incoming)

    answers = at_once(app, [take] * 3)
    assert sorted(answers) == [False, False, True]
    assert due() == []


def test_update_taken_in_a_transaction_that_fails_is_due_again(app: Flask) -> None:
    inbox.store(BOT, 7, {})
    (incoming,) = inbox.due()
    with pytest.raises(ZeroDivisionError), core.transaction():
        inbox.take(incoming)
        raise ZeroDivisionError
    assert due() == [7]


def test_update_that_fails_is_tried_later_and_at_last_put_aside(app: Flask) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        inbox.store(BOT, 7, {})
        incoming = Incoming(BOT, 7, {})
        pauses = []
        for _ in range(inbox.MOST_ATTEMPTS):
            assert due() == [7]
            inbox.failed(incoming, "KeyError: 'chat'")
            at = inbox.next_update_at()
            pauses.append((at - core.bus.clock.now()).total_seconds() if at else None)
            clock.shift(timedelta(hours=1))
        assert pauses == [2, 4, 8, 16, 32, 64, 128, None]
        assert (due(), inbox.dead_count()) == ([], 1)


def test_poison_is_kept_and_stands_in_nobodys_way(app: Flask) -> None:
    inbox.store_poison(BOT, "[not an update" * 1000)
    inbox.store_poison(BOT, "[not an update" * 1000)
    inbox.store(BOT, 7, {})
    assert (due(), inbox.dead_count()) == ([7], 1)


def test_poll_lease_is_held_by_one(app: Flask) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        assert inbox.hold_poll(BOT, "one", 40) == 0
        assert inbox.hold_poll(BOT, "two", 40) is None
        assert inbox.hold_poll("2", "two", 40) == 0
        inbox.polled(BOT, "one", 8)
        assert inbox.hold_poll(BOT, "one", 40) == 8
        clock.shift(39)
        assert inbox.hold_poll(BOT, "two", 40) is None
        clock.shift(1)
        assert inbox.hold_poll(BOT, "two", 40) == 8


def test_poller_that_lost_its_lease_moves_nothing(app: Flask) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        inbox.hold_poll(BOT, "one", 40)
        clock.shift(41)
        inbox.hold_poll(BOT, "two", 40)
        inbox.polled(BOT, "two", 20)
        inbox.polled(BOT, "one", 90)
        inbox.polled(BOT, "two", 10)
        assert inbox.hold_poll(BOT, "two", 40) == 20


def test_pollers_at_once_get_one_lease(app: Flask) -> None:
    works = [lambda name=name: inbox.hold_poll(BOT, name, 40) for name in "abcd"]
    answers = at_once(app, works)
    assert sorted(answers, key=str) == [0, None, None, None]


def test_updates_come_in_their_order(app: Flask) -> None:
    for number in (9, 7, 8):
        inbox.store(BOT, number, {})
    assert due() == [7, 8, 9]
    assert len(messages.inbox.due(limit=2)) == 2
