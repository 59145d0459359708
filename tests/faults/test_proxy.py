"""The wire passes, hangs, is cut and is mended."""

import socket
import socketserver
import threading
from collections.abc import Iterator

import pytest

from tests.faults.proxy import Proxy
from tests.fixtures.servers import free_port


class Echo(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        for line in self.rfile:
            self.wfile.write(line)


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        with Proxy(server.server_address[1], free_port()) as between:
            yield between
        server.shutdown()
        thread.join()


def connect(proxy: Proxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=10)


def test_proxy_passes_both_ways(proxy: Proxy) -> None:
    with connect(proxy) as line:
        line.sendall(b"hello\n")
        assert line.recv(100) == b"hello\n"


def test_proxy_hangs_and_goes_on_where_it_stopped(proxy: Proxy) -> None:
    with connect(proxy) as line:
        line.sendall(b"one\n")
        assert line.recv(100) == b"one\n"
        proxy.hang()
        line.sendall(b"two\n")
        line.settimeout(0.2)
        with pytest.raises(TimeoutError):
            line.recv(100)
        proxy.mend()
        line.settimeout(10)
        assert line.recv(100) == b"two\n"


def test_proxy_refuses_and_cuts_what_is_open(proxy: Proxy) -> None:
    with connect(proxy) as line:
        line.sendall(b"one\n")
        assert line.recv(100) == b"one\n"
        proxy.refuse()
        assert line.recv(100) == b""
    with pytest.raises(ConnectionRefusedError):
        connect(proxy)
    proxy.mend()
    with connect(proxy) as line:
        line.sendall(b"two\n")
        assert line.recv(100) == b"two\n"
