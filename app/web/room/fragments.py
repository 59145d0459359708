"""Parts of a room that come and go: lines, the polling element.

Rendered from the environment itself: `render_template` would ask who is signed in.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Response, current_app

from app import clock
from app.chat import Line, links
from app.chat.links import Piece
from app.web import countries

FURNITURE = "components/room"


@dataclass(frozen=True, slots=True)
class Message:
    """A line as the page shows it, whichever way it came.

    `source` says of a recorded line who brought it there; `role` introduces a viewer to the others; `by` is equal for lines of one viewer; `change`
    orders two versions of a line. `gone`: the page takes the line away.
    """

    message_id: str
    at: int
    origin: str
    author: str
    text: str
    team: bool = False
    role: str = ""
    country: str = ""
    by: str = ""
    quote: str = ""
    edited: bool = False
    change: int = 0
    gone: bool = False
    source: str = ""

    @property
    def pieces(self) -> list[Piece]:
        """The words; links are the team's alone."""
        return links.pieces(self.text) if self.team else [Piece(self.text)]


@dataclass(frozen=True, slots=True)
class Poll:
    """The polling element: where it asks, and when the timeline next has something to say.

    `since`: the second up to which the page has the timeline; `line`: the channel's last change
    that it has.
    """

    address: str
    line: int
    every: float
    since: int = 0
    next_in: int | None = None


def shared(body: str, status: int = 200) -> Response:
    """What all viewers are answered alike: whoever keeps it may give it to the others.

    nginx counts in whole seconds and would keep a second's answer for up to two: it is told to keep
    it until the present second is over.
    """
    response = Response(body, status)
    response.headers["Cache-Control"] = "public, max-age=1"
    response.headers["X-Accel-Expires"] = f"@{clock.unix(clock.now())}"
    return response


def written(lines: Iterable[Line]) -> list[Message]:
    """What people wrote, as a page shows it for the first time: without what was hidden."""
    return [_written(line) for line in lines if not line.hidden]


def changed(lines: Iterable[Line]) -> list[Message]:
    """What came or changed since the page last asked; what was hidden goes from it."""
    return [_written(line) for line in lines]


def _written(line: Line) -> Message:
    return Message(
        f"c{line.number}",
        line.at_sec,
        line.origin,
        line.author,
        line.text,
        team=line.origin == "team",
        role=line.role,
        country=countries.name_of(line.country) if line.country else "",
        by=line.by,
        quote=line.quote,
        edited=line.edited,
        change=line.change,
        gone=line.hidden,
    )


def part(name: str, *, folder: str = FURNITURE, **context: Any) -> str:
    """A fragment, with no context but its own."""
    return current_app.jinja_env.get_template(f"{folder}/{name}.html").render(context)
