"""How the sandbox speaks HTTP."""

from __future__ import annotations

import http.client
import json
import socket
from urllib.parse import urlencode

import pytest

from tests.workers.telegram.conftest import ANNA, exchange, post
from workers.telegram.sandbox import SandboxServer

FIELDS = {"chat_id": str(ANNA), "text": "Привет & пока"}
MULTIPART = "\r\n".join(
    [
        line
        for name, value in FIELDS.items()
        for line in ("--XX", f'Content-Disposition: form-data; name="{name}"', "", value)
    ]
    + ["--XX--", ""]
)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", json.dumps(FIELDS | {"chat_id": ANNA}).encode()),
        ("application/json; charset=utf-8", json.dumps(FIELDS).encode()),
        ("application/x-www-form-urlencoded", urlencode(FIELDS).encode()),
        ("multipart/form-data; boundary=XX", MULTIPART.encode()),
    ],
)
def test_parameters_are_read_from_every_kind_of_body(
    telegram: SandboxServer, kind: str, body: bytes
) -> None:
    status, answer = post(telegram.port, f"/bot{telegram.token}/sendMessage", body, kind)
    assert (status, json.loads(answer)["result"]["text"]) == (200, "Привет & пока")


def test_parameters_are_read_from_the_query_string(telegram: SandboxServer) -> None:
    path = f"/bot{telegram.token}/sendMessage?{urlencode(FIELDS)}"
    status, answer = exchange(telegram.port, "GET", path)
    assert (status, json.loads(answer)["result"]["text"]) == (200, "Привет & пока")


@pytest.mark.parametrize("body", [b"{", b"[1]", b"\xff"])
def test_json_that_is_none_is_a_bad_request(telegram: SandboxServer, body: bytes) -> None:
    path = f"/bot{telegram.token}/sendMessage"
    status, answer = post(telegram.port, path, body, "application/json")
    assert (status, json.loads(answer)["error_code"]) == (400, 400)


def test_connection_is_kept_for_many_requests(telegram: SandboxServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", telegram.port)
    connection.connect()
    first = connection.sock
    for _ in range(5):
        connection.request("GET", f"/bot{telegram.token}/getMe")
        assert json.loads(connection.getresponse().read())["ok"] is True
    assert connection.sock is first
    connection.close()


def test_connection_closes_when_asked_to(telegram: SandboxServer) -> None:
    with socket.create_connection(("127.0.0.1", telegram.port)) as client:
        client.sendall(
            f"GET /bot{telegram.token}/getMe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
        )
        answer = b"".join(iter(lambda: client.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"Connection: close" in answer


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("nonsense", 400),
        ("POST /x HTTP/1.1\r\nContent-Length: 99999999", 413),
        ("POST /x HTTP/1.1\r\nContent-Length: -1", 400),
        ("POST /x HTTP/1.1\r\nTransfer-Encoding: chunked", 411),
    ],
)
def test_request_that_cannot_be_read_is_refused(
    telegram: SandboxServer, head: str, status: int
) -> None:
    with socket.create_connection(("127.0.0.1", telegram.port)) as client:
        client.sendall(f"{head}\r\n\r\n".encode())
        assert client.recv(100).startswith(f"HTTP/1.1 {status} ".encode())


def test_server_listens_on_loopback_alone(telegram: SandboxServer) -> None:
    sockets = telegram._service.listener._server.sockets  # type: ignore[union-attr]
    assert [each.getsockname()[0] for each in sockets] == ["127.0.0.1"]


def test_server_cuts_open_connections_when_it_stops() -> None:
    with SandboxServer() as telegram:
        client = socket.create_connection(("127.0.0.1", telegram.port))
        telegram.fail("hang", method="getMe")
        client.sendall(f"GET /bot{telegram.token}/getMe HTTP/1.1\r\n\r\n".encode())
    assert client.recv(10) == b""
    client.close()
