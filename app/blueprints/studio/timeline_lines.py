"""A recorded line added, changed, removed."""

import hashlib

from flask import Response, abort, flash, request
from flask_babel import gettext
from flask_wtf import FlaskForm

from app.autowebinar import DraftConflict, drafts
from app.autowebinar.drafts import DraftLine
from app.blueprints.studio import blueprint, timeline
from app.blueprints.studio.timeline_forms import LineForm
from app.core import WebinarRecord, access
from app.web import accounts, pages, timecodes
from app.web.numbers import ID


@blueprint.route("/<slug>/timeline/lines/new/", methods=["GET", "POST"])
@accounts.requires(access.WEBINAR_EDIT)
def timeline_new_line(slug: str) -> Response:
    webinar = timeline.auto_of(slug)
    form = LineForm()
    if not form.is_submitted():
        form.at.data = timecodes.parse(request.args.get("at", ""))
        return _page(webinar, form)
    if not form.validate():
        return _page(webinar, form, status=422)
    line = form.line()
    drafts.add_lines(webinar.webinar_id, [(line, None)], actor=accounts.viewer())
    flash(gettext("Реплика добавлена в черновик."), "success")
    return pages.go(timeline.back(webinar, since=line.at) + "#lines")


@blueprint.route(f"/<slug>/timeline/lines/<{ID}:line_id>/", methods=["GET", "POST"])
@accounts.requires(access.WEBINAR_EDIT)
def timeline_line(slug: str, line_id: int) -> Response:
    webinar = timeline.auto_of(slug)
    line = drafts.line(webinar.webinar_id, line_id)
    if line is None:
        abort(404)
    form = LineForm()
    if not form.is_submitted():
        data = {"at": line.at, "author": line.author, "text": line.text, "role": line.role}
        form = LineForm(formdata=None, data={**data, "seen": seal(line)})
        return _page(webinar, form, line)
    if not form.validate():
        return _page(webinar, form, line, status=422)
    return _saved(webinar, form, line)


def _saved(webinar: WebinarRecord, form: LineForm, line: DraftLine) -> Response:
    try:
        if form.seen.data != seal(line):
            raise DraftConflict(webinar.webinar_id)
        content, actor = form.line(), accounts.viewer()
        drafts.change_line(webinar.webinar_id, line.line_id, content, actor=actor, seen=line)
    except DraftConflict:
        now = drafts.line(webinar.webinar_id, line.line_id)
        form.seen.data = seal(now) if now else ""
        words = timeline.conflict_words(webinar)
        return _page(webinar, form, line, status=409, refusal=words)
    flash(gettext("Сохранено в черновик."), "success")
    return pages.go(timeline.back(webinar, since=content.at) + "#lines")


@blueprint.post(f"/<slug>/timeline/lines/<{ID}:line_id>/delete/")
@accounts.requires(access.WEBINAR_EDIT)
def timeline_delete_line(slug: str, line_id: int) -> Response:
    webinar = timeline.auto_of(slug)
    line = drafts.line(webinar.webinar_id, line_id)
    try:
        if line is not None:
            if request.form.get("seen") != seal(line):
                raise DraftConflict(webinar.webinar_id)
            drafts.remove_line(webinar.webinar_id, line_id, actor=accounts.viewer(), seen=line)
        flash(gettext("Реплика удалена из черновика."), "success")
    except DraftConflict:
        flash(timeline.conflict_words(webinar), "danger")
    return pages.go(timeline.back(webinar) + "#lines")


@blueprint.route("/<slug>/timeline/lines/delete/", methods=["GET", "POST"])
@accounts.requires(access.WEBINAR_EDIT)
def timeline_delete_lines(slug: str) -> Response:
    """All of them: asked once more, for what was typed by hand does not come back."""
    webinar = timeline.auto_of(slug)
    form = FlaskForm()
    if not form.validate_on_submit():
        draft = drafts.get(webinar.webinar_id)
        return timeline.show("timeline_delete_lines.html", webinar, draft, form=form)
    drafts.remove_lines(webinar.webinar_id, actor=accounts.viewer())
    flash(gettext("Все реплики удалены из черновика."), "success")
    return pages.go(timeline.back(webinar) + "#lines")


def seal(line: DraftLine) -> str:
    """Tells one state of a line from another."""
    said = f"{line.at}\0{line.author}\0{line.role}\0{line.text}"
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _page(
    webinar: WebinarRecord,
    form: LineForm,
    line: DraftLine | None = None,
    *,
    status: int = 200,
    refusal: str = "",
) -> Response:
    draft = drafts.get(webinar.webinar_id)
    return timeline.show(
        "timeline_line.html", webinar, draft, status=status, form=form, line=line, refusal=refusal
    )
