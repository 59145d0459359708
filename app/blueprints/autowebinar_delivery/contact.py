"""Where a call to action leads by itself: to the person who invited the viewer."""

from flask import Response, flash, make_response, redirect, url_for
from flask_babel import gettext

from app import client_webinar_tracker, core
from app.blueprints.autowebinar_delivery import blueprint, entrance
from app.blueprints.autowebinar_delivery.entrance import Visit
from app.blueprints.autowebinar_delivery.forms import ContactForm
from app.web import pages
from app.web.limits import SUBMIT, limiter

FORM_ID = "contact"


@blueprint.route("/<slug>/contact/", methods=["GET", "POST"])
@limiter.limit(SUBMIT, methods=["POST"])  # type: ignore[untyped-decorator]
def contact(slug: str) -> Response:
    visit = entrance.visit(entrance.room_of(slug))
    if visit is None:
        return make_response(redirect(f"/signup/?webinar={slug}", 303))
    form = ContactForm()
    if form.validate_on_submit():
        _pass_on(visit, form)
        flash(gettext("Спасибо. Передали вместе с вашим именем."), "success")
        return make_response(redirect(url_for(".contact", slug=slug), 303))
    return pages.page(
        "autowebinar_delivery/contact.html",
        status=422 if form.is_submitted() else 200,
        webinar=visit.webinar,
        form=form,
        inviter=inviter_of(visit),
    )


def _pass_on(visit: Visit, form: ContactForm) -> None:
    client_webinar_tracker.client_webinar_form_submit(
        visit.form_context(FORM_ID, form.answers()), form_key=form.key
    )


def inviter_of(visit: Visit) -> str | None:
    """The name of who invited the viewer. An address is nobody's to show."""
    invited_by = core.leads.get(visit.registration.lead_id).invited_by
    inviter = core.users.get(invited_by) if invited_by is not None else None
    return inviter.name if inviter and inviter.name else None
