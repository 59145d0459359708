"""What can be refused before anything is started: the port, the data directory, the database."""

import errno
import os
import socket
import sqlite3
import tempfile
from pathlib import Path

from deploy.runner.console import Refusal
from deploy.runner.given import data_directory, given

HOST = "127.0.0.1"
LOCK_SECONDS = 2.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def wanted_port() -> int:
    """The port of PORT, or any free one where that is 0; refuses one that cannot be had."""
    value = given("PORT", "8000")
    if not value.isdecimal() or int(value) > 65535:
        raise Refusal(
            f"PORT={value}: нужен номер порта от 0 до 65535",
            f"PORT={value}: a port number from 0 to 65535 is needed",
        )
    port = int(value) or free_port()
    _refuse_taken(port)
    return port


def _refuse_taken(port: int) -> None:
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
    except OSError as error:
        if error.errno == errno.EACCES:
            raise Refusal(
                f"Порт {port} открыть нельзя, нет прав: выберите другой, например PORT=8080",
                f"Port {port} may not be opened: choose another, such as PORT=8080",
            ) from None
        raise _taken(port) from None
    if _answers(port):
        raise _taken(port)


def _answers(port: int) -> bool:
    """Where binding beside a listener is allowed (macOS), only a connection tells."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def _taken(port: int) -> Refusal:
    return Refusal(
        f"Порт {port} занят: освободите его или выберите другой, например PORT={port % 65535 + 1}",
        f"Port {port} is taken: free it or choose another, such as PORT={port % 65535 + 1}",
    )


def writable_data_directory() -> Path:
    """The data directory, made where it is missing; refuses one that cannot be written."""
    directory = data_directory()
    try:
        (directory / "log").mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            pass
    except OSError as error:
        raise Refusal(
            f"В каталог данных {directory} нельзя писать ({os.strerror(error.errno or 0)}): "
            "укажите другой в EFIR_DATA_DIR",
            "The data directory cannot be written: name another in EFIR_DATA_DIR",
        ) from None
    return directory


def refuse_unwritable_database(data: Path) -> None:
    """SQLite only: what is wrong with a server, the migration says."""
    file = _sqlite_file(data)
    if file is None:
        return
    try:
        _try_to_write(file)
    except (OSError, sqlite3.Error) as error:
        reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else error
        raise Refusal(
            f"В базу данных {file} нельзя писать ({reason})",
            "The database cannot be written",
        ) from None


def _sqlite_file(data: Path) -> Path | None:
    address = given("DATABASE_URL")
    if not address:
        return data / "efir.db"
    path = address.partition("?")[0].removeprefix("sqlite:///")
    return Path(path) if address.startswith("sqlite:////") else None


def _try_to_write(file: Path) -> None:
    if not file.exists():
        with tempfile.TemporaryFile(dir=file.parent):
            return
    connection = sqlite3.connect(file, timeout=LOCK_SECONDS, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")  # which a read-only file still allows
        connection.execute("CREATE TABLE efir_probe (nought INTEGER)")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:  # someone writes: so it can be written
            raise
    finally:
        connection.close()
