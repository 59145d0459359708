"""Assets as others see them: frozen copies of rows, found by id, by webinar, by content."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from app import core
from app.extensions import db
from app.media.kinds import ENDINGS
from app.media.models import MediaAsset

MOST = 50
FORBIDDEN = '/\\:*?"<>|'


@dataclass(frozen=True, slots=True)
class Asset:
    """`address` is where a ready one is served; see `MediaAsset` for the rest."""

    asset_id: str
    owner_id: int
    webinar_id: str
    kind: str
    name: str
    state: str
    length: int
    received: int
    sha256: str | None
    mime: str
    size: int | None
    duration_sec: int | None
    width: int | None
    height: int | None
    poster: str
    source: str
    reason: str
    detail: str
    created_at: datetime
    touched_at: datetime

    @property
    def is_ready(self) -> bool:
        return self.state == "ready"

    @property
    def address(self) -> str:
        return address_of(self.sha256, self.kind, self.mime) if self.sha256 else ""

    @property
    def download_name(self) -> str:
        """What it is saved as: its author's name for it, ending as what it is."""
        ending = f".{ENDINGS[self.mime]}"
        stem = self.name[: -len(ending)] if self.name.lower().endswith(ending) else self.name
        plain = "".join(each for each in stem if each.isprintable() and each not in FORBIDDEN)
        return (plain.strip(" .") or self.kind) + ending

    @property
    def percent(self) -> int:
        return self.received * 100 // self.length if self.length else 0


def address_of(sha256: str, kind: str, mime: str) -> str:
    """Nobody guesses it who does not have the file."""
    return f"/media/{sha256}/{kind}.{ENDINGS[mime]}"


def of_row(row: MediaAsset) -> Asset:
    fields = {name: getattr(row, name) for name in Asset.__dataclass_fields__ if name != "asset_id"}
    return Asset(asset_id=row.id, **fields)


def get(asset_id: str) -> Asset | None:
    row = db.session.get(MediaAsset, asset_id, populate_existing=True)
    return of_row(row) if row else None


def of_webinar(webinar_id: str, *, kind: str | None = None, limit: int = MOST) -> list[Asset]:
    """Newest first, whatever their state."""
    statement = select(MediaAsset).where(MediaAsset.webinar_id == webinar_id)
    if kind is not None:
        statement = statement.where(MediaAsset.kind == kind)
    newest = statement.order_by(MediaAsset.created_at.desc(), MediaAsset.id).limit(limit)
    return [of_row(row) for row in db.session.scalars(newest)]


def archives(owner_id: int, *, limit: int = MOST) -> list[Asset]:
    """Whole webinars that a person brought, newest first, whatever their state."""
    nobodys = MediaAsset.webinar_id == "", MediaAsset.kind == "archive"
    statement = select(MediaAsset).where(*nobodys, MediaAsset.owner_id == owner_id)
    newest = statement.order_by(MediaAsset.created_at.desc(), MediaAsset.id).limit(limit)
    return [of_row(row) for row in db.session.scalars(newest)]


def note_made(asset_id: str, webinar_id: str) -> None:
    """Which webinar an archive has become."""
    with core.transaction() as session:
        session.get_one(MediaAsset, asset_id).detail = webinar_id


def by_content(sha256: str) -> list[Asset]:
    """The ready ones that are this very file, for whichever webinars."""
    statement = select(MediaAsset).where(MediaAsset.sha256 == sha256, MediaAsset.state == "ready")
    return [of_row(row) for row in db.session.scalars(statement.limit(MOST))]


def by_address(webinar_id: str, address: str) -> Asset | None:
    """The webinar's own ready asset of that address; the first one where it came twice."""
    mine = MediaAsset.webinar_id == webinar_id, MediaAsset.sha256 == _sha256(address)
    statement = select(MediaAsset).where(*mine, MediaAsset.state == "ready")
    first = statement.order_by(MediaAsset.created_at, MediaAsset.id).limit(MOST)
    found = (of_row(row) for row in db.session.scalars(first))
    return next((each for each in found if each.address == address), None)


def let_go(asset_id: str) -> None:
    """The webinar's no more. The file stays where it lies: it may be another's too."""
    with core.transaction() as session:
        session.execute(delete(MediaAsset).where(MediaAsset.id == asset_id))


def _sha256(address: str) -> str:
    parts = address.split("/")
    return parts[2] if len(parts) == 4 and parts[1] == "media" else ""


def lend(webinar_id: str, address: str, to_webinar_id: str, owner_id: int) -> None:
    """Make a webinar's file another webinar's too: the same file, a row of its own. An address
    that is none of its files is left as it is."""
    found = by_address(webinar_id, address)
    if found is None:
        return
    row = db.session.get_one(MediaAsset, found.asset_id)
    copied = {column.name: getattr(row, column.name) for column in MediaAsset.__table__.columns}
    changed = {"id": secrets.token_hex(16), "webinar_id": to_webinar_id, "owner_id": owner_id}
    with core.transaction() as session:
        session.add(MediaAsset(**(copied | changed)))
