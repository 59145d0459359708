"""The form on a page of ours and in a frame."""

from flask import Response, request

from app import core
from app.blueprints.integration_web_form import blueprint, embed
from app.blueprints.integration_web_form.forms import EmbeddedForm, WebForm
from app.core.errors import IngestRefused
from app.extensions import csrf, limiter
from app.web import campaign, limits, offers, pages, referral, submissions
from app.web.localisation import chosen_locale
from app.web.person_form import PersonForm

SOURCE = "web_form"
RAISER = "integration_web_form"


@blueprint.get("/form/")
@blueprint.get("/form/<slug>/")
def form(slug: str = "") -> Response:
    webinar = offers.shown(slug) if slug else None
    if request.args.get("done") == "1":
        return _show("thanks", webinar=webinar)
    return _show("form", webinar=webinar, form=_blank(slug))


@blueprint.post("/form/")
@blueprint.post("/form/<slug>/")
@csrf.exempt
@limiter.limit(limits.SUBMIT)
def submit(slug: str = "") -> Response:
    webinar = offers.shown(slug) if slug else None
    posted = _posted(slug)
    if not posted.validate():
        return _show("form", webinar=webinar, form=posted, status=422)
    try:
        _raise_event(posted, webinar)
    except IngestRefused as error:
        posted.refuse(error)
        return _show("form", webinar=webinar, form=posted, status=422)
    return _thank(webinar)


def _blank(slug: str) -> PersonForm:
    if not embed.asked():
        campaign.remember()
        return WebForm()
    return EmbeddedForm(data={"token": embed.sign(slug), "ref": referral.current_code()})


def _posted(slug: str) -> PersonForm:
    """The submission, after its origin was proven: by the session, or by the signed token."""
    embed.refuse_foreign_origin()
    if not embed.asked():
        csrf.protect()
        return WebForm()
    posted = EmbeddedForm()
    embed.check(posted, slug)
    return posted


def _raise_event(posted: PersonForm, webinar: core.WebinarRecord | None) -> None:
    core.request(
        core.events.core_ingest_event,
        submissions.payload(posted, SOURCE, webinar_id=webinar.webinar_id if webinar else None),
        raiser=RAISER,
        visitor_id=referral.visitor_id(),
        once=posted.key,
        locale=chosen_locale(),
    )


def _thank(webinar: core.WebinarRecord | None) -> Response:
    """In place for HTMX; else at an address that can be reloaded without sending twice."""
    if pages.wants_fragment():
        return _show("thanks", webinar=webinar)
    return pages.go(f"{request.path}?{'embed=1&' if embed.asked() else ''}done=1")


def _show(what: str, *, status: int = 200, **context: object) -> Response:
    """The form or the thanks: a page, a page for a frame, or the fragment alone."""
    if embed.asked():
        embed.permit_framing()
    return pages.page(
        "integration_web_form/embed.html" if embed.asked() else "integration_web_form/page.html",
        f"integration_web_form/_{what}.html",
        status=status,
        what=what,
        embedded=embed.asked(),
        address=request.full_path.rstrip("?"),
        **context,
    )
