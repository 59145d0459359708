"""Files that are taken whole and at once: images, captions, what an archive brings.

`put_away` and `settled` are also what a worker ends with.
"""

import io
import shutil
from collections.abc import Callable
from typing import IO

from app import clock, core
from app.media import assets, examining, folder, uploads
from app.media.assets import Asset
from app.media.errors import MediaRefused
from app.media.examining import Found
from app.media.models import MediaAsset

Then = Callable[[Asset], None]


def take(
    source: bytes | IO[bytes], *, kind: str, name: str, owner_id: int, webinar_id: str
) -> Asset:
    """Keep a file; the webinar's own of the same content where it is there already.

    MediaRefused keeps nothing.
    """
    file = io.BytesIO(source) if isinstance(source, bytes) else source
    length = file.seek(0, io.SEEK_END)
    file.seek(0)
    upload = uploads.begin(kind, name, length, owner_id=owner_id, webinar_id=webinar_id)
    try:
        with folder.refusing_when_full(), folder.incoming(upload.asset_id).open("wb") as made:
            shutil.copyfileobj(file, made)
        found = examining.examine(kind, upload.asset_id, lambda: None)
        known = _known(upload, found)
        if known is None:
            return settled(upload.asset_id, put_away(upload, found), lambda _: None)
    except MediaRefused:
        uploads.give_up(upload.asset_id)
        raise
    uploads.give_up(upload.asset_id)
    return known


def _known(upload: Asset, found: Found) -> Asset | None:
    return assets.by_address(
        upload.webinar_id, assets.address_of(found.sha256, upload.kind, found.mime)
    )


def put_away(upload: Asset, found: Found) -> dict[str, object]:
    """What the row is to say, once the file is in its place."""
    with folder.refusing_when_full():
        folder.keep(found.path, found.sha256)
    return {
        "state": "ready",
        "sha256": found.sha256,
        "mime": found.mime,
        "size": found.size,
        "duration_sec": found.duration_sec,
        "width": found.width,
        "height": found.height,
        "poster": _picture(upload, found.poster).address if found.poster else "",
    }


def _picture(upload: Asset, data: bytes) -> Asset:
    """A picture found in a video is an image of the same webinar."""
    return take(
        data,
        kind="image",
        name=upload.name,
        owner_id=upload.owner_id,
        webinar_id=upload.webinar_id,
    )


def settled(asset_id: str, values: dict[str, object], then: Then) -> Asset:
    """Write the outcome, and tell of it in the same transaction; once."""
    with core.transaction() as session:
        row = session.get_one(MediaAsset, asset_id, populate_existing=True, with_for_update=True)
        if row.state in ("receiving", "received"):
            for name, value in values.items():
                setattr(row, name, value)
            row.leased_until, row.touched_at = None, clock.now()
            session.flush()
            then(assets.of_row(row))
        found = assets.of_row(row)
    folder.forget(asset_id)
    return found
