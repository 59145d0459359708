"""A version of an AutoWebinar in memory: what was said and what is offered at each second."""

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from app.video_source import Source, VideoRefused, source_of


@dataclass(frozen=True, slots=True)
class Line:
    """A chat line with its second. `role`: `guest` or `team`; `source`: `broadcast`, `imported` or
    `typed`."""

    position: int
    at: int
    author: str
    role: str
    text: str
    source: str = "imported"
    mode: str = "chat"


PLACES = {
    "cta": "offer",
    "offer": "offer",
    "poll": "ask",
    "question": "ask",
    "note": "note",
    "handout": "handout",
}
"""Where in the room each kind is shown. A place holds one cue, but for hand-outs, which add up."""
ORDER = ("offer", "ask", "note", "handout")


@dataclass(frozen=True, slots=True)
class Cue:
    """Something shown from `show_at` until `hide_at` (None: to the end and after it).

    `link` of a call to action is None where the way leads to the person who invited the viewer.
    `key` is the same in every version that has the cue. The rest is as in `cues.CueDraft`.
    """

    cue_id: str
    show_at: int
    hide_at: int | None
    text: str
    link: str | None
    note: str
    kind: str = "cta"
    key: str = ""
    options: tuple[str, ...] = ()
    results_at: int | None = None
    minutes: int | None = None
    until: int | None = None

    def shows_at(self, second: int) -> bool:
        return self.show_at <= second and (self.hide_at is None or second < self.hide_at)

    @property
    def place(self) -> str:
        return PLACES[self.kind]

    @property
    def moments(self) -> tuple[int, ...]:
        """The seconds at which it changes what is on the screen."""
        known = (self.show_at, self.hide_at, self.results_at)
        return tuple(second for second in known if second is not None)


@dataclass(frozen=True, slots=True)
class Closing:
    """The author's own words on the closing screens; empty where the room's are to stand."""

    ended: str = ""
    next: str = ""
    choice: str = ""


@dataclass(frozen=True)
class Version:
    """Never changes once made; `lines` and `cues` are in the order of their seconds."""

    version_id: str
    webinar_id: str
    number: int
    video: str
    poster: str
    captions: str
    duration: int
    speaker_name: str
    speaker_role: str
    lines: tuple[Line, ...]
    cues: tuple[Cue, ...]
    closing: Closing = Closing()

    @cached_property
    def source(self) -> Source:
        """An address from before addresses were read is a file's."""
        try:
            return source_of(self.video)
        except VideoRefused:
            return Source("file", self.video)

    @cached_property
    def sources(self) -> Counter[str]:
        """How many lines there are of each source."""
        return Counter(line.source for line in self.lines)

    @cached_property
    def _seconds(self) -> list[int]:
        return [line.at for line in self.lines]

    @cached_property
    def _moments(self) -> list[int]:
        """Every second at which something changes."""
        return sorted({*self._seconds, *(moment for cue in self.cues for moment in cue.moments)})

    def lines_between(self, since: int, until: int) -> tuple[Line, ...]:
        """Lines after `since` up to and with `until`. From -1 for those from the first second."""
        first, last = bisect_right(self._seconds, since), bisect_right(self._seconds, until)
        return self.lines[first:last]

    def shown_at(self, second: int) -> tuple[Cue, ...]:
        """Everything that is on the screen at that second, in the order of the places.

        The one function of (version, second) that the room, a preview and the tests share. Of
        several cues of one place the later one takes it; hand-outs stand side by side.
        """
        taken: dict[str, Cue] = {}
        for cue in self.cues:
            if cue.shows_at(second):
                taken[cue.cue_id if cue.place == "handout" else cue.place] = cue
        return tuple(sorted(taken.values(), key=lambda cue: ORDER.index(cue.place)))

    def cta_at(self, second: int) -> Cue | None:
        """The one call to action, or offer, of that second."""
        return next((cue for cue in self.shown_at(second) if cue.place == "offer"), None)

    def cue(self, cue_id: str) -> Cue | None:
        return next((cue for cue in self.cues if cue.cue_id == cue_id), None)

    def next_moment(self, after: int) -> int | None:
        """The next second at which something changes."""
        place = bisect_right(self._moments, after)
        return self._moments[place] if place < len(self._moments) else None
