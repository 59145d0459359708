"""What a webinar's kind knows of its chats: their names, who is there, at which second."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext

from app import chat, core, live
from app.autowebinar import audience
from app.chat import presence
from app.chat.channels import Channel
from app.core import RegistrationRecord, WebinarRecord
from app.web.localisation import moment


@dataclass(frozen=True, slots=True)
class Conversation:
    """One chat in words: with whom it is, and who of them is in the room now."""

    channel: str
    title: str
    shared: bool
    viewer: RegistrationRecord | None
    here: bool


def second_in(webinar: WebinarRecord, channel: str, now: datetime) -> int:
    if webinar.type == "live":
        return live.broadcasts.of(webinar.webinar_id).air.second(now)
    return audience.second_in(webinar.webinar_id, channel, now)


def presence_key(webinar: WebinarRecord, registration: RegistrationRecord) -> str:
    if webinar.type == "live":
        return live.places.room_key(webinar.webinar_id)
    return audience.presence_key(registration)


def gone(
    webinar: WebinarRecord, registrations: Iterable[RegistrationRecord], now: datetime
) -> set[int]:
    """Those of them who are not in the room: their answers go another way."""
    by_room: dict[str, list[RegistrationRecord]] = {}
    for registration in registrations:
        by_room.setdefault(presence_key(webinar, registration), []).append(registration)
    away: set[int] = set()
    for room, held in by_room.items():
        here = presence.here(room, [each.session_id for each in held], now)
        away |= {each.registration_id for each in held if each.session_id not in here}
    return away


def conversations(
    webinar: WebinarRecord, channels: list[Channel], now: datetime
) -> dict[str, Conversation]:
    """Many chats in words, in two queries however many they are."""
    sessions = [
        each.channel.partition(":")[2]
        for each in channels
        if webinar.type == "auto" and not audience.is_shared(each.channel)
    ]
    viewers = {f"auto:{each.session_id}": each for each in core.registrations.by_sessions(sessions)}
    away = gone(webinar, viewers.values(), now)
    return {
        each.channel: _conversation(webinar, each.channel, viewers.get(each.channel), away)
        for each in channels
    }


def conversation(webinar: WebinarRecord, channel: str, now: datetime) -> Conversation:
    found = chat.channels.get(channel)
    assert found is not None
    return conversations(webinar, [found], now)[channel]


def _conversation(
    webinar: WebinarRecord, channel: str, viewer: RegistrationRecord | None, away: set[int]
) -> Conversation:
    here = viewer is not None and viewer.registration_id not in away
    shared = webinar.type == "live" or audience.is_shared(channel)
    title = _title(webinar, channel) if shared else viewer.name if viewer else gettext("Зритель")
    return Conversation(channel, title or gettext("Без имени"), shared, viewer, here)


def _title(webinar: WebinarRecord, channel: str) -> str:
    if webinar.type == "live":
        return gettext("Общий чат эфира")
    starts_at = audience.slot_start(webinar.webinar_id, channel)
    return gettext("Общий чат сеанса: %(when)s", when=moment(starts_at))
