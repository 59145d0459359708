"""Streams are looked at as viewers look: one that was seen to run and runs no more is given up."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from flask import Flask

from app import live
from tests.fixtures import servers
from tests.live.conftest import Studio, at, moment, studio, webinar  # noqa: F401
from workers import streams

pytestmark = pytest.mark.both_databases


class MediaServer(ThreadingHTTPServer):
    """Answers with the list that it was given; nothing without one."""

    listed: str | None = None
    asked: str = ""


class _List(BaseHTTPRequestHandler):
    server: MediaServer

    def do_GET(self) -> None:
        self.server.asked = self.path
        body = (self.server.listed or "").encode()
        self.send_response(200 if body else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *values: Any) -> None:
        """Quietly."""


@pytest.fixture
def media_server() -> Iterator[MediaServer]:
    server = MediaServer(("127.0.0.1", 0), _List)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def settings_overrides(media_server: MediaServer) -> dict[str, Any]:
    return {"media_server_url": f"http://127.0.0.1:{media_server.server_port}"}


def looked(studio: Studio, second: float) -> int:  # noqa: F811
    studio.clock.move_to(at(second))
    return streams.look()


def since(studio: Studio) -> Any:  # noqa: F811
    return live.streams.publishing_since(studio.webinar_id)


def test_stream_that_stands_still_is_given_up_and_comes_back_by_itself(
    app: Flask,
    studio: Studio,  # noqa: F811
    media_server: MediaServer,
) -> None:
    live.streams.began(studio.webinar_id, at(-60))
    studio.start(0)
    for number in range(3):
        media_server.listed = f"piece-{number}.ts"
        assert looked(studio, 5 * number) == 0
    assert media_server.asked == f"/hls/{live.broadcasts.of(studio.webinar_id).stream_id}.m3u8"
    assert looked(studio, 29) == 0
    assert since(studio) == at(-60)
    media_server.listed = None
    assert looked(studio, 31) == 1
    assert since(studio) is None
    assert live.state.of(studio.webinar_id).no_picture is True
    assert looked(studio, 36) == 0
    media_server.listed = "piece-2.ts"
    looked(studio, 40)
    assert since(studio) is None, "the list of before its death has not grown"
    media_server.listed = "piece-3.ts"
    looked(studio, 45)
    assert since(studio) == at(45)
    assert live.state.of(studio.webinar_id).no_picture is False


def test_stream_that_ended_does_not_come_back_by_its_last_piece(
    app: Flask,
    studio: Studio,  # noqa: F811
    media_server: MediaServer,
) -> None:
    live.streams.began(studio.webinar_id, at(0))
    studio.start(0)
    for number in range(2):
        media_server.listed = f"piece-{number}.ts"
        looked(studio, 5 * number)
    live.streams.ended(studio.webinar_id, at(5))
    for second in (12, 17, 22, 27):
        media_server.listed = "the last piece"
        looked(studio, second)
        assert since(studio) is None


def test_stream_that_runs_on_when_a_second_publisher_was_refused_has_not_ended(
    app: Flask,
    studio: Studio,  # noqa: F811
    media_server: MediaServer,
) -> None:
    """The media server tells of the end of the one that it refused, by the same key."""
    live.streams.began(studio.webinar_id, at(0))
    studio.start(0)
    live.streams.began(studio.webinar_id, at(4))
    live.streams.ended(studio.webinar_id, at(4))
    assert live.state.of(studio.webinar_id).no_picture is True
    for number in range(1, 4):
        media_server.listed = f"piece-{number}.ts"
        looked(studio, 5 * number)
    assert since(studio) == at(15)
    assert live.state.of(studio.webinar_id).no_picture is False


@pytest.mark.parametrize("reachable", [True, False])
def test_stream_that_was_never_seen_is_believed(
    app: Flask,
    studio: Studio,  # noqa: F811
    media_server: MediaServer,
    reachable: bool,
) -> None:
    """The workers may not reach the address that viewers have."""
    if not reachable:
        app.config["SETTINGS"].media_server_url = f"http://127.0.0.1:{servers.free_port()}"
    live.streams.began(studio.webinar_id, at(0))
    studio.start(0)
    studio.clock.move_to(at(timedelta(hours=2).total_seconds()))
    assert streams.look() == 0
    assert since(studio) == at(0)
