"""Relays at work over the real rooms: each lead welcomed once, whoever delivers and how often."""

from collections import Counter

import pytest
from flask import Flask

from app import core, messages
from app.extensions import db
from tests.fixtures.application import Make
from tests.fixtures.parallel import at_once
from workers import relay

pytestmark = pytest.mark.both_databases


def expected(leads: int) -> Counter[tuple[str, str]]:
    return Counter(
        {(kind, to): leads for kind in ("welcome", "followup") for to in ("team", "lead")}
    )


def planned() -> Counter[tuple[str, str]]:
    return Counter((message.kind, message.recipient) for message in messages.everything())


def test_drain_delivers_until_nothing_is_due(make: Make) -> None:
    for _ in range(3):
        make.lead()
    assert relay.drain() > 0
    db.session.remove()
    assert (relay.drain(), core.backlog().waiting) == (0, 0)
    assert planned() == expected(3)


def test_relays_at_once_deliver_once_in_effect(app: Flask, make: Make) -> None:
    for _ in range(12):
        make.lead()
    at_once(app, [relay.drain_here] * 3)
    relay.drain()
    assert planned() == expected(12)
    names = Counter(each.name for each in core.timeline.everything())
    assert (names["scenario_start"], names["message_planned"]) == (12, 48)


def test_leads_that_come_in_while_relays_deliver_are_not_missed(app: Flask, make: Make) -> None:
    def submit() -> int:
        return len([make.ingest(f"{number}@example.org") for number in range(8)])

    at_once(app, [submit, relay.drain_here, relay.drain_here])
    relay.drain()
    assert planned() == expected(8)
