"""Documents that an author hands out: brought, chosen for a cue, taken from the list again."""

from flask import Response, flash
from flask_babel import gettext
from werkzeug.datastructures import FileStorage

from app import autowebinar, media
from app.autowebinar import drafts
from app.blueprints.studio import blueprint, brought, media_words, panels
from app.blueprints.studio.forms import NothingForm
from app.blueprints.studio.timeline_forms import CueForm
from app.core import WebinarRecord, access
from app.media import Asset, MediaRefused
from app.web import accounts, pages

ACCEPTED = ".pdf,.docx,.xlsx,.pptx,.odt,.ods,.odp"


def of(webinar: WebinarRecord) -> list[Asset]:
    return media.assets.of_webinar(webinar.webinar_id, kind="document")


def settle(webinar: WebinarRecord, form: CueForm) -> bool:
    """Let the form's link be what was brought or chosen; False where that will not do, and the
    form says why. A file that was brought stays chosen, whatever else is wrong."""
    given = form.file.data
    if isinstance(given, FileStorage) and given.filename:
        try:
            form.document.data = brought.take(webinar, "document", given).address
        except MediaRefused as refusal:
            form.file.errors = [media_words.in_words(refusal, "document")]
            return False
    chosen, typed = form.document.data or "", (form.link.data or "").strip()
    if chosen and typed:
        form.link.errors = [gettext("Выберите одно: файл или адрес.")]
        return False
    if chosen and chosen not in {each.address for each in of(webinar)}:
        form.document.errors = [gettext("Этого файла больше нет.")]
        return False
    form.link.data = chosen or typed
    return True


def show_chosen(form: CueForm, found: list[Asset]) -> None:
    """A link to a file of ours is shown as the file."""
    if form.link.data in {each.address for each in found} and not form.link.errors:
        form.document.data, form.link.data = form.link.data, ""


@blueprint.post("/<slug>/video/documents/<asset_id>/remove/")
@accounts.requires(access.WEBINAR_EDIT)
def remove_document(slug: str, asset_id: str) -> Response:
    """One that was never shown and stands nowhere leaves the list."""
    webinar = panels.webinar_of(slug, "auto")
    asset = next((each for each in of(webinar) if each.asset_id == asset_id), None)
    if asset is None or not NothingForm().validate_on_submit():
        return _back(slug)
    if _stands_in(webinar, asset):
        flash(gettext("Материал стоит в сценарии: сначала уберите его оттуда."), "error")
    elif autowebinar.versions.shows(webinar.webinar_id, asset.address):
        flash(gettext("Материал уже раздавали: он остаётся, чтобы ссылки работали."), "error")
    else:
        media.assets.let_go(asset.asset_id)
        flash(gettext("Материал убран."), "success")
    return _back(slug)


def _stands_in(webinar: WebinarRecord, asset: Asset) -> bool:
    cues = drafts.get(webinar.webinar_id).content.get("cues", ())
    return any(cue.get("link") == asset.address for cue in cues)


def _back(slug: str) -> Response:
    return pages.go(f"/studio/{slug}/video/#documents")
