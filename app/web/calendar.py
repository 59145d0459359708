"""A calendar file for a place: one event in UTC, with the personal link."""

from datetime import timedelta
from urllib.parse import urlsplit

from flask import Response, make_response
from flask_babel import gettext
from icalendar import Calendar, Event, vText

from app import clock, core
from app.core import RegistrationRecord, WebinarRecord, events
from app.web import links, pages

AN_HOUR = timedelta(hours=1)
FILE_NAME = "webinar.ics"


def entry(
    registration: RegistrationRecord, webinar: WebinarRecord, lasts: timedelta | None
) -> bytes:
    """The file. Taken again after a move it replaces the earlier entry in the person's calendar;
    after a cancelling it takes that entry off."""
    assert registration.starts_at is not None
    link = links.room_link(registration)
    event = Event()
    event.add("uid", f"{registration.session_id}@{_host()}")
    event.add("sequence", _changes(registration, webinar))
    event.add("status", "CANCELLED" if webinar.status == "cancelled" else "CONFIRMED")
    event.add("dtstamp", clock.now())
    event.add("dtstart", registration.starts_at)
    event.add("dtend", registration.starts_at + (lasts or AN_HOUR))
    event.add("summary", webinar.title)
    event.add("description", gettext("Ваша личная ссылка: %(link)s", link=link))
    event.add("url", link)
    event["location"] = vText(link)
    calendar = Calendar()
    calendar.add("prodid", "-//Efir//RU")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _changes(registration: RegistrationRecord, webinar: WebinarRecord) -> int:
    """How often this entry became another one: by the person's moves, and by the webinar's own."""
    own = core.registrations.moves_count(registration.registration_id)
    told = core.timeline.of_webinar(webinar.webinar_id, events.core_webinar_status_changed)
    steps = [(each.payload["before"], each.payload["after"]) for each in told]
    return own + steps.count(("scheduled", "scheduled")) + steps.count(("scheduled", "cancelled"))


def _host() -> str:
    return urlsplit(pages.public_address("/")).hostname or "efir"


def answer(
    registration: RegistrationRecord, webinar: WebinarRecord, lasts: timedelta | None
) -> Response:
    response = make_response(entry(registration, webinar, lasts))
    response.mimetype = "text/calendar"
    response.headers["Content-Disposition"] = f'attachment; filename="{FILE_NAME}"'
    response.headers["Cache-Control"] = "no-store"
    return response
