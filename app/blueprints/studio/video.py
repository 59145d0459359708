"""The panel of the video: uploaded or elsewhere, with its poster and captions."""

from typing import Any

from flask import Response, current_app, flash, request
from flask_babel import gettext, lazy_gettext
from werkzeug.datastructures import FileStorage

from app import media
from app.autowebinar import drafts
from app.blueprints.studio import blueprint, brought, documents, media_words, panels
from app.blueprints.studio.forms import AddressForm, FileForm, NothingForm
from app.core import WebinarRecord, access
from app.media import Asset, MediaRefused
from app.video_source import VideoRefused, source_of
from app.web import accounts, bodies, pages
from app.web import video as room_video
from app.web.limits import SUBMIT, limiter

FILES = {
    "video": lazy_gettext("Видео получено. Проверяем его."),
    "image": lazy_gettext("Постер сохранён."),
    "captions": lazy_gettext("Субтитры сохранены."),
    "document": lazy_gettext("Материал загружен. Теперь его можно поставить в сценарий."),
}
MEMBERS = {"video": "video", "image": "poster", "captions": "captions"}


@blueprint.get("/<slug>/video/")
@accounts.requires(access.WEBINAR_EDIT)
def video(slug: str) -> Response:
    """A page that waits for a file asks for its part; once nothing is looked into any more, more
    than that part has changed."""
    webinar = panels.webinar_of(slug, "auto")
    response = show(webinar)
    if pages.wants_fragment() and not _is_working(media.assets.of_webinar(webinar.webinar_id)):
        response.headers["HX-Refresh"] = "true"
    return response


def _is_working(files: list[Asset]) -> bool:
    return any(each.state == "received" for each in files)


@blueprint.post("/<slug>/video/")
@accounts.requires(access.WEBINAR_EDIT)
@limiter.limit(SUBMIT)  # type: ignore[untyped-decorator]
def save_video(slug: str) -> Response:
    """An address elsewhere takes the place of whatever was there."""
    webinar, form = panels.webinar_of(slug, "auto"), AddressForm()
    if not form.validate_on_submit():
        return show(webinar, address_form=form, status=422)
    try:
        source = source_of(form.address.data)
        _set(webinar, {"video": source.address, "duration_sec": form.seconds})
    except VideoRefused as refusal:
        form.address.errors = [room_video.refusal_in_words(refusal)]
        return show(webinar, address_form=form, status=422)
    flash(gettext("Адрес видео сохранён."), "success")
    return pages.go(f"/studio/{slug}/video/")


@blueprint.get("/<slug>/video/source/")
@accounts.requires(access.WEBINAR_EDIT)
def video_source(slug: str) -> Response:
    """What an address is, and what may be done with it, while it is being typed."""
    panels.webinar_of(slug, "auto")
    typed = request.args.get("address", "").strip()
    return pages.page("studio/_video_source.html", **_told_of(typed))


def _told_of(address: str) -> dict[str, Any]:
    """`named` and its `limits`, or why it is `refused`; nothing of nothing."""
    if not address:
        return {}
    try:
        source = source_of(address)
    except VideoRefused as refusal:
        return {"refused": room_video.refusal_in_words(refusal)}
    named = room_video.names_of_kinds()[source.kind]
    return {"named": named, "limits": room_video.limits_in_words(source)}


@blueprint.post("/<slug>/video/<any(video, image, captions, document):kind_of_file>/")
@bodies.up_to(brought.largest_form)
@accounts.requires(access.WEBINAR_EDIT)
@limiter.limit(SUBMIT)  # type: ignore[untyped-decorator]
def save_file(slug: str, kind_of_file: str) -> Response:
    """A file by a plain form: what a page without JavaScript sends, and all small files."""
    webinar, kind, form = panels.webinar_of(slug, "auto"), kind_of_file, FileForm()
    if not form.validate_on_submit():
        return show(webinar, file_errors={kind: form.file.errors}, status=422)
    try:
        _take(webinar, kind, form.file.data)
    except MediaRefused as refusal:
        words = [media_words.in_words(refusal, kind)]
        return show(webinar, file_errors={kind: words}, status=media_words.status_of(refusal))
    flash(str(FILES[kind]), "success")
    return pages.go(f"/studio/{slug}/video/{'#documents' if kind == 'document' else ''}")


def _take(webinar: WebinarRecord, kind: str, given: FileStorage) -> None:
    """What has a place of its own in the draft takes it."""
    if kind == "video":
        brought.take_video(webinar, given)
        return
    asset = brought.take(webinar, kind, given)
    if kind in MEMBERS:
        _set(webinar, {MEMBERS[kind]: asset.address})


@blueprint.post("/<slug>/video/<any(video, image, captions):kind_of_file>/remove/")
@accounts.requires(access.WEBINAR_EDIT)
def remove_file(slug: str, kind_of_file: str) -> Response:
    """Take it out of the draft. Versions keep what they have."""
    webinar = panels.webinar_of(slug, "auto")
    if NothingForm().validate_on_submit():
        _set(webinar, {MEMBERS[kind_of_file]: None})
        flash(gettext("Убрано из черновика. На опубликованном это не сказалось."), "success")
    return pages.go(f"/studio/{slug}/video/")


def _set(webinar: WebinarRecord, members: dict[str, Any]) -> None:
    drafts.change(webinar.webinar_id, members, actor=accounts.viewer())


def show(
    webinar: WebinarRecord,
    *,
    status: int = 200,
    address_form: AddressForm | None = None,
    file_errors: dict[str, Any] | None = None,
) -> Response:
    draft = drafts.get(webinar.webinar_id)
    files = media.assets.of_webinar(webinar.webinar_id, kind="video")
    return panels.show(
        "video",
        "video.html",
        webinar,
        "_video_state.html",
        status=status,
        draft=draft.content,
        asset=media.assets.by_address(webinar.webinar_id, draft.content.get("video", "")),
        busy=[each for each in files if not each.is_ready],
        working=_is_working(files),
        form=address_form or AddressForm(formdata=None),
        button_form=NothingForm(formdata=None),
        file_errors=file_errors or {},
        documents=documents.of(webinar),
        accepted=documents.ACCEPTED,
        limits=current_app.config["SETTINGS"],
        why=why,
        told=_told_of(draft.content.get("video", "")),
        sources=_sources(),
    )


def _sources() -> list[tuple[str, str]]:
    """Each kind of source and what is to be known of it."""
    limits = room_video.limits()
    return [(name, limits[kind]) for kind, name in room_video.names_of_kinds().items()]


def why(asset: Asset) -> str:
    return media_words.reason_in_words(asset.reason, asset.detail, asset.kind)
