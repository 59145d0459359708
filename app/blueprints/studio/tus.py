"""Uploads that go on after a broken connection: tus 1.0, core with creation and termination.

https://tus.io/protocols/resumable-upload. A piece has `PIECE` bytes at most, so that each is a
request of an ordinary length to every proxy on the way. An upload is its beginner's alone, of one
webinar, and asks for capability and token each time.
"""

import base64
import binascii
import contextlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, make_response, request, url_for
from flask_babel import gettext
from flask_login import current_user

from app import media
from app.blueprints.studio import blueprint, media_words, panels
from app.core import access
from app.extensions import limiter
from app.media import Asset, MediaRefused, OffsetWrong, UploadUnknown, kinds
from app.web import accounts, bodies, pages

VERSION = "1.0.0"
PIECE = 16_000_000
PIECE_TYPE = "application/offset+octet-stream"
PER_PERSON = "600 per minute"
REFUSED = {"media_too_large": 413, "media_disk_full": 507, "media_empty": 400}


def spoken(view: Callable[..., Response]) -> Callable[..., Response]:
    """Only to who speaks this version, is signed in and may edit; refusals in words."""

    @wraps(view)
    def answered(**address: Any) -> Response:
        try:
            response = _guarded(view, address)
        except MediaRefused as refusal:
            words = media_words.in_words(refusal, kind_of_upload())
            response = _said(words, REFUSED.get(refusal.name, 415))
        except OffsetWrong as wrong:
            response = _said("", 409, {"Upload-Offset": str(wrong.received)})
        except UploadUnknown:
            response = _said(gettext("Такой загрузки нет."), 404)
        response.headers["Tus-Resumable"] = VERSION
        response.headers["Cache-Control"] = "no-store"
        return response

    return answered


def kind_of_upload() -> str:
    """What comes to this address: a webinar's video, or a whole webinar."""
    return "video" if "slug" in (request.view_args or {}) else "archive"


def _guarded(view: Callable[..., Response], address: dict[str, Any]) -> Response:
    if not current_user.is_authenticated:
        return _said(gettext("Войдите, чтобы продолжить загрузку."), 401)
    if not current_user.can(access.WEBINAR_EDIT):
        return _said(gettext("Это действие вам недоступно."), 403)
    if request.headers.get("Tus-Resumable") != VERSION:
        return _said("", 412, {"Tus-Version": VERSION})
    return view(**address)


def _said(words: str, status: int, headers: dict[str, str] | None = None) -> Response:
    response = make_response(words, status, headers or {})
    response.mimetype = "text/plain"
    return response


@blueprint.route("/<slug>/uploads/", methods=["OPTIONS"], provide_automatic_options=False)
def upload_options(slug: str) -> Response:
    return options("video")


def options(kind: str) -> Response:
    return _said(
        "",
        204,
        {
            "Tus-Resumable": VERSION,
            "Tus-Version": VERSION,
            "Tus-Extension": "creation,termination",
            "Tus-Max-Size": str(kinds.largest(kind)),
        },
    )


@blueprint.post("/<slug>/uploads/")
@limiter.limit(PER_PERSON)  # type: ignore[untyped-decorator]
@spoken
def begin_upload(slug: str) -> Response:
    webinar = panels.webinar_of(slug)
    if webinar.type == "live" and webinar.status != "finished":
        return _said(media_words.not_now(), 422)
    return begun(
        "video",
        webinar.webinar_id,
        lambda made: url_for(".upload_state", slug=slug, upload_id=made),
    )


def begun(kind: str, webinar_id: str, place: Callable[[str], str]) -> Response:
    length = request.headers.get("Upload-Length", "")
    if not (length.isascii() and length.isdigit() and len(length) < 19):
        return _said(gettext("Не сказано, сколько байт в файле."), 400)
    upload = media.uploads.begin(
        kind,
        _metadata().get("filename", ""),
        int(length),
        owner_id=accounts.viewer().user_id,
        webinar_id=webinar_id,
    )
    return _said("", 201, {"Location": place(upload.asset_id), "Upload-Offset": "0"})


def _metadata() -> dict[str, str]:
    """`key base64value` pairs; what cannot be read is left out."""
    found = {}
    for pair in request.headers.get("Upload-Metadata", "")[:4000].split(","):
        key, _, value = pair.strip().partition(" ")
        try:
            found[key] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
    return found


@blueprint.route("/<slug>/uploads/<upload_id>/", methods=["HEAD"])
@limiter.limit(PER_PERSON)  # type: ignore[untyped-decorator]
@spoken
def upload_state(slug: str, upload_id: str) -> Response:
    return state_of(_upload(slug, upload_id))


def state_of(upload: Asset) -> Response:
    if upload.state == "refused":
        return _said("", 410)
    headers = {"Upload-Offset": str(upload.received), "Upload-Length": str(upload.length)}
    return _said("", 200, headers)


def _upload(slug: str, upload_id: str) -> Asset:
    webinar = panels.webinar_of(slug)
    owner_id = accounts.viewer().user_id
    return media.uploads.find(upload_id, owner_id=owner_id, webinar_id=webinar.webinar_id)


@blueprint.patch("/<slug>/uploads/<upload_id>/")
@limiter.limit(PER_PERSON)  # type: ignore[untyped-decorator]
@bodies.up_to(lambda: PIECE)
@spoken
def go_on(slug: str, upload_id: str) -> Response:
    """The next piece. What arrived of one that broke off is kept."""
    return continued(_upload(slug, upload_id))


def continued(upload: Asset) -> Response:
    if request.mimetype != PIECE_TYPE:
        return _said("", 415)
    offset = request.headers.get("Upload-Offset", "")
    if not (offset.isascii() and offset.isdigit() and len(offset) < 19):
        return _said("", 400)
    upload = media.uploads.append(upload, int(offset), request.stream)
    return _said("", 204, {"Upload-Offset": str(upload.received)})


@blueprint.delete("/<slug>/uploads/<upload_id>/")
@spoken
def end_upload(slug: str, upload_id: str) -> Response:
    return ended(_upload(slug, upload_id))


def ended(upload: Asset) -> Response:
    media.uploads.give_up(upload.asset_id)
    return _said("", 204)


@blueprint.post("/<slug>/uploads/<upload_id>/forget/")
@accounts.requires(access.WEBINAR_EDIT)
def forget_upload(slug: str, upload_id: str) -> Response:
    """The same by a form: what is unfinished or was refused leaves the page."""
    with contextlib.suppress(UploadUnknown):
        media.uploads.give_up(_upload(slug, upload_id).asset_id)
    panel = ".video" if panels.webinar_of(slug).type == "auto" else ".broadcast"
    return pages.go(url_for(panel, slug=slug))
