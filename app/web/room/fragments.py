"""Parts of a room that come and go: lines, the polling element.

Rendered from the environment itself: `render_template` would ask who is signed in.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import current_app, request

from app.chat import Line

FURNITURE = "components/room"
LARGEST = 10**9


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
    line: int
    every: int
    since: int = 0
    next_in: int | None = None


def written(lines: Iterable[Line]) -> list[Message]:
    """What people wrote, but what was hidden since."""
    return [_written(line) for line in lines if not line.hidden]


def _written(line: Line) -> Message:
    team = line.origin == "team"
    return Message(f"c{line.number}", line.at_sec, line.origin, line.author, line.text, team)


def part(name: str, *, folder: str = FURNITURE, **context: Any) -> str:
    """A fragment, with no context but its own."""
    return current_app.jinja_env.get_template(f"{folder}/{name}.html").render(context)


def asked(name: str) -> int:
    """A whole number in the query of a poll; 0 for anything else."""
    return number(request.args.get(name, ""))


def number(value: str) -> int:
    return min(int(value), LARGEST) if value.isascii() and value.isdigit() else 0
