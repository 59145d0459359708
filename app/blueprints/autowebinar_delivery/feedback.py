"""What a viewer thinks of the webinar, told to the team: a fact on the lead's timeline."""

from flask import Response, flash, make_response, redirect, url_for
from flask_babel import gettext

from app import client_webinar_tracker
from app.blueprints.autowebinar_delivery import blueprint, entrance
from app.blueprints.autowebinar_delivery.entrance import Visit
from app.blueprints.autowebinar_delivery.forms import FeedbackForm
from app.web import pages
from app.web.limits import SUBMIT, limiter
from app.web.room import door

FORM_ID = "feedback"


@blueprint.route("/<slug>/feedback/", methods=["GET", "POST"])
@limiter.limit(SUBMIT, methods=["POST"])  # type: ignore[untyped-decorator]
def feedback(slug: str) -> Response:
    visit = entrance.visit(entrance.room_of(slug))
    if visit is None:
        return door.sign_up_first(slug)
    form = FeedbackForm()
    if form.validate_on_submit():
        _pass_on(visit, form)
        flash(gettext("Спасибо за отзыв. Его прочтёт команда вебинара."), "success")
        return make_response(redirect(url_for(".feedback", slug=slug), 303))
    return pages.page(
        "autowebinar_delivery/feedback.html",
        status=422 if form.is_submitted() else 200,
        webinar=visit.webinar,
        form=form,
    )


def _pass_on(visit: Visit, form: FeedbackForm) -> None:
    client_webinar_tracker.client_webinar_form_submit(
        visit.form_context(FORM_ID, form.answers()), form_key=form.key
    )
