"""A viewer's way into a room, and what their page asks for once inside."""

import html
import re
from dataclasses import replace
from functools import partial

from bench.audience import Seat
from bench.product import Product
from bench.visitor import UnexpectedAnswer, Visitor, at_once
from bench.webform import hidden_fields

POLL = re.compile(r'hx-get="([^"]*/poll/[^"]*)"')
BEAT = re.compile(r'<form id="beat"[^>]*action="([^"]+)"[^>]*>(.*?)</form>', re.DOTALL)
AT_ONCE = 8


def quiet_poll(product: Product, link: str) -> str:
    """Come in by a personal link; the address at which this viewer's page has nothing new."""
    with Visitor(product.port) as visitor:
        address = _poll_address(_room(visitor, link))
        answer = visitor.get(address, 200, 204)
        return address if answer.status == 204 else _poll_address(answer.body)


def seat(product: Product, link: str) -> Seat:
    """Come in by a personal link; all that this viewer's page asks for."""
    with Visitor(product.port) as visitor:
        page = _room(visitor, link)
        beat = BEAT.search(page)
        if beat is None:
            raise UnexpectedAnswer("the room has no sign of life")
        return Seat(
            poll=_poll_address(page),
            beat=html.unescape(beat[1]),
            fields=hidden_fields(beat[2]),
            cookie=visitor.cookie,
        )


def seats(product: Product, links: list[str]) -> list[Seat]:
    return at_once(partial(seat, product), links, AT_ONCE)


def seats_like_one(product: Product, link: str, count: int) -> list[Seat]:
    """Come in by one personal link; as many seats more, each of a person of its own, whose pages are
    open: they came at the same moment, so that their polls share an address."""
    one = seat(product, link)
    made = product.flask(
        "bench-seats", "--ticket", one.fields["viewer"], "--count", str(count - 1)
    ).split()
    return [one, *(replace(one, fields=one.fields | {"viewer": ticket}) for ticket in made)]


def _room(visitor: Visitor, link: str) -> str:
    return visitor.get(visitor.get(link, 303).location).body


def _poll_address(markup: str) -> str:
    found = POLL.search(markup)
    if found is None:
        raise UnexpectedAnswer("the room has no polling element")
    return html.unescape(found[1])
