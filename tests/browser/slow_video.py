"""A server of byte ranges as slow as the recording itself, so that a browser has little in hand."""

import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

RECORDING = Path(__file__).resolve().parents[2] / "app" / "static" / "demo" / "webinar.mp4"
AT_ONCE = 120_000
A_SECOND = 60_000
PIECE = 8_000


class SlowVideo:
    """`hold` stops all bytes, on open connections and new ones, until `go`."""

    def __init__(self) -> None:
        self._flowing = threading.Event()
        self._flowing.set()
        self.content = RECORDING.read_bytes()

    def hold(self) -> None:
        self._flowing.clear()

    def go(self) -> None:
        self._flowing.set()

    def before(self, application: Callable[..., Iterable[bytes]]) -> Callable[..., Any]:
        """The application, with this in front of it."""

        def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            if not environ["PATH_INFO"].startswith("/slow/"):
                return application(environ, start_response)
            return self._range(environ, start_response)

        return serve

    def _range(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", environ.get("HTTP_RANGE", "bytes=0-"))
        assert asked
        first = int(asked[1])
        last = int(asked[2] or len(self.content) - 1)
        headers = [
            ("Content-Type", "video/mp4"),
            ("Accept-Ranges", "bytes"),
            ("Content-Length", str(last - first + 1)),
            ("Content-Range", f"bytes {first}-{last}/{len(self.content)}"),
        ]
        start_response("206 Partial Content", headers)
        return self._pieces(first, last)

    def _pieces(self, first: int, last: int) -> Iterator[bytes]:
        begun = time.monotonic()
        for sent in range(0, last - first + 1, PIECE):
            self._flowing.wait()
            due = begun + max(0, sent - AT_ONCE) / A_SECOND
            time.sleep(max(0.0, due - time.monotonic()))
            yield self.content[first + sent : min(first + sent + PIECE, last + 1)]
