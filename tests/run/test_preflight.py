import ast
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from deploy.runner import preflight
from deploy.runner.console import Refusal
from deploy.runner.given import parse_settings
from deploy.runner.local_run import REVISION
from deploy.runner.preflight import refuse_unwritable_database
from deploy.runner.surroundings import kept_secret
from deploy.runner.waiting import last_words
from tests.run.marked_process import ROOT, MarkedProcess, eventually
from workers.child_process import Child

NOBODY = 65534
StartRun = Callable[..., MarkedProcess]


@pytest.fixture
def an_ordinary_user() -> Iterator[Path]:
    """A directory of the user we are; root, who may write everything, becomes another first."""
    user = os.geteuid() or NOBODY
    with tempfile.TemporaryDirectory() as directory:
        os.chown(directory, user, -1)
        before = os.geteuid()
        os.seteuid(user)
        yield Path(directory)
        os.seteuid(before)


def _refusal(run: MarkedProcess) -> str:
    """The one line that a refused run ends with."""
    assert run.ends() == 1
    (line,) = run.output.splitlines()
    assert " / " in line
    return line


def test_run_refuses_a_port_that_is_taken(start_run: StartRun) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert _refusal(start_run(PORT=str(port))).startswith(f"Порт {port} занят")


def test_run_refuses_a_port_taken_on_all_addresses(start_run: StartRun) -> None:
    with socket.create_server(("0.0.0.0", 0)) as listener:
        port = listener.getsockname()[1]
        assert _refusal(start_run(PORT=str(port))).startswith(f"Порт {port} занят")


@pytest.mark.parametrize("port", ["abc", "-1", "65536", "80.5"])
def test_run_refuses_a_malformed_port(start_run: StartRun, port: str) -> None:
    assert _refusal(start_run(PORT=port)).startswith(f"PORT={port}: нужен номер порта")


def test_run_refuses_a_data_directory_that_is_a_file(start_run: StartRun, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    assert _refusal(start_run()).startswith(f"В каталог данных {tmp_path / 'data'} нельзя писать")


def test_run_refuses_a_database_that_is_none(start_run: StartRun, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "efir.db").write_bytes(b"not a database " * 200)
    line = _refusal(start_run())
    assert line.startswith(f"В базу данных {tmp_path / 'data' / 'efir.db'} нельзя писать")


def test_run_refuses_a_database_in_no_directory(start_run: StartRun, tmp_path: Path) -> None:
    file = tmp_path / "nowhere" / "efir.db"
    line = _refusal(start_run(DATABASE_URL=f"sqlite:///{file}"))
    assert line.startswith(f"В базу данных {file} нельзя писать")


def test_database_that_is_read_only_is_refused(
    monkeypatch: pytest.MonkeyPatch, an_ordinary_user: Path
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    (an_ordinary_user / "efir.db").touch(mode=0o444)
    with pytest.raises(Refusal, match="readonly"):
        refuse_unwritable_database(an_ordinary_user)


def test_database_that_can_be_written_is_left_as_it_was(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with closing(sqlite3.connect(tmp_path / "efir.db")) as connection:
        connection.execute("CREATE TABLE lead (id INTEGER)")
        refuse_unwritable_database(tmp_path)
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("lead",)]


def test_database_that_someone_writes_is_no_obstacle(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr(preflight, "LOCK_SECONDS", 0.05)
    with closing(sqlite3.connect(tmp_path / "efir.db", isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        refuse_unwritable_database(tmp_path)


def test_run_looks_at_the_default_database_too(start_run: StartRun, tmp_path: Path) -> None:
    (tmp_path / "data" / "efir.db").mkdir(parents=True)
    assert _refusal(start_run(DATABASE_URL="")).startswith("В базу данных")


def test_old_python_gets_one_line() -> None:
    ast.parse((ROOT / "deploy" / "local.py").read_text("utf-8"), feature_version=(3, 6))
    code = (
        "import runpy, sys; sys.version_info = (3, 9, 18, 'final', 0); "
        "runpy.run_path('deploy/local.py', run_name='__main__')"
    )
    command = [sys.executable, "-c", code]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (1, "")
    (line,) = ended.stderr.splitlines()
    assert line.startswith("Нужен Python 3.11 или новее, а здесь 3.9.18")


def test_runner_needs_nothing_installed() -> None:
    code = "import deploy.runner.commands"
    command = [sys.executable, "-S", "-c", code]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_runner_refuses_an_unknown_command(tmp_path: Path) -> None:
    run = MarkedProcess([sys.executable, "deploy/local.py", "dance"], tmp_path / "output.txt")
    assert _refusal(run).startswith("Команды: run")


def test_settings_file_is_read_as_it_is_written() -> None:
    text = """
    # comment
    PORT=8080
    export SECRET_KEY = "with # and = inside" # comment
    EMPTY=
    PUBLIC_URL='https://example.org'
    TELEGRAM_BOT_TOKEN=1:abc # the bot
    COMMENTED=# nothing
    nonsense
    """
    assert parse_settings(text) == {
        "PORT": "8080",
        "SECRET_KEY": "with # and = inside",
        "EMPTY": "",
        "PUBLIC_URL": "https://example.org",
        "TELEGRAM_BOT_TOKEN": "1:abc",
        "COMMENTED": "",
    }


def test_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "secret_key"
    secret = kept_secret(file)
    assert kept_secret(file) == secret
    assert len(secret) >= 32
    assert file.stat().st_mode & 0o777 == 0o600
    assert kept_secret(tmp_path / "another") != secret


def test_secret_cut_short_is_made_again(tmp_path: Path) -> None:
    file = tmp_path / "secret_key"
    file.write_text("")
    os.chmod(file, 0o644)
    assert len(kept_secret(file)) >= 32
    assert file.stat().st_mode & 0o777 == 0o600


def test_last_words_hold_no_stack_trace(tmp_path: Path) -> None:
    code = (
        "print('before')\ntry:\n    int('x')\n"
        "except ValueError as error:\n    raise OSError('y') from error"
    )
    child = Child("failing", [sys.executable, "-u", "-c", code], log=tmp_path / "log")
    child.start()
    assert eventually(lambda: not child.running)
    assert last_words(child) == [
        "before",
        "ValueError: invalid literal for int() with base 10: 'x'",
        "OSError: y",
    ]


@pytest.mark.parametrize(
    ("output", "revisions"),
    [
        ("", []),
        ("INFO  [alembic.runtime.migration] Context impl SQLiteImpl.\n", []),
        ("INFO  [alembic] Context impl.\n0001_first (head)\n", ["0001_first (head)"]),
        ("3f2a9c (head) (mergepoint)\n", ["3f2a9c (head) (mergepoint)"]),
        ("0001\n", ["0001"]),
    ],
)
def test_present_revision_is_found_among_log_lines(output: str, revisions: list[str]) -> None:
    assert REVISION.findall(output) == revisions
