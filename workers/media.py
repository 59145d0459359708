"""Look into files that have come whole, and put them where their author wanted them."""

import logging
from datetime import datetime

from flask import current_app

from app import core, live, media
from app.autowebinar import AutowebinarRefused, drafts
from app.core import WebinarRecord
from app.core.errors import CoreRefusal
from app.extensions import db
from app.media import Asset
from workers import queues, recordings, webinar_files
from workers.process import application, asked_to_stop

log = logging.getLogger(__name__)
LONGEST_DRAIN = 20


def drain() -> int:
    """The job of the bell `media`; how many files were settled."""
    with application().app_context():
        queues.answered(current_app.config["SETTINGS"].redis_url, "media")
        return drain_here()


def drain_here() -> int:
    for count in range(LONGEST_DRAIN):
        if asked_to_stop():
            return count
        taken = recordings.take_next()
        settled = media.settling.settle_next(put_in_place, webinar_files.take_in)
        db.session.remove()
        if not taken and settled is None:
            return count
    return LONGEST_DRAIN


def next_due_at() -> datetime | None:
    """Since when something waits: a file that came whole, or one that the media server left."""
    waiting = (media.settling.next_due_at(), live.streams.waiting_since())
    return min((moment for moment in waiting if moment), default=None)


def put_in_place(asset: Asset) -> None:
    """A video goes where it belongs: a broadcast's recording into its room, else into the draft."""
    if not asset.is_ready or asset.kind != "video":
        return
    webinar = core.webinars.get(asset.webinar_id)
    if webinar is not None and webinar.type == "live":
        recordings.show(asset)
    elif webinar is not None:
        _into_draft(asset, webinar)


def _into_draft(asset: Asset, webinar: WebinarRecord) -> None:
    """It is the draft's from now on, with its length and, where the author has chosen none, its
    picture, there and on the landing page. It is published only by the author."""
    actor = core.users.get(asset.owner_id)
    if actor is None:
        return
    content = drafts.get(asset.webinar_id).content
    members = {"video": asset.address, "duration_sec": asset.duration_sec}
    if asset.poster and not content.get("poster"):
        members["poster"] = asset.poster
    try:
        drafts.change(asset.webinar_id, members, actor=actor)
        if asset.poster and not webinar.poster:
            core.webinars.edit(asset.webinar_id, poster=asset.poster)
    except (AutowebinarRefused, CoreRefusal) as refusal:
        log.warning("asset %s was not put into its webinar: %s", asset.asset_id, refusal)
