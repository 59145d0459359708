"""A whole webinar taken along as one file, and made anew of such a file."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from flask import Response, current_app, flash, stream_with_context
from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired

from app import chat, core, media
from app.autowebinar import (
    ScheduleInvalid,
    VersionInvalid,
    drafts,
    schedule,
    schedule_rules,
    webinar_file,
)
from app.autowebinar.content import line_members
from app.autowebinar.line_keys import keys_of
from app.autowebinar.webinar_file import Document, FileInvalid, Unpacked
from app.blueprints.studio import blueprint, brought, creation, media_words, timeline
from app.core import UserRecord, WebinarRecord, access
from app.core.errors import WebinarRefused
from app.media import MediaRefused, adopting
from app.media.adopting import Weighed
from app.web import accounts, bodies, pages
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
}


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
        with form.file.data.stream as stream, _workshop() as folder:
            unpacked = webinar_file.unpack(stream, folder, media.kinds.largest)
            made = _made(unpacked, accounts.viewer())
    except FileInvalid as refusal:
        form.file.errors = [str(REFUSALS[refusal.why]) % {"where": refusal.where}]
        return _page(form, status=422)
    flash(gettext("Вебинар создан из файла. Это черновик: проверьте и опубликуйте."), "success")
    return pages.go(f"/studio/{made.slug}/")


@contextmanager
def _workshop() -> Iterator[Path]:
    """A folder beside the media, gone when the work is done."""
    root = media.folder.root()
    root.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="unpacking-", dir=root))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _made(unpacked: Unpacked, actor: UserRecord) -> WebinarRecord:
    """Everything is examined first; then the webinar is made in one transaction, or not at all."""
    weighed = {sha256: _weighed(unpacked, sha256, path) for sha256, path in unpacked.media.items()}
    for sha256, each in weighed.items():
        try:
            adopting.keep(unpacked.media[sha256], each)
        except MediaRefused as refusal:
            raise FileInvalid("media_differs", refusal.name) from None
    try:
        return _written(unpacked.document, weighed, actor)
    except VersionInvalid as wrong:
        raise FileInvalid("member", f"content.{wrong}") from None
    except ScheduleInvalid as wrong:
        raise FileInvalid("member", f"schedule.{wrong.where}") from None
    except WebinarRefused as wrong:
        raise FileInvalid("member", f"webinar: {wrong.name}") from None


def _weighed(unpacked: Unpacked, sha256: str, path: Path) -> Weighed:
    kind = unpacked.document.media[sha256].kind
    try:
        return adopting.weigh(path, kind, sha256)
    except MediaRefused as refusal:
        words = media_words.in_words(refusal, kind)
        raise FileInvalid("media_differs", f"{sha256[:12]}… {words}") from None


def _written(document: Document, weighed: dict[str, Weighed], actor: UserRecord) -> WebinarRecord:
    def placed(text: str) -> str:
        found = weighed.get(text.removeprefix("media/")) if text.startswith("media/") else None
        return found.address if found else text

    def adopt(webinar_id: str, owner_id: int) -> None:
        for sha256, each in weighed.items():
            name = document.media[sha256].name
            adopting.adopt(each, name=name, owner_id=owner_id, webinar_id=webinar_id)

    return made_of(document, actor, placed=placed, lend=adopt)


def made_of(
    document: Document,
    actor: UserRecord,
    *,
    placed: Callable[[str], str],
    lend: Callable[[str, int], None],
) -> WebinarRecord:
    """An AutoWebinar's draft. `placed`: a text with the address that its media have here; `lend`
    makes them the new webinar's, and the owner's."""
    members = document.webinar.model_dump() | {"poster": placed(document.webinar.poster)}
    with core.transaction():
        made = core.webinars.create(
            type="auto",
            slug=creation.free_slug(document.webinar.title),
            owner_id=actor.user_id,
            speaker_id=creation.first_speaker(actor),
            **members,
        )
        lend(made.webinar_id, actor.user_id)
        content = webinar_file.replaced(document.content, placed)
        drafts.change(made.webinar_id, content, actor=actor)
        keyed = zip(document.lines, keys_of(document.lines), strict=True)
        drafts.add_lines(made.webinar_id, keyed, actor=actor)
        if document.schedule is not None:
            rules = schedule_rules.checked(document.schedule)
            schedule.save(made.webinar_id, rules, actor_id=actor.user_id)
        if document.chat is not None:
            talk = chat.rules.Rules(**document.chat.model_dump())
            chat.rules.change(made.webinar_id, talk, actor=actor)
        return made


def _page(form: FileForm, *, status: int = 200) -> Response:
    most = current_app.config["SETTINGS"].media_max_form_mb
    return pages.page(
        "studio/new_of_file.html",
        status=status,
        form=form,
        most=most,
        desk_nav=desk_nav("studio"),
    )
