"""The files that authors bring, from the first byte announced to the file that is served."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, UtcDateTime


class MediaAsset(Base):
    """`state`: `receiving`, `received` (whole, to be looked into), `ready`, `refused` (`reason`).

    `received` counts bytes that are safely on the disk, of `length` announced. What follows is
    known once it is ready: the file may differ from what came, for it is kept as it is served.
    `poster`: the address of the picture found in a video. `source`: who brought it, in the words
    of who did; empty for a person. An `archive` is a whole webinar: it is no webinar's (empty), its file
    is not kept, and `detail` names the webinar that was made of it.
    """

    __tablename__ = "media_asset"
    __table_args__ = (
        Index("ix_media_asset_webinar", "webinar_id", "kind", "created_at"),
        Index("ix_media_asset_state", "state", "touched_at"),
        Index("ix_media_asset_sha256", "sha256"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    owner_id: Mapped[int]
    webinar_id: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(16))
    length: Mapped[int] = mapped_column(BigInteger)
    received: Mapped[int] = mapped_column(BigInteger, default=0)
    sha256: Mapped[str | None] = mapped_column(String(64))
    mime: Mapped[str] = mapped_column(String(100), default="")
    size: Mapped[int | None] = mapped_column(BigInteger)
    duration_sec: Mapped[int | None]
    width: Mapped[int | None]
    height: Mapped[int | None]
    poster: Mapped[str] = mapped_column(String(200), default="")
    source: Mapped[str] = mapped_column(String(40), default="")
    reason: Mapped[str] = mapped_column(String(40), default="")
    detail: Mapped[str] = mapped_column(String(200), default="")
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    touched_at: Mapped[datetime] = mapped_column(UtcDateTime)
