"""The demo's broadcasts: one that is over, with its recording, chat and people, and one to come.

What is over is told by the product's own doors, with the clock standing where it was then.
"""

import json
from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from app import chat, clock, core, live
from app import client_webinar_tracker as tracker
from app.core import RegistrationRecord, UserRecord, WebinarRecord

CONTENT = Path(__file__).with_name("broadcasts.json")
ZONE = "Europe/Moscow"
HOUR = time(19, 0)
A_DAY = timedelta(days=1)
SIGN_OF_LIFE = 30
"""Seconds between two of them, as pages give them; a longer silence than a minute is an absence."""

Place = Callable[[WebinarRecord], list[RegistrationRecord]]


def evening(now: datetime, days: int) -> datetime:
    """The demo's hour, that many days from today."""
    day = now.astimezone(ZoneInfo(ZONE)).date() + timedelta(days=days)
    return clock.local_to_utc(datetime.combine(day, HOUR), ZoneInfo(ZONE))


def seed(owner: UserRecord, speaker: UserRecord, recorded: dict[str, Any], places: Place) -> None:
    """`recorded`: the AutoWebinar's content, which is of the broadcast that is over; `places`:
    gives the demo's people theirs. Run again it adds nothing; a broadcast to come whose hour has
    passed moves to the next evening."""
    content = json.loads(CONTENT.read_text("utf-8"))
    if core.webinars.ever_at(content["past"]["slug"]) is None:
        _past(content["past"], owner, speaker, recorded, places)
    coming = core.webinars.ever_at(content["coming"]["slug"])
    if coming is None:
        _coming(content["coming"], owner, speaker, places)
    elif coming.status == "scheduled" and _is_past(coming):
        tomorrow = evening(clock.now(), 1)
        core.webinar_states.reschedule(coming.webinar_id, tomorrow, actor_id=owner.user_id)


def _is_past(webinar: WebinarRecord) -> bool:
    return webinar.scheduled_at is not None and webinar.scheduled_at < clock.now()


def _made(given: dict[str, Any], owner: UserRecord, speaker: UserRecord) -> WebinarRecord:
    made = core.webinars.create(
        type="live",
        slug=given["slug"],
        title=given["title"],
        description=given["description"],
        poster="demo/poster.webp",
        owner_id=owner.user_id,
        speaker_id=speaker.user_id,
    )
    live.broadcasts.set_up(
        made.webinar_id,
        planned_minutes=60,
        cta_text=given["cta_text"],
        speaker_name=speaker.name,
        speaker_role=given.get("speaker_role", ""),
    )
    return made


def _coming(given: dict[str, Any], owner: UserRecord, speaker: UserRecord, places: Place) -> None:
    made = _made(given, owner, speaker)
    at = evening(clock.now(), 1)
    places(core.webinar_states.schedule(made.webinar_id, at, actor_id=owner.user_id))


def _past(
    given: dict[str, Any],
    owner: UserRecord,
    speaker: UserRecord,
    recorded: dict[str, Any],
    places: Place,
) -> None:
    began = evening(clock.now(), -1)
    with clock.standing_at(began - A_DAY):
        made = _made(given, owner, speaker)
        webinar = core.webinar_states.schedule(made.webinar_id, began, actor_id=owner.user_id)
        people = places(webinar)
    story = _Story(webinar, speaker, began, recorded["duration_sec"])
    story.begin(people)
    poll = story.asks(given["poll"], people)
    story.is_told(recorded["lines"], given, people)
    story.end(poll, recorded["video"])


class _Story:
    """A broadcast that was, second by second."""

    def __init__(
        self, webinar: WebinarRecord, speaker: UserRecord, began: datetime, seconds: int
    ) -> None:
        self.webinar_id, self.speaker = webinar.webinar_id, speaker
        self.began, self.seconds = began, seconds
        self.channel = live.places.room_key(webinar.webinar_id)

    def at(self, second: int) -> datetime:
        return self.began + timedelta(seconds=second)

    def begin(self, people: list[RegistrationRecord]) -> None:
        """Everybody with a place but the last one comes."""
        with clock.standing_at(self.began):
            self._status("start")
            live.broadcasts.started(self.webinar_id, self.began)
            for viewer in people[:-1]:
                self._enters(viewer)
        for second in range(0, self.seconds + 1, SIGN_OF_LIFE):
            for viewer in people[:-1]:
                live.presence.seen(viewer.session_id, self._air(), self.at(second))

    def _air(self) -> live.Air:
        return live.broadcasts.of(self.webinar_id).air

    def _enters(self, viewer: RegistrationRecord) -> None:
        live.presence.enter(viewer, self._air(), self.began)
        context = {"lead_id": viewer.lead_id, "webinar_id": self.webinar_id}
        tracker.client_webinar_enter(context | {"session_id": viewer.session_id})

    def asks(self, given: dict[str, Any], people: list[RegistrationRecord]) -> int:
        with clock.standing_at(self.at(41)):
            poll = live.polls.open_poll(self.webinar_id, given["question"], given["options"])
            for viewer, choice in zip(people[:-1], given["choices"], strict=False):
                live.polls.vote(self.webinar_id, poll, viewer.registration_id, choice)
        return poll

    def is_told(
        self, lines: list[dict[str, Any]], given: dict[str, Any], people: list[RegistrationRecord]
    ) -> None:
        """The chat, the questions and the call to action, in the order in which they were."""
        shown, hidden = given["cta_seconds"]
        deeds: list[tuple[int, Callable[[], Any]]] = [
            *[(line["at"], partial(self._says, line)) for line in lines],
            (shown, partial(self._cta, visible=True)),
            (hidden, partial(self._cta, visible=False)),
        ]
        for number, words in enumerate(given["questions"]):
            deeds.append((120 + number, partial(self._asks, number, words, people)))
        for second, deed in sorted(deeds, key=lambda each: each[0]):
            with clock.standing_at(self.at(second)):
                deed()

    def _says(self, line: dict[str, Any]) -> None:
        team = line.get("role") == "team"
        chat.write(
            self.channel,
            line["text"],
            author=line["author"],
            at_sec=line["at"],
            origin="team" if team else "viewer",
            role="team" if team else "guest",
            webinar_id=self.webinar_id,
            shared=True,
            may_ask=False,
        )

    def _asks(self, number: int, words: str, people: list[RegistrationRecord]) -> None:
        """The first one was answered on air."""
        viewer = people[number % len(people)]
        key = f"demo:{number}"
        asked = live.questions.ask(viewer, words, at_sec=120 + number, form_key=key)
        live.questions.vote(self.webinar_id, asked, people[1 - number].registration_id)
        if number == 0:
            live.questions.mark(self.webinar_id, asked, answered=True)

    def _cta(self, *, visible: bool) -> None:
        asked = {"webinar_id": self.webinar_id, "visible": visible, "context": self._context()}
        core.request(core.events.core_webinar_set_cta_visibility, asked, raiser="studio")

    def _status(self, status: str) -> None:
        asked = {"webinar_id": self.webinar_id, "status": status, "context": self._context()}
        core.request(core.events.core_webinar_set_status, asked, raiser="studio")

    def _context(self) -> dict[str, Any]:
        moment = clock.unix(clock.now())
        return {"actor_id": self.speaker.user_id, "timestamp": moment, "source": "studio"}

    def end(self, poll: int, video: str) -> None:
        ended = self.at(self.seconds)
        with clock.standing_at(ended):
            live.polls.close(self.webinar_id, poll)
            self._status("stop")
            live.broadcasts.stopped(self.webinar_id, ended)
            live.broadcasts.choose_recording(self.webinar_id, video)
