"""Who watches together: the names of chats and of audiences, and at which second each is."""

from datetime import datetime

from app import core
from app.autowebinar import clock, schedule_slots, sessions, versions
from app.core import RegistrationRecord


def presence_key(registration: RegistrationRecord) -> str:
    """Those who watch together: of one webinar, or of one slot of it."""
    return f"auto:{registration.webinar_id}:{registration.slot_id or ''}"


def own_channel(registration: RegistrationRecord) -> str:
    """The viewer's chat with the team alone."""
    return f"auto:{registration.session_id}"


def shared_channel(webinar_id: str, slot_id: str) -> str:
    return f"auto:{webinar_id}:{slot_id}"


def is_shared(channel: str) -> bool:
    return channel.count(":") > 1


def slot_start(webinar_id: str, channel: str) -> datetime | None:
    """When the session of a shared chat began or begins."""
    slot = schedule_slots.read(webinar_id, channel.rpartition(":")[2])
    return slot.starts_at if slot else None


def viewer_of(channel: str) -> RegistrationRecord | None:
    """Whose own chat this is."""
    return None if is_shared(channel) else core.registrations.by_session(channel[len("auto:") :])


def second_in(webinar_id: str, channel: str, now: datetime) -> int:
    """At which second of the recording those in the chat are; 0 where nothing tells. A viewer's own
    chat goes by the version that the viewer sees, whatever is published now."""
    viewer = viewer_of(channel)
    version = sessions.version_for(viewer) if viewer else versions.published(webinar_id)
    if version is None:
        return 0
    if viewer is not None:
        return sessions.place_of(viewer, version, now).seconds
    starts_at = slot_start(webinar_id, channel)
    return clock.second_of(starts_at, now, version.duration) if starts_at else 0
