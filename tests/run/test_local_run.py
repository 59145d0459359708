import http.client
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.requirements import need
from tests.run.marked_process import ROOT, MarkedProcess, eventually

need(Path("/proc/self/environ").exists(), "processes are found by /proc, which is Linux's")

pytestmark = pytest.mark.run

READY = "Остановить: Ctrl-C"
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


def test_run_brings_everything_up_and_leaves_nothing(start_run: StartRun, tmp_path: Path) -> None:
    run = start_run()
    assert run.says(READY), run.output
    address = _address(run)
    assert _status(address, "/healthz") == 200
    assert (tmp_path / "data" / "secret_key").stat().st_mode & 0o777 == 0o600
    assert "/autowebinar/partner-channel/" in run.output
    assert all(run.alive(part) for part in ("gunicorn", "workers", "redis-server", "sandbox"))
    run.signal(signal.SIGINT)
    assert run.ends(10.0) == 0
    assert run.alive() == []
    assert "Traceback" not in run.output

    again = start_run()
    assert again.says(READY), again.output
    assert "Готовлю базу" in run.output
    assert "Готовлю базу" not in again.output
    assert "демонстрационные данные" in run.output
    assert "демонстрационные данные" not in again.output
    again.signal(signal.SIGTERM)
    assert again.ends(10.0) == 0
    assert again.alive() == []


def test_run_starts_again_what_was_killed(start_run: StartRun) -> None:
    run = start_run()
    assert run.says(READY), run.output
    address = _address(run)
    (redis,) = run.alive("redis-server")
    web = run.alive("gunicorn")
    for pid in (redis, *web):
        os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: run.alive("redis-server") not in ([], [redis]), 5.0)
    assert eventually(lambda: _status(address, "/healthz") == 200, 30.0)
    assert "«redis» завершился с кодом -9" in run.output


def test_run_killed_leaves_no_process(start_run: StartRun) -> None:
    run = start_run()
    assert run.says(READY), run.output
    run.signal(signal.SIGKILL)
    assert eventually(lambda: run.alive() == [], 10.0), run.alive()


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
    assert run.ends(60.0) == 1
    assert "DEFAULT_TIMEZONE" in run.output
    assert "Traceback" not in run.output
    assert run.alive() == []


def test_run_stops_everything_when_the_site_cannot_start(
    start_run: StartRun, tmp_path: Path
) -> None:
    run = start_run(GUNICORN_CMD_ARGS="--worker-class nonsense")
    assert run.ends(60.0) == 1
    assert "«web» завершился с кодом 1" in run.output
    assert str(tmp_path / "data" / "log" / "web.log") in run.output
    assert "Traceback" not in run.output
    assert run.alive() == []


def test_makefile_lists_its_commands() -> None:
    need(shutil.which("make") is not None, "make is not installed")
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    names = [line.split()[1] for line in listed.splitlines()]
    assert names == ["help", "run", "test", "lint", "bench", "faults"]
