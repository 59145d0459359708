"""Before the room: who is early waits, who is late goes to another session, who may come in does.

Nothing here begins the session.
"""

from datetime import datetime
from typing import Any

from flask import Response, jsonify, make_response, redirect, request, url_for
from flask_babel import gettext

from app import clock
from app.autowebinar import doors, schedule, seen
from app.autowebinar.doors import RECORDING, ROOM
from app.autowebinar.schedule_rules import AT_ONCE
from app.blueprints.autowebinar_delivery import blueprint, composition, entrance
from app.blueprints.autowebinar_delivery.entrance import Visit
from app.core.errors import NotFound
from app.web import links, moving, offers, pages, slots
from app.web.limits import SUBMIT, limiter
from app.web.localisation import iso
from app.web.room import door
from app.web.slot_form import SlotForm


def door_of(visit: Visit, now: datetime) -> str:
    """What stands between the viewer and the room: nothing is `room`."""
    registration, duration = visit.registration, visit.version.duration
    if registration.starts_at is None:
        return doors.door_of(registration, None, AT_ONCE, duration, now)
    rules, viewing = schedule.load(visit.webinar.webinar_id), seen.load(registration, now)
    return doors.door_of(registration, viewing, rules, duration, now)


def before_the_room(visit: Visit, now: datetime) -> Response | None:
    """The page that stands in the way; None where the way is free."""
    door = door_of(visit, now)
    if door == ROOM:
        return None
    if door == RECORDING:
        return make_response(redirect(url_for(".recording", slug=visit.webinar.slug), 303))
    form = time_form(visit)
    form.choose_first()
    return page(visit, door, now, form)


def time_form(visit: Visit) -> SlotForm:
    """The choice of another time, in the zone that the form or the registration names."""
    form = SlotForm()
    if offers.is_open(visit.webinar):
        zone = form.zone.data or slots.zone_of(visit.registration)
        form.offer = slots.offer(visit.webinar, zone)
    if not form.is_submitted():
        form.slot.data = visit.registration.slot_id
    return form


def page(visit: Visit, door: str, now: datetime, form: SlotForm, *, status: int = 200) -> Response:
    registration = visit.registration
    response = pages.page(
        f"autowebinar_delivery/{door}.html",
        status=status,
        **composition.threshold_of(visit.webinar, visit.version, registration, now),
        form=form,
        place=slots.place_in_words(form.zone.data or slots.zone_of(registration)),
        room_link=links.room_link(registration),
        telegram_link=links.telegram_link(registration),
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/<slug>/left/")
def left(slug: str) -> Response:
    """For a waiting page: how many seconds are left by the server's clock, and to which start."""
    visit = entrance.visit(entrance.room_of(slug))
    answer: dict[str, Any] = {"left": 0}
    if visit is not None:
        starts_at = visit.registration.starts_at
        answer["left"] = composition.seconds_left(visit.registration, clock.now())
        answer["starts"] = iso(starts_at) if starts_at else ""
    response = jsonify(answer)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.route("/<slug>/time/", methods=["GET", "POST"])
@limiter.limit(SUBMIT, methods=["POST"])  # type: ignore[untyped-decorator]
def other_time(slug: str) -> Response:
    """Move to another time in one step, whatever became of the present one."""
    visit = entrance.visit(entrance.room_of(slug))
    if visit is None:
        return door.sign_up_first(slug)
    form = time_form(visit)
    if form.is_submitted() and form.validate() and _move(visit, form):
        return make_response(redirect(url_for(".room", slug=slug), 303))
    form.choose_first()
    status = 422 if form.is_submitted() else 200
    return page(visit, "time", clock.now(), form, status=status)


def _move(visit: Visit, form: SlotForm) -> bool:
    pick = form.pick
    assert pick is not None
    try:
        moving.move(visit.registration, pick, moved_by=moving.BY_VIEWER)
    except NotFound:
        form.slot.errors = [gettext("Эта запись на вебинар отменена.")]
        return False
    return True


@blueprint.get("/<slug>/time/slots/")
def other_slots(slug: str) -> Response:
    """The times again, for the zone that the browser tells."""
    visit = entrance.visit(entrance.room_of(slug))
    if visit is None:
        return door.sign_up_first(slug)
    form = SlotForm(formdata=request.args, meta={"csrf": False})
    if offers.is_open(visit.webinar):
        form.offer = slots.offer(visit.webinar, form.zone.data)
    form.choose_first()
    place = slots.place_in_words(form.zone.data or slots.zone_of(visit.registration))
    return pages.page("autowebinar_delivery/_slots.html", form=form, slug=slug, place=place)
