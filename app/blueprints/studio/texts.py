"""The panel of the webinar's own words: the screens that close it."""

from flask import Response, flash
from flask_babel import gettext

from app.autowebinar import drafts
from app.blueprints.studio import blueprint, panels
from app.blueprints.studio.forms import ClosingForm
from app.core import access
from app.web import accounts, pages
from app.web.limits import SUBMIT, limiter

NAMES = ("ended", "next", "choice")


@blueprint.get("/<slug>/texts/")
@accounts.requires(access.WEBINAR_EDIT)
def texts(slug: str) -> Response:
    webinar = panels.webinar_of(slug, "auto")
    closing = drafts.get(webinar.webinar_id).content.get("closing") or {}
    return panels.show("texts", "texts.html", webinar, form=ClosingForm(None, **closing))


@blueprint.post("/<slug>/texts/")
@accounts.requires(access.WEBINAR_EDIT)
@limiter.limit(SUBMIT)  # type: ignore[untyped-decorator]
def save_texts(slug: str) -> Response:
    webinar, form = panels.webinar_of(slug, "auto"), ClosingForm()
    if not form.validate_on_submit():
        return panels.show("texts", "texts.html", webinar, status=422, form=form)
    closing = {name: form[name].data for name in NAMES if form[name].data}
    drafts.change(webinar.webinar_id, {"closing": closing}, actor=accounts.viewer())
    flash(gettext("Тексты сохранены в черновике."), "success")
    return pages.go(f"/studio/{slug}/texts/")
