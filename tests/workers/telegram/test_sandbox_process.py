"""`python -m workers.telegram.sandbox`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.workers.telegram.conftest import exchange
from workers.telegram.sandbox import SandboxServer
from workers.telegram.sandbox.service import ProductionRefused

Start = Callable[..., "Running"]


class Running:
    """A sandbox process that has told its address."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout is not None
        self.line = process.stdout.readline()
        self.port = int(self.line.split("127.0.0.1:")[1].split("/")[0])

    def stop(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(10)


@pytest.fixture
def start() -> Iterator[Start]:
    processes: list[subprocess.Popen[str]] = []

    def run(*arguments: str, **environment: str) -> Running:
        processes.append(launch(*arguments, **environment))
        return Running(processes[-1])

    yield run
    for process in processes:
        process.kill()
        process.communicate()


def launch(*arguments: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "workers.telegram.sandbox", *arguments],
        env={"PATH": os.environ["PATH"], "PYTHONIOENCODING": "utf-8"} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=10)
    return process.returncode, out, err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_process_serves_and_stops_quietly(start: Start, number: signal.Signals) -> None:
    running = start("--port", "0", "--token", "55:abc", "--username", "my_bot")
    status, body = exchange(running.port, "GET", "/bot55:abc/getMe")
    assert (status, json.loads(body)["result"]["username"]) == (200, "my_bot")
    assert running.stop(number) == 0
    assert running.process.communicate() == ("", "")


def test_process_has_flood_control_unless_told_otherwise(start: Start) -> None:
    strict, lax = start("--port", "0"), start("--port", "0", "--no-limits")
    limits = [
        json.loads(exchange(each.port, "GET", "/sandbox/")[1])["limits"] for each in (strict, lax)
    ]
    assert limits == [
        {"per_second": 30, "chat_per_second": 1.0, "chat_burst": 3, "group_per_minute": 20},
        None,
    ]


def test_process_knows_the_teams_chat_of_the_settings(start: Start) -> None:
    running = start("--port", "0", "--group=-7:Вторая", TELEGRAM_CHAT_ID="-5005")
    chats = json.loads(exchange(running.port, "GET", "/sandbox/chats")[1])
    assert [chat["id"] for chat in chats] == [-5005, -7]


def test_process_remembers_chats_and_messages(start: Start, tmp_path: Path) -> None:
    first = start("--port", "0", EFIR_DATA_DIR=str(tmp_path))
    exchange(
        first.port,
        "POST",
        "/sandbox/start",
        b'{"user_id": 7001, "payload": "abc", "name": "\xd0\x90\xd0\xbd\xd0\xbd\xd0\xb0"}',
        {"Content-Type": "application/json"},
    )
    exchange(first.port, "GET", "/bot1000:demo/sendMessage?chat_id=7001&text=hello")
    assert first.stop(signal.SIGTERM) == 0
    second = start("--port", "0", EFIR_DATA_DIR=str(tmp_path))
    answer = json.loads(
        exchange(second.port, "GET", "/bot1000:demo/sendMessage?chat_id=7001&text=again")[1]
    )
    assert (answer["ok"], answer["result"]["message_id"]) == (True, 3)
    updates = json.loads(exchange(second.port, "GET", "/bot1000:demo/getUpdates")[1])["result"]
    assert [update["message"]["text"] for update in updates] == ["/start abc"]
    assert (tmp_path / "telegram-sandbox.json").stat().st_mode & 0o777 == 0o600


def test_process_starts_empty_when_its_memory_is_damaged(start: Start, tmp_path: Path) -> None:
    (tmp_path / "telegram-sandbox.json").write_text("{", "utf-8")
    running = start("--port", "0", EFIR_DATA_DIR=str(tmp_path))
    assert exchange(running.port, "GET", "/bot1000:demo/getMe")[0] == 200


def test_process_refuses_production_in_one_line() -> None:
    code, out, err = finish(launch("--port", "0", EFIR_ENV="production"))
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "EFIR_ENV=production" in err


def test_server_refuses_production_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EFIR_ENV", "production")
    with pytest.raises(ProductionRefused):
        SandboxServer()


def test_process_says_in_one_line_that_the_port_is_taken(start: Start) -> None:
    running = start("--port", "0")
    code, out, err = finish(launch("--port", str(running.port)))
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert str(running.port) in err
