"""What a text may say of a lead: the values of its variables, and the buttons beneath."""

from typing import Any

from flask import current_app
from flask_babel import force_locale, gettext

from app import core


def values(lead_id: int, registration: core.RegistrationRecord | None = None) -> dict[str, Any]:
    """Values by variable. A registration's own message shows the name that was typed for it:
    whoever typed somebody's address learns nothing about that person."""
    lead = core.leads.get(lead_id)
    name = lead.name
    found: dict[str, Any] = {
        "lead_id": lead.lead_id,
        "email": lead.email,
        # The name alone: an inviter without one is not introduced to the lead by an e-mail.
        "inviter": core.users.shown_names({lead.invited_by or 0}).get(lead.invited_by or 0),
    }
    if registration is not None:
        name = registration.name or name
        found["webinar"] = core.registrations.webinar_of(registration).title
        found["room_link"] = room_address(registration)
    return found | {"name": name, "first_name": name.split(" ")[0] if name else ""}


def registration_of(session_id: str | None) -> core.RegistrationRecord | None:
    """The registration of a viewing session, if it still is one."""
    registration = core.registrations.by_session(session_id) if session_id else None
    return registration if registration and not registration.cancelled else None


def room_address(registration: core.RegistrationRecord) -> str:
    return f"{current_app.config['SETTINGS'].site_address}/r/{registration.token}/"


def room_buttons(
    registration: core.RegistrationRecord | None, locale: str | None
) -> list[list[dict[str, str]]]:
    """The way into the room, and the way out of the messages."""
    with force_locale(locale or current_app.config["SETTINGS"].default_locale):
        stop = [{"text": gettext("Остановить сообщения"), "data": "stop"}]
        if registration is None:
            return [stop]
        join = [{"text": gettext("Войти в комнату"), "url": room_address(registration)}]
        return [join, stop]
