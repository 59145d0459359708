"""A new webinar: a broadcast or a recording, its title, and an address that is proposed and may be changed."""

from flask import Response, request
from flask_babel import gettext

from app import core
from app.blueprints.studio import blueprint
from app.blueprints.studio.forms import NewWebinarForm
from app.core import WebinarRecord, access
from app.core.errors import WebinarRefused
from app.web import accounts, pages
from app.web.desk import desk_nav
from app.web.limits import SUBMIT, limiter
from app.web.new_webinars import first_speaker, free_slug


@blueprint.get("/new/")
@accounts.requires(access.WEBINAR_EDIT)
def new() -> Response:
    kind = "live" if request.args.get("kind") == "live" else "auto"
    return _page(NewWebinarForm(formdata=None, kind=kind))


@blueprint.post("/new/")
@accounts.requires(access.WEBINAR_EDIT)
@limiter.limit(SUBMIT)  # type: ignore[untyped-decorator]
def create() -> Response:
    form = NewWebinarForm()
    if not form.validate_on_submit():
        return _page(form, status=422)
    try:
        made = _made(form.kind.data, form.title.data, form.slug.data or free_slug(form.title.data))
    except WebinarRefused:
        form.slug.errors = [taken(form.slug.data)]
        return _page(form, status=422)
    return pages.go(f"/studio/{made.slug}/{'broadcast/' if made.type == 'live' else ''}")


def _made(kind: str, title: str, slug: str) -> WebinarRecord:
    viewer = accounts.viewer()
    return core.webinars.create(
        type=kind,
        slug=slug,
        title=title,
        owner_id=viewer.user_id,
        speaker_id=first_speaker(viewer),
    )


@blueprint.get("/new/slug/")
@accounts.requires(access.WEBINAR_EDIT)
def propose() -> Response:
    """The field of the address with one made of the title."""
    form = NewWebinarForm(formdata=None)
    form.slug.data = free_slug(request.args.get("title", "")[:200])
    return pages.page("studio/_slug.html", form=form)


def taken(slug: str) -> str:
    return gettext(
        "Этот адрес уже занят другим вебинаром. Свободен, например, %(free)s",
        free=free_slug(slug),
    )


def _page(form: NewWebinarForm, *, status: int = 200) -> Response:
    return pages.page("studio/new.html", status=status, form=form, desk_nav=desk_nav("studio"))
