"""«Эфир»: the hour of a broadcast, its length and call to action; moved, cancelled, put away.

Settings of a technical kind stand behind the gear (`broadcast_stream.py`).
"""

from typing import Any

from flask import Response, flash, make_response, render_template, url_for
from flask_babel import gettext

from app import core, live
from app.blueprints.studio import (
    blueprint,
    broadcast_stream,
    live_form,
    live_steps,
    live_words,
    panels,
    recording_part,
    stream_words,
)
from app.blueprints.studio.forms import ArchiveForm, NothingForm
from app.blueprints.studio.live_form import BroadcastForm, HourForm
from app.core import WebinarRecord, access
from app.core.errors import CoreRefusal, WebinarRefused
from app.web import accounts, localisation, pages
from app.web.limits import SUBMIT, limiter

TO_ARCHIVE = ("finished", "cancelled")


@blueprint.get("/<slug>/broadcast/")
@accounts.requires(access.WEBINAR_EDIT)
def broadcast(slug: str) -> Response:
    """A page that waits for a recording asks for its part; what has come changes more than that."""
    webinar = live_of(slug)
    return _news_of_recording(webinar) if pages.wants_fragment() else show(webinar)


def _news_of_recording(webinar: WebinarRecord) -> Response:
    kept = live.broadcasts.of(webinar.webinar_id)
    found = recording_part.state(webinar, kept)
    body = render_template(
        "studio/_recording_state.html",
        webinar=webinar,
        broadcast=kept,
        button_form=NothingForm(formdata=None),
        **found,
    )
    response = make_response(body)
    response.vary.add("HX-Request")
    if not found["working"]:
        response.headers["HX-Refresh"] = "true"
    return response


def live_of(slug: str) -> WebinarRecord:
    return panels.webinar_of(slug, "live")


@blueprint.post("/<slug>/broadcast/")
@accounts.requires(access.WEBINAR_EDIT)
@limiter.limit(SUBMIT)  # type: ignore[untyped-decorator]
def save_broadcast(slug: str) -> Response:
    webinar = live_of(slug)
    if webinar.status in live_words.DONE:
        return show(webinar, refusal=live_words.done(webinar.status), status=409)
    form = BroadcastForm(speakers=live_form.speakers(webinar))
    if not form.validate_on_submit():
        return show(webinar, form=form, status=422)
    try:
        _save(webinar, form)
    except CoreRefusal as refusal:
        return _refused(webinar, refusal)
    flash(gettext("Настройки эфира сохранены."), "success")
    return pages.go(url_for(".broadcast", slug=slug))


def _save(webinar: WebinarRecord, form: BroadcastForm) -> None:
    speaker = {"speaker_id": form.speaker.data or None} if may_choose_speaker() else {}
    with core.transaction():
        core.webinars.edit(webinar.webinar_id, **speaker)
        live.broadcasts.set_up(
            webinar.webinar_id,
            planned_minutes=form.planned_minutes.data,
            cta_text=form.cta_text.data or "",
            cta_link=form.cta_link.data or "",
        )


def may_choose_speaker() -> bool:
    """A speaker who gave the webinar away could not take it back."""
    return accounts.viewer().can(access.WEBINAR_ALL)


@blueprint.post("/<slug>/broadcast/hour/")
@accounts.requires(access.WEBINAR_EDIT)
@limiter.limit(SUBMIT)  # type: ignore[untyped-decorator]
def set_hour(slug: str) -> Response:
    """Announce it, or move what is announced."""
    webinar, form = live_of(slug), HourForm()
    if not form.validate_on_submit():
        return show(webinar, hour=form, status=422)
    again = webinar.status != "draft"
    try:
        live_steps.schedule(webinar.webinar_id, form.moment, accounts.viewer(), again=again)
    except CoreRefusal as refusal:
        return _refused(webinar, refusal)
    words = (
        gettext("Эфир перенесён. Тем, кто записан, сообщим.")
        if again
        else gettext("Эфир назначен.")
    )
    flash(words, "success")
    return pages.go(url_for(".broadcast", slug=slug))


@blueprint.route("/<slug>/broadcast/cancel/", methods=["GET", "POST"])
@accounts.requires(access.WEBINAR_EDIT)
def cancel_broadcast(slug: str) -> Response:
    """Says what will happen first; the second step does it."""
    webinar, form = live_of(slug), NothingForm()
    if not form.validate_on_submit():
        return panels.show(
            "broadcast",
            "broadcast_cancel.html",
            webinar,
            button_form=form,
            places=core.registrations.count(webinar.webinar_id),
        )
    try:
        live_steps.cancel(webinar.webinar_id, accounts.viewer())
    except CoreRefusal as refusal:
        return _refused(webinar, refusal)
    flash(gettext("Эфир отменён. Тем, кто записан, сообщим."), "success")
    return pages.go(url_for(".broadcast", slug=slug))


@blueprint.route("/<slug>/broadcast/archive/", methods=["GET", "POST"])
@accounts.requires(access.WEBINAR_EDIT)
def archive_broadcast(slug: str) -> Response:
    """For good, and so on a page of its own."""
    webinar, form = live_of(slug), ArchiveForm()
    wrong = WebinarRefused(name="webinar_state_invalid_archive")
    may = webinar.status in TO_ARCHIVE
    if form.is_submitted() and not may:
        return _refused(webinar, wrong)
    if not form.validate_on_submit():
        return panels.show(
            "broadcast",
            "broadcast_archive.html",
            webinar,
            status=422 if form.is_submitted() else 200,
            form=form,
            places=core.registrations.count(webinar.webinar_id),
            refusal="" if may else live_words.refused(wrong, webinar.status),
        )
    try:
        live_steps.archive(webinar.webinar_id, accounts.viewer())
    except CoreRefusal as refusal:
        return _refused(webinar, refusal)
    flash(gettext("Вебинар в архиве."), "success")
    return pages.go(url_for(".broadcast", slug=slug))


def _refused(webinar: WebinarRecord, refusal: CoreRefusal) -> Response:
    fresh = core.webinars.get(webinar.webinar_id) or webinar
    return show(fresh, refusal=live_words.refused(refusal, fresh.status), status=409)


def show(
    webinar: WebinarRecord,
    *,
    status: int = 200,
    form: BroadcastForm | None = None,
    hour: HourForm | None = None,
    recording: dict[str, Any] | None = None,
    fragment: str = "_recording_state.html",
    **said: str,
) -> Response:
    """`recording`: what was given of one."""
    kept = live.broadcasts.of(webinar.webinar_id)
    return panels.show(
        "broadcast",
        "broadcast.html",
        webinar,
        fragment,
        status=status,
        form=form or _form(webinar, kept),
        hour=hour or _hour(webinar),
        button_form=NothingForm(formdata=None),
        locked=webinar.status in live_words.DONE,
        place=stream_words.place(webinar),
        may_choose_speaker=may_choose_speaker(),
        speaker_name=_speaker_name(webinar),
        may_see_stream=broadcast_stream.may_see_stream(webinar),
        may_set_stream=broadcast_stream.may_set_stream(),
        broadcast=kept,
        **recording_part.context(webinar, kept, **(recording or {})),
        **said,
    )


def _form(webinar: WebinarRecord, kept: live.Broadcast) -> BroadcastForm:
    given: dict[str, Any] = live_form.filled_in(webinar, kept)
    return BroadcastForm(formdata=None, speakers=live_form.speakers(webinar), data=given)


def _hour(webinar: WebinarRecord) -> HourForm:
    zone = localisation.chosen_zone()
    at = live_form.written(webinar.scheduled_at, zone) if webinar.scheduled_at else ""
    return HourForm(formdata=None, data={"at": at, "zone": zone})


def _speaker_name(webinar: WebinarRecord) -> str:
    names = core.users.names({webinar.speaker_id}) if webinar.speaker_id else {}
    return names.get(webinar.speaker_id or 0, gettext("не назначен"))
