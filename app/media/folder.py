"""Where the files lie: `EFIR_DATA_DIR/media`, each under its SHA-256; what still comes in apart."""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import current_app

from app.media.errors import MediaRefused
from app.settings import Settings

MEGABYTE = 1_000_000
WORKSHOP = "unpacking-"
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def settings() -> Settings:
    found: Settings = current_app.config["SETTINGS"]
    return found


def root() -> Path:
    return settings().efir_data_dir.resolve() / "media"


def path_of(sha256: str) -> Path:
    return root() / sha256[:2] / sha256


def incoming(asset_id: str, part: str = "part") -> Path:
    """A file in the making; it is never served."""
    folder = root() / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{asset_id}.{part}"


def forget(asset_id: str) -> None:
    """Take away whatever was in the making."""
    for path in (root() / "incoming").glob(f"{asset_id}.*"):
        path.unlink(missing_ok=True)


def require_room(length: int) -> None:
    """MediaRefused where the disk would be left with less than the reserve."""
    root().mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(root()).free
    if free - length < settings().media_keep_free_mb * MEGABYTE:
        raise MediaRefused("media_disk_full")


@contextmanager
def workshop() -> Iterator[Path]:
    """A folder beside the media, gone when the work is done."""
    root().mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=WORKSHOP, dir=root()))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def clear_workshops(before: float) -> None:
    """Take away those that a crash left, by when they were made."""
    for left in root().glob(f"{WORKSHOP}*"):
        if left.stat().st_mtime < before:
            shutil.rmtree(left, ignore_errors=True)


@contextmanager
def refusing_when_full() -> Iterator[None]:
    """A disk that is full is a refusal; any other failure of it stays one."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise MediaRefused("media_disk_full") from error
        raise


def keep(source: Path, sha256: str) -> Path:
    """Put a finished file under its name, durably. `source` stays until `forget`, so that a crash
    between this and the row can be done again. Kept already is kept."""
    target = path_of(sha256)
    target.parent.mkdir(parents=True, exist_ok=True)
    sync(source)
    if not target.exists():
        waiting = source.with_suffix(".kept")
        waiting.unlink(missing_ok=True)
        os.link(source, waiting)
        waiting.replace(target)
    sync(target.parent)
    return target


def sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
