"""The parts of the room that come and go: lines, the call to action, the polling element.

Rendered from the environment itself: `render_template` would ask who is signed in.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app, url_for

from app.autowebinar import Line as RecordedLine
from app.autowebinar import Version
from app.blueprints.autowebinar_delivery import seats
from app.chat import Line

EVERY_SECONDS = 5
BEAT_SECONDS = 10
FOLDER = "autowebinar_delivery"


@dataclass(frozen=True, slots=True)
class Message:
    """A line as the page shows it, whichever way it came."""

    message_id: str
    at: int
    origin: str
    author: str
    text: str
    team: bool = False


@dataclass(frozen=True, slots=True)
class Poll:
    """The polling element: where it asks, and when the timeline next has something to say.

    `since`: the second up to which the page has the timeline; `line`: the last chat number.
    """

    address: str
    since: int
    line: int
    every: int
    next_in: int | None


def messages(recorded: Iterable[RecordedLine], lines: Iterable[Line]) -> list[Message]:
    """Both kinds in the order of their seconds; what a viewer wrote after what was recorded."""
    found = [_recorded(line) for line in recorded]
    found += [_written(line) for line in lines if not line.hidden]
    return sorted(found, key=lambda message: message.at)


def _recorded(line: RecordedLine) -> Message:
    team = line.role == "team"
    return Message(f"r{line.position}", line.at, "recording", line.author, line.text, team)


def _written(line: Line) -> Message:
    team = line.origin == "team"
    return Message(f"c{line.number}", line.at_sec, line.origin, line.author, line.text, team)


def poll_of(
    slug: str,
    version: Version,
    started_at: datetime,
    channel: str,
    locale: str,
    *,
    second: int,
    since: int,
    line: int,
) -> Poll:
    token = seats.sign_seat(version.version_id, started_at, channel, locale)
    return next_poll(slug, token, version, second=second, since=since, line=line)


def next_poll(
    slug: str, token: str, version: Version, *, second: int, since: int, line: int
) -> Poll:
    address = url_for(f"{FOLDER}.poll", slug=slug, token=token, since=since, line=line)
    moment = version.next_moment(since)
    next_in = None if moment is None else max(1, moment - second)
    return Poll(address, since, line, EVERY_SECONDS, next_in)


def part(name: str, **context: Any) -> str:
    """A fragment of the room, with no context but its own."""
    return current_app.jinja_env.get_template(f"{FOLDER}/{name}.html").render(context)
