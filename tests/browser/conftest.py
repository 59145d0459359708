"""The application behind a real server, and its video behind one that can be held up."""

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.serving import make_server

from tests.browser.slow_video import SlowVideo


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
