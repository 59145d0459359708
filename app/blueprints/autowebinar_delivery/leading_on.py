"""The ways out of the room: a call to action, an offer while it holds, a hand-out."""

from datetime import datetime

from flask import Response, abort, make_response, redirect, url_for

from app import client_webinar_tracker, clock, core
from app.autowebinar import CtaNotShown, Cue, OfferEnded, answers, sessions, versions
from app.autowebinar.content import is_safe_link
from app.blueprints.autowebinar_delivery import blueprint, entrance
from app.blueprints.autowebinar_delivery.entrance import Visit
from app.core import RegistrationRecord
from app.web import pages
from app.web.room import door


@blueprint.get("/<slug>/go/<cue_id>/")
def go(slug: str, cue_id: str) -> Response:
    """Where a cue leads. A person's click is recorded once; a browser that guesses ahead is sent
    away."""
    if not door.is_deliberate():
        return make_response("", 503)
    visit = entrance.visit(entrance.room_of(slug))
    if visit is None:
        return door.sign_up_first(slug)
    try:
        cue = _pressed(visit, cue_id, clock.now())
    except CtaNotShown:
        abort(404)
    except OfferEnded as ended:
        return _ended(visit, ended.ended_at)
    link = cue.link if cue.link and is_safe_link(cue.link) else None
    response = make_response(redirect(link or url_for(".contact", slug=slug), 303))
    response.headers["Cache-Control"] = "no-store"
    return response


def _pressed(visit: Visit, cue_id: str, now: datetime) -> Cue:
    """The cue, as the version has it that showed it: the link outlives an edit."""
    version = versions.of_cue(cue_id)
    if version is None or version.webinar_id != visit.webinar.webinar_id:
        abort(404)
    cue = version.cue(cue_id)
    assert cue is not None
    if cue.kind == "handout":
        sessions.require_reached(visit.registration, version, cue_id, now)
        _take(visit.registration, cue, now)
        return cue
    return sessions.click_cta(visit.registration, version, cue_id, now)


def _take(registration: RegistrationRecord, cue: Cue, now: datetime) -> None:
    with core.transaction():
        if not answers.take(registration, cue, now):
            return
        client_webinar_tracker.client_webinar_form_submit(
            {
                "lead_id": registration.lead_id,
                "webinar_id": registration.webinar_id,
                "webinar_type": "auto",
                "session_id": registration.session_id,
                "form_id": cue.key,
                "form_payload": {"material": cue.text},
            },
            form_key=f"{registration.session_id}:{cue.key}",
        )


def _ended(visit: Visit, ended_at: datetime) -> Response:
    response = pages.page(
        "autowebinar_delivery/ended_offer.html",
        status=410,
        webinar=visit.webinar,
        ended_at=ended_at,
    )
    response.headers["Cache-Control"] = "no-store"
    return response
