"""Files that come in pieces: begun, continued where they stopped, given up.

A piece is first read whole into a file of its own, however long that takes, and only then put
where it belongs, under a short lock and after asking once more whether it still belongs there. So
a connection that died without a word holds nothing, and two that send the same piece cannot mix.
"""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Protocol

from sqlalchemy import ColumnElement, and_, delete, or_, select, update

from app import clock, core
from app.extensions import db
from app.media import assets, folder, kinds
from app.media.assets import Asset
from app.media.errors import MediaRefused, OffsetWrong, UploadUnknown
from app.media.models import MediaAsset

BELL = "media"
READ_BYTES = 262_144
AT_ONCE = 100


class Source(Protocol):
    def read(self, size: int, /) -> bytes: ...


def begin(
    kind: str, name: str, length: int, *, owner_id: int, webinar_id: str, source: str = ""
) -> Asset:
    """Announce a file. MediaRefused where it could not be kept anyway. `source`: see MediaAsset."""
    kinds.require_length(kind, length)
    folder.require_room(length)
    now = clock.now()
    row = MediaAsset(
        id=secrets.token_hex(16),
        owner_id=owner_id,
        webinar_id=webinar_id,
        kind=kind,
        name=_name(name),
        state="receiving",
        length=length,
        received=0,
        source=source,
        created_at=now,
        touched_at=now,
    )
    with folder.refusing_when_full():
        folder.incoming(row.id).touch(exist_ok=False)
    with core.transaction() as session:
        session.add(row)
        session.flush()
        return assets.of_row(row)


def _name(given: str) -> str:
    """As the author will know it again, and nothing that a page could stumble over."""
    shown = "".join(letter for letter in given if letter.isprintable())
    return shown.replace("\\", "/").rpartition("/")[2].strip()[:200] or "—"


def find(asset_id: str, *, owner_id: int, webinar_id: str) -> Asset:
    """UploadUnknown for anybody else's."""
    found = assets.get(asset_id)
    if found is None or (found.owner_id, found.webinar_id) != (owner_id, webinar_id):
        raise UploadUnknown(asset_id)
    return found


def append(upload: Asset, offset: int, source: Source) -> Asset:
    """Add what `source` brings from `offset` on, as much of it as arrives.

    OffsetWrong where it does not begin where the last kept byte ended. MediaRefused where the
    disk is full (what was kept stays) or where the first bytes show another kind of file (then
    nothing stays).
    """
    if upload.state != "receiving":
        raise OffsetWrong(upload.received)
    piece = folder.incoming(upload.asset_id, f"{secrets.token_hex(4)}.piece")
    try:
        with folder.refusing_when_full(), piece.open("xb") as file:
            size = _read(source, file, upload.length - offset)
        received = _put(upload.asset_id, offset, piece, size)
    finally:
        piece.unlink(missing_ok=True)
    if offset == 0 and received:
        _require_kind(upload)
    return _note(upload.asset_id, offset, received)


def _read(source: Source, file: BinaryIO, most: int) -> int:
    """How many bytes came: a connection that breaks ends it, and what came before counts."""
    size = 0
    while size < most:
        try:
            data = source.read(min(READ_BYTES, most - size))
        except Exception:
            return size
        if not data:
            return size
        file.write(data)
        size += len(data)
    return size


def _put(asset_id: str, offset: int, piece: Path, size: int) -> int:
    """The length of the file with the piece in it, all of it on the disk."""
    with _held(folder.incoming(asset_id)) as file:
        kept = assets.get(asset_id)
        if kept is None:
            raise UploadUnknown(asset_id)
        if kept.state != "receiving" or kept.received != offset:
            raise OffsetWrong(kept.received)
        file.truncate(offset)
        file.seek(offset)
        with folder.refusing_when_full(), piece.open("rb") as data:
            shutil.copyfileobj(data, file, READ_BYTES)
            file.flush()
            os.fsync(file.fileno())
        return offset + size


@contextmanager
def _held(path: Path) -> Iterator[BinaryIO]:
    try:
        file = path.open("r+b")
    except FileNotFoundError:
        raise UploadUnknown(path.stem) from None
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def _require_kind(upload: Asset) -> None:
    with folder.incoming(upload.asset_id).open("rb") as file:
        head = file.read(kinds.HEAD)
    if len(head) < min(12, upload.length):
        return
    try:
        kinds.require_kind(upload.kind, head)
    except MediaRefused:
        give_up(upload.asset_id)
        raise


def _note(asset_id: str, offset: int, received: int) -> Asset:
    """Write down what is here; the whole of it rings for who looks into it."""
    with core.transaction() as session:
        unchanged = (MediaAsset.id == asset_id, MediaAsset.received == offset)
        values = {"received": received, "touched_at": clock.now()}
        session.execute(update(MediaAsset).where(*unchanged).values(values))
        row = session.get(MediaAsset, asset_id, populate_existing=True)
        if row is None:
            raise UploadUnknown(asset_id)
        if row.received == row.length and row.state == "receiving":
            row.state = "received"
            core.ring(BELL)
        return assets.of_row(row)


def whole(
    kind: str,
    name: str,
    length: int,
    file: Source,
    *,
    owner_id: int,
    webinar_id: str,
    source: str = "",
) -> Asset:
    """A file that comes in one piece. MediaRefused keeps nothing of it."""
    upload = begin(kind, name, length, owner_id=owner_id, webinar_id=webinar_id, source=source)
    try:
        return append(upload, 0, file)
    except MediaRefused:
        give_up(upload.asset_id)
        raise


def give_up(asset_id: str) -> None:
    """As if it had never been begun. Of an archive that was taken in, its row."""
    with core.transaction() as session:
        session.execute(delete(MediaAsset).where(MediaAsset.id == asset_id, _idle()))
    if assets.get(asset_id) is None:
        folder.forget(asset_id)


def _idle() -> ColumnElement[bool]:
    """What nobody works on and no webinar has."""
    taken_in = and_(MediaAsset.kind == "archive", MediaAsset.state == "ready")
    return or_(MediaAsset.state.in_(("receiving", "refused")), taken_in)


def sweep(now: datetime) -> int:
    """Give up what nobody has gone on with for so long; how many there were."""
    before = now - timedelta(hours=folder.settings().media_upload_hours)
    statement = select(MediaAsset.id).where(_idle(), MediaAsset.touched_at < before).limit(AT_ONCE)
    forgotten = list(db.session.scalars(statement))
    for asset_id in forgotten:
        give_up(asset_id)
    _clear(before)
    return len(forgotten)


def _clear(before: datetime) -> None:
    """Take away what a crash left lying beside its row."""
    for path in (folder.root() / "incoming").glob("*"):
        asset = assets.get(path.name.partition(".")[0])
        at_work = asset is not None and asset.state in ("receiving", "received")
        if not at_work and path.stat().st_mtime < before.timestamp():
            path.unlink(missing_ok=True)
    folder.clear_workshops(before.timestamp())
