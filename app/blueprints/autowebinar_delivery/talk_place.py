"""In which chat a viewer is: alone with the team, or among those who watch the same session."""

from dataclasses import dataclass

from app import chat
from app.autowebinar import audience
from app.chat.people import Standing
from app.core import RegistrationRecord


@dataclass(frozen=True, slots=True)
class TalkPlace:
    """`standing`: what the team decided of this viewer."""

    channel: str
    shared: bool
    standing: Standing


def of(registration: RegistrationRecord) -> TalkPlace:
    """Who began by themselves are each at a second of their own, so they have nobody to talk to
    but the team; so is who was put out of the shared chat."""
    standing = chat.people.standing(registration.registration_id)
    slot = registration.slot_id if registration.starts_at is not None else None
    if slot and not standing.banned and chat.rules.of(registration.webinar_id).shared:
        channel = audience.shared_channel(registration.webinar_id, slot)
        return TalkPlace(channel, True, standing)
    return TalkPlace(audience.own_channel(registration), False, standing)
