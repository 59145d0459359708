"""A broadcast that tests run, with a clock of their own."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from app import clock, core, live
from app.core import RegistrationRecord, UserRecord, WebinarRecord
from tests.fixtures.application import Make

AT = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return AT + timedelta(seconds=seconds)


@dataclass(frozen=True)
class Studio:
    """What a speaker does, at seconds from the announced hour, as the studio does it."""

    webinar_id: str
    speaker: UserRecord
    clock: Any

    def _at(self, seconds: float) -> datetime:
        self.clock.move_to(at(seconds))
        return clock.now()

    def _ask(self, status: str) -> None:
        context = {
            "actor_id": self.speaker.user_id,
            "timestamp": clock.unix(clock.now()),
            "source": "studio",
        }
        payload = {"webinar_id": self.webinar_id, "status": status, "context": context}
        core.request(core.events.core_webinar_set_status, payload, raiser="studio")

    def start(self, seconds: float) -> None:
        now = self._at(seconds)
        with core.transaction():
            self._ask("start")
            live.broadcasts.started(self.webinar_id, now)

    def stop(self, seconds: float) -> None:
        now = self._at(seconds)
        with core.transaction():
            self._ask("stop")
            live.broadcasts.stopped(self.webinar_id, now)

    def pause(self, seconds: float) -> None:
        now = self._at(seconds)
        with core.transaction():
            core.webinar_states.pause(self.webinar_id, actor_id=self.speaker.user_id)
            live.broadcasts.paused(self.webinar_id, now)

    def resume(self, seconds: float) -> None:
        now = self._at(seconds)
        with core.transaction():
            core.webinar_states.resume(self.webinar_id, actor_id=self.speaker.user_id)
            live.broadcasts.resumed(self.webinar_id, now)

    def enter(self, viewer: RegistrationRecord, seconds: float) -> bool:
        now = self._at(seconds)
        with core.transaction():
            return live.presence.enter(viewer, self.air, now)

    def watch(self, viewer: RegistrationRecord, since: int, until: int, every: int = 10) -> None:
        """The page is open and gives signs of life."""
        for second in range(since, until + 1, every):
            live.presence.seen(viewer.session_id, self.air, self._at(second))

    @property
    def air(self) -> live.Air:
        return live.broadcasts.of(self.webinar_id).air


@pytest.fixture
def moment() -> Iterator[Any]:
    with time_machine.travel(at(-3600), tick=False) as traveller:
        yield traveller


@pytest.fixture
def webinar(make: Make, moment: Any) -> WebinarRecord:
    made = make.webinar("live", published=False, slug="on-air", title="Прямой разговор")
    live.broadcasts.of(made.webinar_id)
    return core.webinar_states.schedule(made.webinar_id, AT, actor_id=None)


@pytest.fixture
def studio(webinar: WebinarRecord, make: Make, moment: Any) -> Studio:
    return Studio(webinar.webinar_id, make.user("speaker"), moment)
