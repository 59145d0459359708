"""What an AutoWebinar's room adds to the furniture: recorded lines, and a poll that knows the
timeline."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import url_for

from app.autowebinar import Line as RecordedLine
from app.autowebinar import Version
from app.blueprints.autowebinar_delivery import seats
from app.chat import Line
from app.web.room import fragments
from app.web.room.fragments import Message, Poll

EVERY_SECONDS = 5
BEAT_SECONDS = 10
FOLDER = "autowebinar_delivery"


def messages(recorded: Iterable[RecordedLine], lines: Iterable[Line]) -> list[Message]:
    """News of both kinds in the order of their seconds; what was recorded before the rest."""
    found = [recorded_message(line) for line in recorded] + fragments.changed(lines)
    return sorted(found, key=lambda message: message.at)


def recorded_message(line: RecordedLine) -> Message:
    team = line.role == "team"
    return Message(
        f"r{line.position}", line.at, "recording", line.author, line.text, team, source=line.source
    )


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
    return Poll(address, line, EVERY_SECONDS, since, next_in)


def part(name: str, **context: Any) -> str:
    """A fragment of this room, with no context but its own."""
    return fragments.part(name, folder=FOLDER, **context)
