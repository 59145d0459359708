"""Errors are told to a Sentry where one is named, and nothing of people; what is set and not used
says so."""

import gzip
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import brotli
import pytest

from app import SettingsError, load
from app.settings import Settings

UNPACK: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "br": brotli.decompress,
    "gzip": gzip.decompress,
}
ROOT = Path(__file__).resolve().parents[1]
SITE = """
from app import create_app, load
app = create_app(load())
app.config["WTF_CSRF_ENABLED"] = False

@app.post("/boom/")
def boom():
    who = "Анна"
    raise ValueError("anna@example.org was not found\\nDETAIL: name=" + who)

headers = {"User-Agent": "Anna's phone", "Authorization": "Bearer 1:abcdef"}
answer = app.test_client().post("/boom/?token=secret", data={"name": "Анна"}, headers=headers)
assert answer.status_code == 500, answer.status
"""
CRASH = """
from app import create_app, load
create_app(load())
raise SystemError("the part is over")
"""


@pytest.fixture
def sentry() -> Iterator[tuple[str, list[bytes]]]:
    """A server that takes envelopes: (its DSN, their bodies)."""
    bodies: list[bytes] = []

    class Project(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            bodies.append(UNPACK[self.headers.get("Content-Encoding", "")](body))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    server = HTTPServer(("127.0.0.1", 0), Project)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://key@127.0.0.1:{server.server_port}/7", bodies
    server.shutdown()
    server.server_close()


def run(code: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A process of the product with these settings and none of ours."""
    given = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "EFIR_DATA_DIR": str(folder)}
    return subprocess.run(
        [sys.executable, "-c", code],
        env=given | environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def told(bodies: list[bytes]) -> list[dict[str, Any]]:
    """The events of all envelopes."""
    rows = [json.loads(line) for body in bodies for line in body.splitlines()]
    return [row for row in rows if "exception" in row or "logentry" in row]


def test_error_is_told_with_its_place_and_without_people(
    tmp_path: Path, sentry: tuple[str, list[bytes]]
) -> None:
    dsn, bodies = sentry
    done = run(SITE, tmp_path, SENTRY_DSN=dsn, EFIR_ENV="development")
    assert done.returncode == 0, done.stderr
    (event,) = told(bodies)
    (error,) = event["exception"]["values"]
    assert (error["type"], error["value"]) == ("ValueError", "[e-mail] was not found")
    assert error["stacktrace"]["frames"][-1]["function"] == "boom"
    assert (event["logentry"], event["environment"]) == (
        {"message": "unhandled: %s"},
        "development",
    )
    everything = b"".join(bodies).decode()
    for secret in ("anna", "Анна", "\\u0410", "phone", "abcdef", "token=secret"):
        assert secret not in everything, secret


def test_process_that_ends_by_an_error_tells_of_it(
    tmp_path: Path, sentry: tuple[str, list[bytes]]
) -> None:
    dsn, bodies = sentry
    done = run(CRASH, tmp_path, SENTRY_DSN=dsn)
    assert done.returncode == 1
    assert [each["exception"]["values"][0]["type"] for each in told(bodies)] == ["SystemError"]


def test_nobody_is_told_where_nobody_is_named(tmp_path: Path) -> None:
    code = SITE + "import sentry_sdk; assert not sentry_sdk.get_client().is_active()"
    assert run(code, tmp_path).returncode == 0


def test_sentry_that_is_away_holds_nothing_up(tmp_path: Path) -> None:
    assert run(SITE, tmp_path, SENTRY_DSN="http://key@127.0.0.1:9/7").returncode == 0


@pytest.mark.parametrize(
    "dsn", ["x", "https://sentry.example.org/1", "https://key@host/", "ftp://k@h/1"]
)
def test_address_that_is_none_stops_the_start(dsn: str) -> None:
    with pytest.raises(SettingsError, match="SENTRY_DSN"):
        load(_env_file=None, sentry_dsn=dsn)


def test_mail_server_that_nobody_uses_is_told_of_at_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    done = run(
        "from app import create_app, load; create_app(load())", tmp_path, SMTP_URL="smtp://h"
    )
    assert "SMTP_URL is set, but this release sends no e-mail" in done.stderr
    assert Settings(_env_file=None).smtp_url == ""
