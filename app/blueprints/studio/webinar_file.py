"""A whole webinar taken along as one file, and made anew of such a file."""

from dataclasses import asdict
from typing import Any

from flask import Response, current_app, flash, stream_with_context
from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired

from app import chat, core, media
from app.autowebinar import drafts, schedule, webinar_file
from app.autowebinar.content import line_members
from app.autowebinar.webinar_file import FileInvalid
from app.blueprints.studio import blueprint, brought, media_words, timeline
from app.blueprints.studio.forms import NothingForm
from app.core import WebinarRecord, access
from app.media import Asset, MediaRefused
from app.media.folder import MEGABYTE
from app.web import accounts, bodies, pages, webinar_making
from app.web.desk import desk_nav

REFUSALS: dict[str, LazyString] = {
    "not_a_zip": lazy_gettext("Это не zip-файл, или он повреждён."),
    "entries": lazy_gettext("В файле лежит то, чего в файле вебинара не бывает: %(where)s"),
    "too_many": lazy_gettext("В файле слишком много частей: это не файл вебинара."),
    "too_large": lazy_gettext("Слишком большая часть файла: %(where)s"),
    "no_document": lazy_gettext("В файле нет webinar.json."),
    "not_json": lazy_gettext("webinar.json не прочитать."),
    "other_format": lazy_gettext("Это не файл вебинара."),
    "newer": lazy_gettext("Файл сделан более новой программой, версия формата %(where)s."),
    "member": lazy_gettext("В webinar.json не подходит: %(where)s"),
    "media_missing": lazy_gettext("В файле не хватает медиа %(where)s"),
    "media_unused": lazy_gettext("В файле есть лишнее медиа %(where)s"),
    "media_differs": lazy_gettext("Медиа не подходит: %(where)s"),
    "not_permitted": lazy_gettext("Создавать вебинары вам больше нельзя."),
}
WRONG = "file_"
"""How the workers' reason begins where the file itself will not do."""


def in_words(why: str, where: str) -> str:
    """What is wrong with a file; of its media in the words that an upload would get."""
    if why == "media_differs":
        sha256, kind, reason, detail = [*where.split(" ", 3), "", "", ""][:4]
        where = f"{sha256}… {media_words.reason_in_words(reason, detail, kind)}"
    return str(REFUSALS[why]) % {"where": where}


def why(upload: Asset) -> str:
    """Why nothing was made of a file that came in pieces."""
    if upload.reason.startswith(WRONG):
        return in_words(upload.reason.removeprefix(WRONG), upload.detail)
    return media_words.reason_in_words(upload.reason, upload.detail, "archive")


class FileForm(FlaskForm):
    file = FileField(lazy_gettext("Файл вебинара"), [FileRequired(lazy_gettext("Выберите файл."))])


@blueprint.get("/<slug>/timeline/export/webinar.zip")
@accounts.requires(access.WEBINAR_EDIT)
def export_webinar(slug: str) -> Response:
    webinar = timeline.auto_of(slug)
    return sent(slug, _document(webinar))


def sent(slug: str, document: dict[str, Any]) -> Response:
    """The file, with the media that its document names."""
    paths = {sha256: media.folder.path_of(sha256) for sha256 in document["media"]}
    pieces = webinar_file.pack(webinar_file.canonical(document), paths)
    response = Response(stream_with_context(pieces), mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}.zip"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _document(webinar: WebinarRecord) -> dict[str, Any]:
    """The draft as the file holds it."""
    held: dict[str, dict[str, str]] = {}

    def named(text: str) -> str:
        asset = media.assets.by_address(webinar.webinar_id, text)
        if asset is None or asset.sha256 is None:
            return text
        held[asset.sha256] = {"kind": asset.kind, "name": asset.name}
        return f"media/{asset.sha256}"

    rules, talk = schedule.load(webinar.webinar_id), chat.rules.of(webinar.webinar_id)
    return {
        **({"chat": asdict(talk)} if talk != chat.rules.Rules() else {}),
        "format": webinar_file.FORMAT,
        "version": webinar_file.VERSION,
        "kind": webinar.type,
        "webinar": {
            "title": webinar.title,
            "description": webinar.description,
            "poster": named(webinar.poster),
            "guest_cta_text": webinar.guest_cta_text,
            "guest_cta_link": webinar.guest_cta_link,
        },
        "content": webinar_file.replaced(drafts.get(webinar.webinar_id).content, named),
        "lines": [line_members(line) for line in drafts.every_line(webinar.webinar_id)],
        "schedule": rules.model_dump(mode="json"),
        "media": held,
    }


@blueprint.route("/new/file/", methods=["GET", "POST"])
@bodies.up_to(brought.largest_form)
@accounts.requires(access.WEBINAR_EDIT)
def import_webinar() -> Response:
    form = FileForm()
    if not form.is_submitted():
        return _page(form)
    if not form.validate():
        return _page(form, status=422)
    try:
        with form.file.data.stream as stream:
            made = webinar_making.make(webinar_making.examine(stream), accounts.viewer())
    except FileInvalid as refusal:
        form.file.errors = [in_words(refusal.why, refusal.where)]
        return _page(form, status=422)
    except MediaRefused as refusal:
        form.file.errors = [media_words.in_words(refusal, "archive")]
        return _page(form, status=media_words.status_of(refusal))
    flash(gettext("Вебинар создан из файла. Это черновик: проверьте и опубликуйте."), "success")
    return pages.go(f"/studio/{made.slug}/")


def _page(form: FileForm, *, status: int = 200) -> Response:
    """A page that waits for a file asks for its part alone."""
    uploads = media.assets.archives(accounts.viewer().user_id)
    return pages.page(
        "studio/new_of_file.html",
        "studio/_archive_state.html",
        status=status,
        form=form,
        button_form=NothingForm(formdata=None),
        limits=current_app.config["SETTINGS"],
        most=media.kinds.largest("archive") // MEGABYTE,
        uploads=uploads,
        made=core.webinars.by_ids({each.detail for each in uploads if each.is_ready}),
        working=any(each.state == "received" for each in uploads),
        why=why,
        desk_nav=desk_nav("studio"),
    )
