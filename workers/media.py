"""Look into files that have come whole, and put them where their author wanted them."""

import logging

from flask import current_app

from app import core, media
from app.autowebinar import AutowebinarRefused, drafts
from app.core.errors import CoreRefusal
from app.extensions import db
from app.media import Asset
from workers import queues
from workers.process import application

log = logging.getLogger(__name__)
LONGEST_DRAIN = 20


def drain() -> int:
    """The job of the bell `media`; how many files were settled."""
    with application().app_context():
        queues.answered(current_app.config["SETTINGS"].redis_url, "media")
        return drain_here()


def drain_here() -> int:
    for count in range(LONGEST_DRAIN):
        settled = media.settling.settle_next(put_in_place)
        db.session.remove()
        if settled is None:
            return count
    return LONGEST_DRAIN


def put_in_place(asset: Asset) -> None:
    """A video that its author uploaded is the draft's from now on, with its length and, where the
    author has chosen none, its picture, there and on the landing page. It is published only by the author."""
    if not asset.is_ready or asset.kind != "video":
        return
    actor = core.users.get(asset.owner_id)
    if actor is None:
        return
    content = drafts.get(asset.webinar_id).content
    members = {"video": asset.address, "duration_sec": asset.duration_sec}
    if asset.poster and not content.get("poster"):
        members["poster"] = asset.poster
    try:
        drafts.change(asset.webinar_id, members, actor=actor)
        webinar = core.webinars.get(asset.webinar_id)
        if webinar is not None and asset.poster and not webinar.poster:
            core.webinars.edit(asset.webinar_id, poster=asset.poster)
    except (AutowebinarRefused, CoreRefusal) as refusal:
        log.warning("asset %s was not put into its webinar: %s", asset.asset_id, refusal)
