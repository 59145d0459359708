"""A benchmark's servers: real, and gone when it is over."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench import addresses, audience, live_audience, webform
from bench.product import Product, running
from bench.room import quiet_poll, seats_like_one
from bench.room import seats as seats_of
from bench.visitor import UnexpectedAnswer, Visitor
from bench.volley import getting, volley
from tests.fixtures import servers
from tests.requirements import need


def answers_hello(product: Product) -> bool:
    try:
        with Visitor(product.port) as visitor:
            return visitor.get(addresses.HELLO).body == "hello, world"
    except ConnectionRefusedError:
        return False


def test_product_measures_and_leaves_nothing_running() -> None:
    need(servers.redis_binary() is not None, "redis-server")
    with running(workers=False) as product:
        assert answers_hello(product)
        pids = product.web_pids
        assert len(pids) == 2
        _check_poll(product, pids)
        _check_audience(product)
        _check_broadcast(product)
        _check_copies(product)
        _check_form(product)
    assert not answers_hello(product)
    servers.wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids))


def _check_poll(product: Product, pids: list[int]) -> None:
    link = product.flask("bench-room").split()[0]
    quiet = quiet_poll(product, link)
    cost = volley(product.port, getting([quiet], 204), requests=60, connections=3, servers=pids)
    assert cost.requests_per_second > 0
    with pytest.raises(UnexpectedAnswer):
        volley(product.port, getting([quiet], 200), requests=3, connections=3, servers=pids)


def _check_audience(product: Product) -> None:
    """Two viewers for a moment: what their pages ask for is answered, and both are counted."""
    seats = seats_of(
        product, product.flask("bench-room", "--slug", "seen", "--viewers", "2").split()
    )
    orders = audience.Orders(product.port, 0.6, seats, poll_every=0.2, beat_every=0.3)
    done = subprocess.run(
        [sys.executable, "-m", "bench.audience"],
        input=audience.written(orders),
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout)
    assert told["polls"]["errors"] == told["beats"]["errors"] == 0
    assert told["polls"]["answers"] >= 2
    assert told["beats"]["answers"] >= 2


def _check_broadcast(product: Product) -> None:
    """Four viewers of a broadcast, of whom two write: every line comes to every page."""
    link = product.flask("bench-live", "--slug", "on-air").strip()
    seats = seats_like_one(product, link, 4)
    assert len({seat.fields["viewer"] for seat in seats}) == 4
    orders = live_audience.Orders(
        product.port,
        2.5,
        seats,
        poll_every=0.2,
        beat_every=0.3,
        arrive=0.2,
        say="/live/on-air/chat/",
        writers=2,
        write_every=0.7,
        late=1.0,
    )
    done = subprocess.run(
        [sys.executable, "-m", "bench.live_audience"],
        input=audience.written(orders),
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout)
    assert [told[each]["first_errors"] for each in ("polls", "beats", "said")] == [[], [], []]
    assert told["seen"]["lines"] >= 1
    assert told["seen"]["missed"] == 0
    assert told["seen"]["p50"] < 2
    assert product.witness.one("SELECT count(*) FROM live_presence") == 4


def _check_copies(product: Product) -> None:
    before = product.witness.one("SELECT count(*) FROM registration")
    assert product.flask("bench-sessions", "--count", "5").strip() == "5"
    assert product.witness.one("SELECT count(*) FROM registration") == before + 5


def _check_form(product: Product) -> None:
    email = webform.new_email()
    with Visitor(product.port) as visitor:
        fields = webform.fill_in(visitor, email)
        assert webform.send(visitor, fields).location == "/form/?done=1"
        with pytest.raises(UnexpectedAnswer):
            webform.send(visitor, fields | {"csrf_token": ""})
    assert product.witness.lead_of(email) > 0
    with pytest.raises(TimeoutError):
        product.witness.wait_for_start(product.witness.lead_of(email), seconds=0.05)
