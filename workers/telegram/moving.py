"""Another time, chosen in Telegram: a button under a reminder brings times, a press moves.

A button names its registration and works in that person's own chat alone. Old buttons do no
harm: a time that is gone brings the times that there are.
"""

from collections.abc import Mapping
from typing import Any

from flask import current_app
from flask_babel import force_locale

from app import core, messages
from app.core import RegistrationRecord
from app.core.errors import NotFound
from app.messages import reminders
from app.web import moving, offers, slots

Raw = Mapping[str, Any]
Buttons = list[list[dict[str, str]]]
TELEGRAM = core.contacts.TELEGRAM
MOVE, SLOT = "move", "slot"


def pressed(query: Raw, key: str) -> bool:
    """Whether the button was one of ours; everything that follows is planned, nothing sent."""
    action, _, rest = str(query.get("data") or "").partition(":")
    if action not in (MOVE, SLOT):
        return False
    number, _, value = rest.partition(":")
    registration = _own(number, query["from"]["id"])
    if registration is not None and (value or action == MOVE):
        with force_locale(_locale(registration)):
            _answer(registration, value if action == SLOT else None, key)
    return True


def _own(number: str, chat_id: int) -> RegistrationRecord | None:
    """The registration, where its messages go to this very chat."""
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return None
    try:
        registration = core.registrations.get(int(number))
    except NotFound:
        return None
    target = core.contacts.telegram_for(registration.lead_id, registration.registration_id)
    is_theirs = target is not None and target.value == str(chat_id)
    return registration if is_theirs and not registration.cancelled else None


def _answer(registration: RegistrationRecord, value: str | None, key: str) -> None:
    webinar = core.registrations.webinar_of(registration)
    offer = slots.offer(webinar, slots.zone_of(registration)) if offers.is_open(webinar) else None
    if offer is None or not offer.choices:
        _say("move_nothing", registration, key)
        return
    if value is None:
        _say("move_times", registration, key, _times(registration, offer))
        return
    pick = offer.pick(value)
    if pick is None:
        _say("move_gone", registration, key, _times(registration, offer))
        return
    moved = moving.move(registration, pick, moved_by=moving.BY_TELEGRAM)
    into = messages.subject.room_buttons(moved, _locale(moved))[:1]
    again = reminders.move_button(moved, _locale(moved))
    _say("move_done" if moved.starts_at else "move_now", moved, key, into + again)


def _times(registration: RegistrationRecord, offer: slots.Offer) -> Buttons:
    """One a row; what is chosen now is not offered again."""
    return [
        [
            {
                "text": choice.words,
                "data": f"{SLOT}:{registration.registration_id}:{choice.value}",
            }
        ]
        for choice in offer.choices
        if choice.value != registration.slot_id
    ]


def _locale(registration: RegistrationRecord) -> str:
    lead = core.leads.get(registration.lead_id)
    return lead.locale or str(current_app.config["SETTINGS"].default_locale)


def _say(
    kind: str, registration: RegistrationRecord, key: str, buttons: Buttons | None = None
) -> None:
    locale = _locale(registration)
    starts = {"starts": reminders.start_in_words(registration, locale)}
    messages.plan(
        messages.Plan(
            kind=kind,
            recipient=messages.LEAD,
            dedupe=f"update:{key}:{kind}",
            lead_id=registration.lead_id,
            webinar_id=registration.webinar_id,
            registration_id=registration.registration_id,
            about_webinar=True,
            locale=locale,
            values=messages.subject.values(registration.lead_id, registration) | starts,
            buttons=buttons or [],
        )
    )
