import http.client
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.requirements import need
from tests.run.marked_process import ROOT, MarkedProcess, eventually, local_run

need(Path("/proc/self/environ").exists(), "processes are found by /proc, which is Linux's")

pytestmark = pytest.mark.run

READY = "Остановить: Ctrl-C"
PARTS = ("gunicorn", "workers", "redis-server", "sandbox")
StartRun = Callable[..., MarkedProcess]


def _address(run: MarkedProcess) -> str:
    found = re.search(r"Efir is running: (http://127\.0\.0\.1:\d+)/", run.output)
    assert found, run.output
    return found[1]


def _status(address: str, path: str) -> int:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


@dataclass(frozen=True)
class FirstRun:
    """What was seen of a run on an empty data directory, from its start to Ctrl-C."""

    data: Path
    output: str
    health: int
    parts: dict[str, bool]
    code: int | None
    left: list[int]


@pytest.fixture(scope="module")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FirstRun]:
    folder = tmp_path_factory.mktemp("first")
    run = local_run(folder / "data", folder / "output.txt")
    try:
        assert run.says(READY), run.output
        health = _status(_address(run), "/healthz")
        parts = {part: bool(run.alive(part)) for part in PARTS}
        run.signal(signal.SIGINT)
        code = run.ends(10.0)
        yield FirstRun(folder / "data", run.output, health, parts, code, run.alive())
    finally:
        run.kill_all()


@pytest.fixture
def run_again(first_run: FirstRun, start_run: StartRun, tmp_path: Path) -> MarkedProcess:
    """A later run on a copy of the first one's data, which is ready."""
    shutil.copytree(first_run.data, tmp_path / "data")
    run = start_run()
    assert run.says(READY), run.output
    return run


def test_run_brings_everything_up(first_run: FirstRun) -> None:
    assert first_run.health == 200
    assert first_run.parts == dict.fromkeys(PARTS, True)
    assert "Готовлю базу" in first_run.output
    assert "демонстрационные данные" in first_run.output
    assert "/autowebinar/partner-channel/" in first_run.output
    assert (first_run.data / "secret_key").stat().st_mode & 0o777 == 0o600


def test_run_stops_cleanly_at_ctrl_c(first_run: FirstRun) -> None:
    assert (first_run.code, first_run.left) == (0, [])
    assert first_run.output.splitlines()[-1] == "Останавливаю… / Stopping…"
    assert "Traceback" not in first_run.output


def test_run_again_prepares_nothing_twice(run_again: MarkedProcess) -> None:
    assert "Готовлю базу" not in run_again.output
    assert "демонстрационные данные" not in run_again.output
    run_again.signal(signal.SIGTERM)
    assert run_again.ends(10.0) == 0
    assert run_again.alive() == []


def test_run_starts_again_what_was_killed_and_killed_leaves_nothing(
    run_again: MarkedProcess,
) -> None:
    address = _address(run_again)
    (redis,) = run_again.alive("redis-server")
    for pid in (redis, *run_again.alive("gunicorn")):
        os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: run_again.alive("redis-server") not in ([], [redis]))
    assert eventually(lambda: _status(address, "/healthz") == 200, 60.0)
    assert "«redis» завершился с кодом -9" in run_again.output

    run_again.signal(signal.SIGKILL)
    assert eventually(lambda: run_again.alive() == []), run_again.alive()


def test_run_stopped_while_it_starts_leaves_no_process(start_run: StartRun) -> None:
    run = start_run()
    assert run.says("Запускаю")
    run.signal(signal.SIGINT)
    assert run.ends(10.0) == 0
    assert run.alive() == []
    assert "Traceback" not in run.output


def test_run_ends_with_make(tmp_path: Path) -> None:
    need(shutil.which("make") is not None, "make is not installed")
    settings = {
        "PORT": "0",
        "EFIR_ENV": "development",
        "EFIR_DATA_DIR": str(tmp_path / "data"),
        "DATABASE_URL": f"sqlite:///{tmp_path}/data/efir.db",
    }
    make = MarkedProcess(["make", "run"], tmp_path / "output.txt", **settings)
    try:
        assert make.says("Запускаю"), make.output
        make.signal(signal.SIGKILL)
        assert eventually(lambda: make.alive() == [], 15.0), make.alive()
    finally:
        make.kill_all()


def test_run_says_which_setting_is_malformed(start_run: StartRun) -> None:
    run = start_run(DEFAULT_TIMEZONE="Nowhere/Land")
    assert run.ends(180.0) == 1
    assert "DEFAULT_TIMEZONE" in run.output
    assert "Traceback" not in run.output
    assert run.alive() == []


def test_run_stops_everything_when_the_site_cannot_start(
    start_run: StartRun, tmp_path: Path
) -> None:
    run = start_run(GUNICORN_CMD_ARGS="--worker-class nonsense")
    assert run.ends(180.0) == 1
    assert "«web» завершился с кодом 1" in run.output
    assert str(tmp_path / "data" / "log" / "web.log") in run.output
    assert "Traceback" not in run.output
    assert run.alive() == []


def test_makefile_lists_its_commands() -> None:
    need(shutil.which("make") is not None, "make is not installed")
    told = ["make", "--no-print-directory"]
    listed = subprocess.run(told, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    names = [line.split()[1] for line in listed.splitlines()]
    assert names == ["help", "run", "test", "lint", "bench", "faults"]
