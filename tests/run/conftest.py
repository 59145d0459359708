from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.run.marked_process import MarkedProcess, local_run


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "run: starts the whole product, some seconds each")


@pytest.fixture
def start_run(tmp_path: Path) -> Iterator[Callable[..., MarkedProcess]]:
    """Start the local runner with these settings; nothing of it outlives the test."""
    started: list[MarkedProcess] = []

    def start(**settings: str) -> MarkedProcess:
        process = local_run(tmp_path / "data", tmp_path / f"run-{len(started)}.txt", **settings)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill_all()
