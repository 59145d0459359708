"""The list of those who watch, as every room answers it."""

from flask import Response, make_response, redirect, request

from app import chat, clock, core
from app.core import RegistrationRecord, WebinarRecord
from app.extensions import htmx
from app.web import countries, pages
from app.web.country_form import CountryForm
from app.web.room import door, participants


def answer(
    webinar: WebinarRecord, registration: RegistrationRecord | None, room: str | None, address: str
) -> Response:
    """The list, to who has a place in the room; posted to, it takes what is chosen of oneself.

    `room`: the key of those who watch together; None where each is at a second of their own.
    `address`: where the list is, and what is shown of oneself is posted.
    """
    if registration is None:
        return door.sign_up_first(webinar.slug)
    if request.method != "POST":
        return _show(webinar, registration, room, address)
    registration, wrong = _choose(registration)
    if htmx or wrong:
        return _show(webinar, registration, room, address, wrong)
    return make_response(redirect(address, 303))


def _show(
    webinar: WebinarRecord,
    registration: RegistrationRecord,
    room: str | None,
    address: str,
    wrong: CountryForm | None = None,
) -> Response:
    """`wrong`: a country that will not do."""
    people = participants.of(room, registration, clock.now()) if room is not None else None
    response = pages.page(
        "components/room/people.html",
        "components/room/_people.html",
        status=422 if wrong else 200,
        webinar=webinar,
        people=people,
        country_form=wrong or _shown(people.country if people else ""),
        country_name=countries.name_of(people.country) if people else "",
        names_url=address,
        room_url=address.removesuffix("people/"),
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _shown(code: str) -> CountryForm:
    return CountryForm(formdata=None, country=code)


def _choose(registration: RegistrationRecord) -> tuple[RegistrationRecord, CountryForm | None]:
    """The viewer's own choice of what the others see: the name, or the country. (The registration as
    it is then, the form where that country will not do and nothing was changed.)"""
    if "country" not in request.form:
        _choose_name(registration)
        return registration, None
    form = CountryForm()
    if not form.validate():
        return registration, form
    chosen = form.country.data or ""
    return core.registrations.choose_country(registration.registration_id, chosen), None


def _choose_name(registration: RegistrationRecord) -> None:
    chat.people.name_in_list(
        registration.registration_id,
        registration.webinar_id,
        named=request.form.get("named") == "y",
    )
