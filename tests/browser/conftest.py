"""The application behind a real server, and its video behind one that can be held up."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, expect
from werkzeug.serving import make_server

from app.blueprints.autowebinar_delivery import fragments
from tests.browser.screens import SCREENS, Opens, Screen
from tests.browser.slow_video import SlowVideo

# On a busy machine a page may be slow, and is not wrong for it.
expect.set_options(timeout=15_000)


@pytest.fixture
def slow_video() -> SlowVideo:
    """What is served under `/slow/`: a test may stop its bytes and let them go again."""
    return SlowVideo()


@pytest.fixture
def site(app: Flask, slow_video: SlowVideo) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, slow_video.before(app), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    slow_video.go()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def quick_polls(monkeypatch: pytest.MonkeyPatch) -> None:
    """A room's page asks for news every second and not every five, for whose wait proves nothing."""
    monkeypatch.setattr(fragments, "EVERY_SECONDS", 1)


@pytest.fixture
def screen(chromium: Browser) -> Iterator[Opens]:
    """A person's browser on a desk or a phone; all are closed when the test is over."""
    opened: list[BrowserContext] = []

    def open_(name: str, **more: Any) -> Screen:
        context = chromium.new_context(locale="ru-RU", **(SCREENS[name] | more))
        context.set_default_timeout(15_000)
        opened.append(context)
        return Screen(name, context.new_page())

    yield open_
    for context in opened:
        context.close()


@pytest.fixture
def both(screen: Opens) -> list[Screen]:
    """A desk and a phone, for journeys that are walked on both at once: what one waits for, the
    other waits for at the same time."""
    return [screen(name) for name in SCREENS]
