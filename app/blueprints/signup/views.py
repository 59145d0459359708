"""The form, the thank-you page, and the personal link."""

from datetime import timedelta

from flask import Response, abort, make_response, redirect, render_template, request
from flask_login import current_user

from app import autowebinar, core, live
from app.blueprints.signup import blueprint, joining, onward
from app.blueprints.signup.forms import SignupForm
from app.core import WebinarRecord
from app.core.errors import IngestRefused
from app.extensions import limiter
from app.web import calendar, campaign, limits, links, offers, pages, security, slots, viewer


@blueprint.get("/signup/")
def signup() -> Response:
    campaign.remember()
    form = SignupForm(data=_known_person())
    webinar = _wanted_webinar(form)
    if webinar is not None and not offers.is_open(webinar):
        return pages.go(f"/webinars/{webinar.slug}/")
    return _form_page(form, webinar)


@blueprint.post("/signup/")
@limiter.limit(limits.SUBMIT)
def sign_up() -> Response:
    form = SignupForm()
    webinar = _wanted_webinar(form)
    if webinar is not None and not offers.is_open(webinar):
        return pages.go(f"/webinars/{webinar.slug}/")
    if not form.validate():
        return _form_page(form, webinar, status=422)
    try:
        registration = joining.join(form, webinar)
    except joining.PlacesClosed:
        return pages.go(f"/webinars/{form.said('webinar')}/")
    except IngestRefused as error:
        form.refuse(error)
        return _form_page(form, webinar, status=422)
    return onward.after(registration, webinar, form.said("next"))


@blueprint.get("/signup/done/")
def done() -> Response:
    signed_up, registration = onward.kept()
    if not signed_up:
        return pages.go("/signup/")
    webinar = core.registrations.webinar_of(registration) if registration else None
    response = pages.page(
        "signup/done.html",
        registration=registration,
        webinar=webinar,
        room_link=links.room_link(registration) if registration else None,
        telegram_link=links.telegram_link(registration) if registration else None,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/signup/slots/")
def slots_of() -> Response:
    """The choice of times again, for the zone that the browser tells."""
    form = SignupForm(formdata=request.args, meta={"csrf": False})
    if _wanted_webinar(form) is None or form.offer is None:
        abort(404)
    form.carry_address()
    return make_response(render_template("signup/_slots.html", form=form))


@blueprint.get("/r/<token>/")
def personal_link(token: str) -> Response:
    """Let the browser into the room of this registration, and into nothing else."""
    security.keep_address_secret()
    registration = core.registrations.by_token(token)
    if registration is None:
        response = make_response(render_template("signup/lost_link.html"), 404)
    else:
        webinar = core.registrations.webinar_of(registration)
        response = _into_room(registration, webinar)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/r/<token>/calendar.ics")
def calendar_file(token: str) -> Response:
    """The start of this registration, for the person's calendar."""
    security.keep_address_secret()
    registration = core.registrations.by_token(token)
    if registration is None or registration.starts_at is None:
        abort(404)
    webinar = core.registrations.webinar_of(registration)
    return calendar.answer(registration, webinar, _lasts(webinar))


def _lasts(webinar: WebinarRecord) -> timedelta | None:
    """How long, as its author says; None where nobody does."""
    if webinar.type == "live":
        return timedelta(minutes=live.broadcasts.of(webinar.webinar_id).planned_minutes)
    version = autowebinar.published(webinar.webinar_id)
    return timedelta(seconds=version.duration) if version else None


def _into_room(registration: core.RegistrationRecord, webinar: WebinarRecord) -> Response:
    if not offers.has_room(webinar):
        return make_response(redirect(f"/webinars/{webinar.slug}/", 303))
    response = make_response(redirect(viewer.room_path(webinar), 303))
    return viewer.give_pass(response, registration, webinar)


def _wanted_webinar(form: SignupForm) -> WebinarRecord | None:
    slug = form.said("webinar")
    webinar = offers.shown(slug, offers.ANNOUNCED) if slug else None
    if webinar is not None:
        form.offer = slots.offer(webinar, form.zone.data)
    return webinar


def _known_person() -> dict[str, str]:
    """What the form already knows of a signed-in person."""
    if not current_user.is_authenticated:
        return {}
    return {"name": current_user.record.name, "email": current_user.record.email}


def _form_page(form: SignupForm, webinar: WebinarRecord | None, status: int = 200) -> Response:
    form.carry_address()
    return pages.page(
        "signup/page.html", "signup/_form.html", status=status, form=form, webinar=webinar
    )


@blueprint.context_processor
def _offer_words() -> dict[str, object]:
    return {
        "poster_of": offers.poster,
        "kind_of": offers.kind,
        "zone_of": slots.zone_of,
        "place_in_words": slots.place_in_words,
    }
