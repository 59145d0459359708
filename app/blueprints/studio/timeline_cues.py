"""A cue added, changed, moved on the track, removed."""

from typing import Any

from flask import Response, abort, flash, jsonify, request
from flask_babel import gettext
from flask_wtf import FlaskForm

from app.autowebinar import DraftConflict, VersionInvalid, draft_cues, drafts
from app.autowebinar.cues import KINDS
from app.blueprints.studio import blueprint, brought, documents, timeline
from app.blueprints.studio.timeline_forms import CueForm, errors_of
from app.core import WebinarRecord, access
from app.media import kinds
from app.media.folder import MEGABYTE
from app.web import accounts, bodies, pages, timecodes


@blueprint.route("/<slug>/timeline/new/<cue_kind>/", methods=["GET", "POST"])
@bodies.up_to(brought.largest_form_with_document)
@accounts.requires(access.WEBINAR_EDIT)
def timeline_new_cue(slug: str, cue_kind: str) -> Response:
    webinar = timeline.auto_of(slug)
    if cue_kind not in KINDS:
        abort(404)
    form = CueForm()
    if not form.is_submitted():
        form.show_at.data = timecodes.parse(request.args.get("at", ""))
        return _page(webinar, form, cue_kind)
    if not _is_whole(webinar, form, cue_kind):
        return _page(webinar, form, cue_kind, status=422)
    return _saved(webinar, form, cue_kind, None)


@blueprint.route("/<slug>/timeline/cues/<key>/", methods=["GET", "POST"])
@bodies.up_to(brought.largest_form_with_document)
@accounts.requires(access.WEBINAR_EDIT)
def timeline_cue(slug: str, key: str) -> Response:
    webinar = timeline.auto_of(slug)
    cue = draft_cues.find(drafts.get(webinar.webinar_id), key)
    if cue is None:
        abort(404)
    form = CueForm()
    if not form.is_submitted():
        return _page(webinar, CueForm.of(cue, draft_cues.seal(cue)), cue["kind"], key)
    if not _is_whole(webinar, form, cue["kind"]):
        return _page(webinar, form, cue["kind"], key, status=422)
    return _saved(webinar, form, cue["kind"], key)


def _is_whole(webinar: WebinarRecord, form: CueForm, kind: str) -> bool:
    whole = form.validate()
    settled = kind != "handout" or documents.settle(webinar, form)
    return whole and settled


def _saved(webinar: WebinarRecord, form: CueForm, kind: str, key: str | None) -> Response:
    """Kept, and back to the list; the form again where it will not do, nothing typed lost."""
    actor, cue = accounts.viewer(), form.cue(kind)
    try:
        if key is None:
            draft_cues.add(webinar.webinar_id, cue, actor=actor)
        else:
            seen = form.seen.data or ""
            draft_cues.change(webinar.webinar_id, key, cue, seen=seen, actor=actor)
    except DraftConflict:
        return _conflict(webinar, form, kind, key or "")
    except VersionInvalid:
        words = gettext("Так сохранить нельзя: проверьте поля.")
        return _page(webinar, form, kind, key, status=422, refusal=words)
    flash(gettext("Сохранено в черновик."), "success")
    return pages.go(timeline.back(webinar))


def _conflict(webinar: WebinarRecord, form: CueForm, kind: str, key: str) -> Response:
    """Saving once more replaces what the other author made, knowingly."""
    words = timeline.conflict_words(webinar)
    now = draft_cues.find(drafts.get(webinar.webinar_id), key)
    if now is None:
        key_now: str | None = None
        words = gettext("Эту отметку тем временем удалили. Сохраните, чтобы добавить её заново.")
    else:
        key_now = key
        form.seen.data = draft_cues.seal(now)
    return _page(webinar, form, kind, key_now, status=409, refusal=words)


@blueprint.post("/<slug>/timeline/cues/<key>/delete/")
@accounts.requires(access.WEBINAR_EDIT)
def timeline_delete_cue(slug: str, key: str) -> Response:
    webinar = timeline.auto_of(slug)
    seen = request.form.get("seen", "")
    try:
        draft_cues.remove(webinar.webinar_id, key, seen=seen, actor=accounts.viewer())
    except DraftConflict:
        flash(timeline.conflict_words(webinar), "danger")
        return pages.go(timeline.back(webinar))
    flash(gettext("Отметка удалена из черновика."), "success")
    return pages.go(timeline.back(webinar))


@blueprint.post("/<slug>/timeline/cues/<key>/move/")
@accounts.requires(access.WEBINAR_EDIT)
def timeline_move_cue(slug: str, key: str) -> Response:
    """What the track sends when a cue was dragged: its seconds alone change."""
    webinar = timeline.auto_of(slug)
    cue = draft_cues.find(drafts.get(webinar.webinar_id), key)
    if cue is None:
        abort(404)
    seconds = _seconds()
    if seconds is None:
        return _told(422, gettext("Нужно время вида 12:30 или 1:02:30."))
    try:
        seen, actor = request.form.get("seen", ""), accounts.viewer()
        moved = draft_cues.change(
            webinar.webinar_id, key, {**cue, **seconds}, seen=seen, actor=actor
        )
    except DraftConflict:
        return _told(409, timeline.conflict_words(webinar))
    except VersionInvalid:
        return _told(422, gettext("Так сохранить нельзя: проверьте поля."))
    return _told(200, gettext("Сохранено в черновик."), seal=draft_cues.seal(moved))


def _seconds() -> dict[str, int | None] | None:
    show_at = timecodes.parse(request.form.get("show_at", ""))
    typed = request.form.get("hide_at", "")
    hide_at = timecodes.parse(typed) if typed else None
    if show_at is None or (typed and hide_at is None):
        return None
    return {"show_at": show_at, "hide_at": hide_at}


def _told(status: int, words: str, **more: Any) -> Response:
    response: Response = jsonify(words=words, **more)
    response.status_code = status
    return response


def _page(
    webinar: WebinarRecord,
    form: CueForm,
    kind: str,
    key: str | None = None,
    *,
    status: int = 200,
    refusal: str = "",
) -> Response:
    found = documents.of(webinar) if kind == "handout" else []
    documents.show_chosen(form, found)
    return timeline.show(
        "timeline_cue.html",
        webinar,
        drafts.get(webinar.webinar_id),
        status=status,
        form=form,
        kind=kind,
        key=key,
        refusal=refusal or _general(form),
        documents=found,
        accepted=documents.ACCEPTED,
        most=kinds.largest("document") // MEGABYTE,
    )


def _general(form: FlaskForm) -> str:
    return gettext("Проверьте поля ниже.") if list(errors_of(form)) else ""
