"""What of a broadcast falls into its recording: lines of the chat, the call to action. The rest is
counted, so that whoever makes something of it knows beforehand."""

from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from flask_babel import gettext

from app import chat, core, live
from app.autowebinar import webinar_file
from app.autowebinar.content import LONGEST_AUTHOR
from app.blueprints.studio.recording_kept import Recording
from app.chat import Line
from app.core import WebinarRecord, events
from app.live import Broadcast, RecordingClock

FIRST = 5


@dataclass(frozen=True, slots=True)
class Shown:
    """A stretch of the broadcast in which the call to action was shown, in the recording's seconds;
    `until` is None where it was not hidden again."""

    since: int
    until: int | None

    def is_in(self, seconds: int) -> bool:
        gone_before = self.until is not None and self.until <= max(0, self.since)
        return self.since < seconds and not gone_before


@dataclass(frozen=True, slots=True)
class Outcome:
    """`before`, `after`: lines that the recording has no second for. `cues`: seconds at which the call
    to action appears. `first`: what comes first, by its second; None stands for the call to action."""

    lines: int
    before: int
    after: int
    cues: list[int]
    cues_lost: int
    first: list[tuple[int, Line | None]]


def outcome(webinar: WebinarRecord, recording: Recording) -> Outcome:
    clock, channel = recording.clock, live.places.room_key(webinar.webinar_id)
    before, within, after = chat.stretches.counted(channel, clock.begins_at, clock.ends_at)
    shown = _shown(webinar, clock)
    inside = [max(0, each.since) for each in shown if each.is_in(clock.seconds)]
    return Outcome(
        lines=within,
        before=before,
        after=after,
        cues=inside,
        cues_lost=len(shown) - len(inside),
        first=_first(_within(channel, clock, FIRST), inside[:FIRST], clock),
    )


def _first(
    lines: list[Line], cues: list[int], clock: RecordingClock
) -> list[tuple[int, Line | None]]:
    written: list[tuple[int, Line | None]] = [
        (clock.second(line.created_at), line) for line in lines
    ]
    return sorted([*written, *((at, None) for at in cues)], key=itemgetter(0))


def _within(channel: str, clock: RecordingClock, limit: int) -> list[Line]:
    return chat.stretches.between(channel, clock.begins_at, clock.ends_at, limit=limit)


def lines(webinar: WebinarRecord, recording: Recording) -> Iterator[dict[str, Any]]:
    """What was written while the recording ran, and is not hidden."""
    clock, channel = recording.clock, live.places.room_key(webinar.webinar_id)
    for line in _within(channel, clock, webinar_file.MOST_LINES):
        role = "team" if line.origin == "team" else "guest"
        author = (line.author or gettext("Зритель"))[:LONGEST_AUTHOR].strip()
        at = clock.second(line.created_at)
        yield {
            "at": at,
            "author": author,
            "role": role,
            "text": line.text,
            "source": "broadcast",
        }


def _shown(webinar: WebinarRecord, clock: RecordingClock) -> list[Shown]:
    """From each time that the call to action was shown until it was hidden."""
    found: list[Shown] = []
    since: int | None = None
    pressed = core.timeline.of_webinar(
        webinar.webinar_id, events.core_webinar_cta_visibility_changed
    )
    for fact in pressed:
        second = clock.second(fact.occurred_at)
        if fact.payload["after"] == "shown":
            since = since if since is not None else second
        elif since is not None:
            found.append(Shown(since, second))
            since = None
    return [*found, Shown(since, None)] if since is not None else found


def cues(webinar: WebinarRecord, kept: Broadcast, recording: Recording) -> Iterator[dict[str, Any]]:
    for each in _shown(webinar, recording.clock):
        if each.is_in(recording.seconds):
            over = each.until is None or each.until >= recording.seconds
            yield {
                "kind": "cta",
                "show_at": max(0, each.since),
                "hide_at": None if over else each.until,
                "text": kept.cta_text or gettext("Обсудить с тем, кто пригласил"),
                "note": "",
                "link": kept.cta_link or None,
            }
