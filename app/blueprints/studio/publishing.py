"""Shown, hidden, put away, shown as it was before. Nobody who holds a place is dropped by any of it:
the room opens to them with the version that was published last."""

from flask import Response, flash, request
from flask_babel import gettext

from app import autowebinar, core
from app.autowebinar import VersionInvalid, drafts, linting
from app.blueprints.studio import blueprint, checklist, overview, panels
from app.blueprints.studio.forms import ArchiveForm, NothingForm
from app.core import access
from app.core.errors import WebinarRefused
from app.web import accounts, pages
from app.web.limits import SUBMIT, limiter

REFUSALS = {
    "webinar_state_locked": lambda: gettext("Вебинар в архиве: в нём больше ничего не меняется."),
    "webinar_state_invalid_unpublish": lambda: gettext("Вебинар и так не опубликован."),
    "webinar_nothing_to_show": lambda: gettext("Нечего показывать: добавьте видео."),
}


@blueprint.errorhandler(WebinarRefused)
def _refused(refusal: WebinarRefused) -> Response:
    """Somebody else has changed its state meanwhile: in words, and back to where it is seen."""
    words = REFUSALS.get(refusal.name)
    flash(words() if words else gettext("Сейчас этого сделать нельзя."), "error")
    slug = (request.view_args or {}).get("slug", "")
    return pages.go(f"/studio/{slug}/" if slug else "/studio/")


@blueprint.post("/<slug>/publish/")
@accounts.requires(access.WEBINAR_EDIT)
@limiter.limit(SUBMIT)  # type: ignore[untyped-decorator]
def publish(slug: str) -> Response:
    webinar = panels.webinar_of(slug, "auto")
    before = autowebinar.published(webinar.webinar_id)
    try:
        facts = linting.facts_of(**checklist.known_of(webinar))
        version = drafts.publish(webinar.webinar_id, actor=accounts.viewer(), facts=facts)
    except VersionInvalid as refusal:
        return overview.show(webinar, status=422, refusal=checklist.in_words(refusal))
    same = version == before and webinar.status == "published"
    flash(
        gettext("Изменений нет: показывается версия %(number)s.", number=version.number)
        if same
        else gettext("Опубликовано: версия %(number)s.", number=version.number),
        "success",
    )
    return pages.go(f"/studio/{slug}/")


@blueprint.post("/<slug>/unpublish/")
@accounts.requires(access.WEBINAR_EDIT)
def unpublish(slug: str) -> Response:
    webinar = panels.webinar_of(slug, "auto")
    core.webinar_states.unpublish(webinar.webinar_id, actor_id=accounts.viewer().user_id)
    flash(gettext("Страница скрыта. Кто уже записан, по-прежнему войдёт в комнату."), "success")
    return pages.go(f"/studio/{slug}/")


@blueprint.route("/<slug>/archive/", methods=["GET", "POST"])
@accounts.requires(access.WEBINAR_EDIT)
def archive(slug: str) -> Response:
    """For good, and so on a page of its own."""
    webinar, form = panels.webinar_of(slug, "auto"), ArchiveForm()
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        places = core.registrations.counts([webinar.webinar_id])[webinar.webinar_id]
        return panels.show(
            "overview", "archive.html", webinar, status=status, form=form, places=places
        )
    core.webinar_states.archive(webinar.webinar_id, actor_id=accounts.viewer().user_id)
    flash(gettext("Вебинар в архиве. Кто записан, по-прежнему войдёт в комнату."), "success")
    return pages.go(f"/studio/{slug}/")


@blueprint.post("/<slug>/versions/<version_id>/publish/")
@accounts.requires(access.WEBINAR_EDIT)
def go_back(slug: str, version_id: str) -> Response:
    """Show an older version again. The draft stays as it is."""
    webinar = panels.webinar_of(slug, "auto")
    if NothingForm().validate_on_submit():
        try:
            version = drafts.publish_again(webinar.webinar_id, version_id, actor=accounts.viewer())
        except VersionInvalid:
            flash(gettext("Такой версии у этого вебинара нет."), "error")
        else:
            words = gettext(
                "Новым зрителям показывается версия %(number)s. Черновик не изменился.",
                number=version.number,
            )
            flash(words, "success")
    return pages.go(f"/studio/{slug}/")
