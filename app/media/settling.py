"""What has come whole is settled: ready, or refused with its reason. Workers do it, by the table.

A lease is renewed while a long file is copied; what was left by a worker that died is taken up
again when its lease ends, three times at most, for a file may be what kills.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update

from app import clock, core
from app.extensions import db
from app.media import assets, examining, taking
from app.media.assets import Asset
from app.media.errors import MediaRefused
from app.media.models import MediaAsset
from app.media.taking import Then

Archive = Callable[[Asset, examining.Beat], Asset]
LEASE = timedelta(seconds=60)
BEAT_SECONDS = 10.0
MOST_ATTEMPTS = 3


def next_due_at() -> datetime | None:
    """When the oldest file that waits may be taken up."""
    due = func.coalesce(MediaAsset.leased_until, MediaAsset.touched_at)
    waiting = select(MediaAsset).where(MediaAsset.state == "received").order_by(due).limit(1)
    row = db.session.scalar(waiting)
    return (row.leased_until or row.touched_at) if row else None


def settle_next(then: Then = lambda _: None, archive: Archive | None = None) -> Asset | None:
    """Settle one file; None where none waits. `then` is told in the transaction that says so.
    An archive is `archive`'s to settle: what it holds is known above."""
    claimed = _claim(clock.now())
    if claimed is None:
        return None
    upload, attempts = claimed
    if upload.kind == "archive" and archive is not None and attempts <= MOST_ATTEMPTS:
        return archive(upload, _beat(upload.asset_id))
    values = refusal("media_broken") if attempts > MOST_ATTEMPTS else _looked_into(upload)
    return taking.settled(upload.asset_id, values, then)


def _looked_into(upload: Asset) -> dict[str, object]:
    try:
        found = examining.examine(upload.kind, upload.asset_id, _beat(upload.asset_id))
        return taking.put_away(upload, found)
    except MediaRefused as refused:
        return refusal(refused.name, refused.detail)
    except FileNotFoundError:
        return refusal("media_broken", "no file")


def refusal(reason: str, detail: str = "") -> dict[str, object]:
    return {"state": "refused", "reason": reason, "detail": detail[:200]}


def _claim(now: datetime) -> tuple[Asset, int] | None:
    """A file that nobody else works on, and how often it was taken up."""
    free = or_(MediaAsset.leased_until.is_(None), MediaAsset.leased_until <= now)
    statement = (
        select(MediaAsset)
        .where(MediaAsset.state == "received", free)
        .order_by(MediaAsset.touched_at)
        .limit(1)
    )
    with core.transaction() as session:
        row = session.scalar(core.skip_locked(statement))
        if row is None:
            return None
        row.leased_until, row.attempts = now + LEASE, row.attempts + 1
        return assets.of_row(row), row.attempts


def _beat(asset_id: str) -> Callable[[], None]:
    """Says that the work goes on, every ten seconds at most."""
    said = time.monotonic()

    def beat() -> None:
        nonlocal said
        if time.monotonic() - said < BEAT_SECONDS:
            return
        said = time.monotonic()
        with core.transaction() as session:
            lease = update(MediaAsset).where(MediaAsset.id == asset_id)
            session.execute(lease.values(leased_until=clock.now() + LEASE))

    return beat
