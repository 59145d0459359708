"""A whole webinar that came as a file in pieces becomes a draft of whoever brought it."""

from app import core, media
from app.autowebinar.webinar_file import FileInvalid
from app.core import access
from app.media import Asset, MediaRefused, folder, settling, taking
from app.media.examining import Beat
from app.web import webinar_making
from app.web.webinar_making import Examined

REASON = "file_"
"""Before what is wrong with the file itself; refusals of media have names of their own."""


def take_in(upload: Asset, beat: Beat) -> Asset:
    """The draft and the word that it is there are one transaction; what will not do makes nothing
    and says why."""
    try:
        with folder.incoming(upload.asset_id).open("rb") as file:
            examined = webinar_making.examine(file, beat)
        return taking.settled(
            upload.asset_id, {"state": "ready"}, lambda asset: _make(asset, examined)
        )
    except FileInvalid as wrong:
        values = settling.refusal(f"{REASON}{wrong.why}", wrong.where)
    except MediaRefused as refused:
        values = settling.refusal(refused.name, refused.detail)
    except FileNotFoundError:
        values = settling.refusal("media_broken", "no file")
    return taking.settled(upload.asset_id, values, lambda _: None)


def _make(asset: Asset, examined: Examined) -> None:
    """For who may still make webinars: the right may have gone while the file was on its way."""
    actor = core.users.get(asset.owner_id)
    if actor is None or not actor.can(access.WEBINAR_EDIT):
        raise FileInvalid("not_permitted")
    made = webinar_making.make(examined, actor)
    media.assets.note_made(asset.asset_id, made.webinar_id)
