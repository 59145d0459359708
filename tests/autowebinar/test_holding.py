"""One attendance a registration: the page opened last counts, whatever Redis remembers."""

import redis
from flask import Flask

from app.autowebinar.holding import hold, new_page
from tests.autowebinar.recording import after, forget_redis


def test_page_opened_last_counts(app: Flask) -> None:
    first, second = new_page(after(0)), new_page(after(5))
    assert hold("s", first)
    assert hold("s", second)
    assert [hold("s", first), hold("s", second), hold("s", first)] == [False, True, False]
    assert hold("another", first)


def test_pages_of_one_moment_are_told_apart(app: Flask) -> None:
    pages = sorted({new_page(after(0)) for _ in range(20)})
    assert len(pages) == 20
    assert [hold("s", page) for page in pages] == [True] * 20
    assert not hold("s", pages[0])


def test_loss_of_redis_is_settled_by_the_pages_themselves(app: Flask, redis_url: str) -> None:
    older, newer = new_page(after(0)), new_page(after(5))
    hold("s", newer)
    forget_redis(redis_url)
    assert hold("s", older)
    assert hold("s", newer)
    assert not hold("s", older)


def test_what_is_remembered_goes_by_itself(app: Flask, redis_url: str) -> None:
    hold("s", new_page(after(0)))
    server = redis.Redis.from_url(redis_url)
    (key,) = server.scan_iter("autowebinar:holder:*")
    assert 0 < server.ttl(key) <= 3600
