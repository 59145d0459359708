"""A benchmark's servers: real, and gone when it is over."""

from pathlib import Path

import pytest

from bench import addresses, webform
from bench.poll import quiet_poll
from bench.product import Product, running
from bench.visitor import UnexpectedAnswer, Visitor
from bench.volley import volley
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
        _check_form(product)
    assert not answers_hello(product)
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


def _check_poll(product: Product, pids: list[int]) -> None:
    link = product.flask("bench-room").split()[0]
    quiet = quiet_poll(product, link)
    cost = volley(product.port, [quiet], requests=60, connections=3, expected=204, servers=pids)
    assert cost.requests_per_second > 0
    with pytest.raises(UnexpectedAnswer):
        volley(product.port, [quiet], requests=3, connections=3, expected=200, servers=pids)


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
