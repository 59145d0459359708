"""The panel of the landing page: its words and picture, with the page itself beside them."""

from dataclasses import replace
from typing import Any

from flask import Response, flash
from flask_babel import gettext

from app import core, media
from app.blueprints.studio import (
    blueprint,
    brought,
    creation,
    live_words,
    media_words,
    page_content,
    panels,
)
from app.blueprints.studio.forms import FileForm, NothingForm, PageForm
from app.core import WebinarRecord, access
from app.core.errors import WebinarRefused
from app.media import MediaRefused
from app.web import accounts, bodies, landing, pages
from app.web.limits import SUBMIT, limiter


@blueprint.get("/<slug>/page/")
@accounts.requires(access.WEBINAR_EDIT)
def landing_page(slug: str) -> Response:
    webinar = panels.webinar_of(slug)
    return _show(webinar, _filled(webinar))


def _filled(webinar: WebinarRecord) -> PageForm:
    speaker = page_content.speaker_of(webinar)
    own_words = webinar.guest_cta_text != landing.CTA_OF_CORE
    return PageForm(
        formdata=None,
        title=webinar.title,
        description=webinar.description,
        cta_text=webinar.guest_cta_text if own_words else "",
        speaker_name=speaker.name,
        speaker_role=speaker.role,
        slug=webinar.slug,
    )


@blueprint.post("/<slug>/page/")
@accounts.requires(access.WEBINAR_EDIT)
@limiter.limit(SUBMIT)  # type: ignore[untyped-decorator]
def save_page(slug: str) -> Response:
    webinar, form = panels.webinar_of(slug), PageForm()
    if not form.validate_on_submit():
        return _show(webinar, form, status=422)
    if form.slug.data != webinar.slug and webinar.status in live_words.UNDERWAY:
        form.slug.errors = [
            gettext("Идёт эфир: адрес сейчас не изменить, на нём держится комната.")
        ]
        return _show(webinar, form, status=422)
    try:
        _save(webinar, form)
    except WebinarRefused as refusal:
        if refusal.name != "webinar_slug_taken":
            raise
        form.slug.errors = [creation.taken(form.slug.data)]
        return _show(webinar, form, status=422)
    flash(gettext("Страница сохранена."), "success")
    return pages.go(f"/studio/{form.slug.data}/page/")


def _save(webinar: WebinarRecord, form: PageForm) -> None:
    """The words are Core's; who leads it is kept with what the room shows."""
    speaker = landing.Speaker(form.speaker_name.data or "", form.speaker_role.data or "")
    with core.transaction():
        core.webinars.edit(
            webinar.webinar_id,
            title=form.title.data,
            description=form.description.data,
            guest_cta_text=form.cta_text.data or landing.CTA_OF_CORE,
            slug=form.slug.data,
        )
        page_content.keep_speaker(webinar, speaker, accounts.viewer())


@blueprint.post("/<slug>/page/preview/")
@accounts.requires(access.WEBINAR_EDIT)
def preview_page(slug: str) -> Response:
    """How the page would look with what is typed; nothing is kept."""
    webinar, form = panels.webinar_of(slug), PageForm()
    return pages.page("studio/_page_preview.html", **_preview(webinar, form))


@blueprint.post("/<slug>/page/poster/")
@bodies.up_to(brought.largest_form)
@accounts.requires(access.WEBINAR_EDIT)
@limiter.limit(SUBMIT)  # type: ignore[untyped-decorator]
def save_page_poster(slug: str) -> Response:
    webinar, form = panels.webinar_of(slug), FileForm()
    if not form.validate_on_submit():
        return _show(webinar, _filled(webinar), status=422, file_error=form.file.errors)
    try:
        asset = brought.take(webinar, "image", form.file.data)
    except MediaRefused as refusal:
        words = [media_words.in_words(refusal, "image")]
        status = media_words.status_of(refusal)
        return _show(webinar, _filled(webinar), status=status, file_error=words)
    core.webinars.edit(webinar.webinar_id, poster=asset.address)
    flash(gettext("Обложка сохранена."), "success")
    return pages.go(f"/studio/{slug}/page/")


def _preview(webinar: WebinarRecord, form: PageForm) -> dict[str, Any]:
    """The webinar as it would be, and the context with which its page is drawn."""
    would_be = replace(
        webinar,
        title=form.title.data or webinar.title,
        description=form.description.data or "",
        guest_cta_text=form.cta_text.data or landing.CTA_OF_CORE,
        status=page_content.shown_as(webinar),
    )
    typed = landing.Speaker(form.speaker_name.data or "", form.speaker_role.data or "")
    context = landing.context(would_be, seconds=page_content.seconds_of(webinar))
    return context | {"speaker": typed if typed.name else landing.account_speaker(webinar)}


def _show(
    webinar: WebinarRecord, form: PageForm, *, status: int = 200, file_error: object = None
) -> Response:
    saved = webinar
    return panels.show(
        "page",
        "page.html",
        saved,
        status=status,
        form=form,
        preview=_preview(webinar, form),
        file_error=file_error,
        button_form=NothingForm(formdata=None),
        longest_image=media.folder.settings().media_max_image_mb,
    )
