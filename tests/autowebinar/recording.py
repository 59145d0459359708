"""An AutoWebinar that tests watch: a hundred seconds, four lines, one call to action."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import redis

from app import autowebinar, core
from app.autowebinar import Version, sessions
from app.autowebinar.sessions import Kept
from app.core import RegistrationRecord, WebinarRecord
from tests.fixtures.application import Make

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DURATION = 100
CTA_FROM = 60
CONTENT: dict[str, Any] = {
    "title": "Проверка",
    "slug": "check",
    "description": "",
    "speaker": {"name": "Андрей Соколов", "role": "Ведущий"},
    "video": "demo/webinar.mp4",
    "poster": "demo/poster.webp",
    "captions": "demo/captions.ru.vtt",
    "duration_sec": DURATION,
    "lines": [
        {"at": 0, "author": "Ирина", "text": "Начали", "source": "broadcast"},
        {"at": 5, "author": "Олег", "text": "Слышно хорошо", "source": "broadcast"},
        {
            "at": 5,
            "author": "Ольга",
            "text": "Отлично",
            "role": "team",
            "source": "broadcast",
        },
        {"at": 40, "author": "Тимур", "text": "<b>А если</b> & так?", "source": "broadcast"},
    ],
    "cues": [
        {"kind": "cta", "show_at": CTA_FROM, "hide_at": None, "text": "Получить разбор", "note": ""}
    ],
}


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def forget_redis(redis_url: str) -> None:
    redis.Redis.from_url(redis_url).flushall()


@dataclass(frozen=True)
class Watching:
    """One viewer of one recording, whose page and clock the test plays."""

    webinar: WebinarRecord
    version: Version
    registration: RegistrationRecord

    def enter(self, seconds: float) -> Kept:
        return sessions.keep(sessions.enter(self.registration, self.version, after(seconds)))

    def acknowledge(self, position: object, seconds: float) -> Kept:
        step = sessions.acknowledge(self.registration, self.version, str(position), after(seconds))
        return sessions.keep(step)

    def watch(self, since: int, until: int) -> None:
        """The page is open and acknowledges every ten seconds."""
        for second in range(since, until + 1, 10):
            self.acknowledge(second, second)

    def second(self, seconds: float) -> int:
        return sessions.place_of(self.registration, self.version, after(seconds)).seconds

    def meta(self) -> dict[str, Any]:
        scope = str(self.registration.registration_id)
        return dict(core.user_meta.read(self.registration.user_id, scope))

    def facts(self) -> list[str]:
        """Names of what was raised of this session, with the progress, in order."""
        found = [
            f"{each.name}:{each.payload['progress']}" if "progress" in each.payload else each.name
            for each in reversed(core.timeline.of_lead(self.registration.lead_id))
            if each.payload.get("session_id") == self.registration.session_id
        ]
        return [name for name in found if name.startswith("autowebinar_")]


def publish(make: Make, **changes: Any) -> tuple[WebinarRecord, Version]:
    webinar = make.webinar()
    version = autowebinar.create_version(webinar.webinar_id, CONTENT | changes)
    autowebinar.publish(webinar.webinar_id, version.version_id)
    return webinar, version


def watching(make: Make, **changes: Any) -> Watching:
    webinar, version = publish(make, **changes)
    return Watching(webinar, version, make.registration(webinar))
