"""One submission, one transaction: the lead, the account, the place, and the facts about them."""

from flask_login import current_user

from app import clock, core
from app.blueprints.signup.forms import SignupForm
from app.client_webinar_tracker import client_webinar_register
from app.core import RegistrationRecord, WebinarRecord
from app.web import offers, referral, slots, submissions
from app.web.localisation import chosen_locale

SOURCE = "signup"


class PlacesClosed(Exception):
    """While the form was on its way the webinar closed: nothing was changed."""


def join(form: SignupForm, webinar: WebinarRecord | None) -> RegistrationRecord | None:
    """The person's place, or None where no webinar was asked for. IngestRefused and
    PlacesClosed change nothing.

    The password is hashed before, and for a known address too: the same work, and the writer
    does not wait for it.
    """
    key = form.key
    password = core.passwords.hashed(form.password.data) if form.password.data else None
    signed_in_lead = _signed_in_lead()
    with core.transaction():
        lead = _ingest(form, webinar, key)
        user_id, made = core.users.ensure_for_lead(lead.lead_id, password, new_lead=lead.created)
        if webinar is None:
            return None
        own = (lead.created and made) or lead.lead_id == signed_in_lead
        now = core.webinars.held(webinar.webinar_id)
        if not offers.is_open(now):
            raise PlacesClosed(now.webinar_id)
        return _take_place(form, now, key, lead.lead_id, user_id, own)


def _signed_in_lead() -> int | None:
    """The lead that the signed-in person is, if anybody is signed in."""
    if not current_user.is_authenticated or current_user.record.lead_id is None:
        return None
    return core.leads.get(current_user.record.lead_id).lead_id


def _ingest(form: SignupForm, webinar: WebinarRecord | None, key: str) -> core.Ingested:
    webinar_id = webinar.webinar_id if webinar else None
    payload = submissions.payload(form, SOURCE, webinar_id=webinar_id)
    if form.phone.data:
        payload["phone"] = form.phone.data.strip()
    answer: core.Ingested = core.request(
        core.events.core_ingest_event,
        payload,
        raiser=SOURCE,
        visitor_id=referral.visitor_id(),
        once=key,
        locale=chosen_locale(),
    )
    return answer


def _take_place(
    form: SignupForm, webinar: WebinarRecord, key: str, lead_id: int, user_id: int, own: bool
) -> RegistrationRecord:
    email = core.normalise.email(form.email.data or "")
    pick = form.pick or slots.Pick()
    registration, _ = core.registrations.register(
        lead_id,
        user_id,
        webinar.webinar_id,
        proven=own,
        name=core.normalise.name(form.name.data or ""),
        slot_id=pick.slot_id,
        starts_at=pick.starts_at or webinar.scheduled_at,
        zone=slots.known_zone(form.zone.data),
        mode=pick.mode,
        expires_at=pick.expires_at,
        source=SOURCE,
        submission=core.registrations.submission_key(key, email),
    )
    _tell_tracker(registration, webinar)
    return registration


def _tell_tracker(registration: RegistrationRecord, webinar: WebinarRecord) -> None:
    context = {
        "lead_id": registration.lead_id,
        "webinar_id": webinar.webinar_id,
        "webinar_type": webinar.type,
        "slot_id": registration.slot_id,
        "registered_at": clock.unix(registration.created_at),
        "source": registration.source,
    }
    client_webinar_register(context, session_id=registration.session_id)
