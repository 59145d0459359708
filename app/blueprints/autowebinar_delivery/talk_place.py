"""In which chat a viewer is: alone with the team, or among those who watch the same session."""

from dataclasses import dataclass

from app import chat
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
    shared = bool(slot) and not standing.banned and chat.rules.of(registration.webinar_id).shared
    channel = shared_channel(registration.webinar_id, str(slot)) if shared else own(registration)
    return TalkPlace(channel, shared, standing)


def own(registration: RegistrationRecord) -> str:
    return f"auto:{registration.session_id}"


def shared_channel(webinar_id: str, slot_id: str) -> str:
    return f"auto:{webinar_id}:{slot_id}"


def is_shared(channel: str) -> bool:
    return channel.count(":") > 1
