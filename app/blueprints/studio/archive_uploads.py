"""A whole webinar that comes in pieces, as videos do; the media workers make the draft of it."""

import contextlib

from flask import Response, url_for

from app import media
from app.blueprints.studio import blueprint, tus
from app.blueprints.studio.forms import NothingForm
from app.core import access
from app.extensions import limiter
from app.media import Asset, UploadUnknown
from app.web import accounts, bodies, pages

NOBODYS = ""
"""The webinar of a file of which one is still to be made."""


@blueprint.route("/new/file/uploads/", methods=["OPTIONS"], provide_automatic_options=False)
def archive_options() -> Response:
    return tus.options("archive")


@blueprint.post("/new/file/uploads/")
@limiter.limit(tus.PER_PERSON)  # type: ignore[untyped-decorator]
@tus.spoken
def begin_archive() -> Response:
    return tus.begun("archive", NOBODYS, lambda made: url_for(".archive_state", upload_id=made))


@blueprint.route("/new/file/uploads/<upload_id>/", methods=["HEAD"])
@limiter.limit(tus.PER_PERSON)  # type: ignore[untyped-decorator]
@tus.spoken
def archive_state(upload_id: str) -> Response:
    return tus.state_of(_mine(upload_id))


@blueprint.patch("/new/file/uploads/<upload_id>/")
@limiter.limit(tus.PER_PERSON)  # type: ignore[untyped-decorator]
@bodies.up_to(lambda: tus.PIECE)
@tus.spoken
def go_on_archive(upload_id: str) -> Response:
    return tus.continued(_mine(upload_id))


@blueprint.delete("/new/file/uploads/<upload_id>/")
@tus.spoken
def end_archive(upload_id: str) -> Response:
    return tus.ended(_mine(upload_id))


@blueprint.post("/new/file/uploads/<upload_id>/forget/")
@accounts.requires(access.WEBINAR_EDIT)
def forget_archive(upload_id: str) -> Response:
    """What is unfinished, was refused or has become a webinar leaves the page."""
    if NothingForm().validate_on_submit():
        with contextlib.suppress(UploadUnknown):
            media.uploads.give_up(_mine(upload_id).asset_id)
    return pages.go(url_for(".import_webinar"))


def _mine(upload_id: str) -> Asset:
    owner_id = accounts.viewer().user_id
    return media.uploads.find(upload_id, owner_id=owner_id, webinar_id=NOBODYS)
