"""A version of an AutoWebinar in memory: what was said and what is offered at each second."""

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Line:
    """A chat line of the original broadcast. `role`: `guest` or `team`."""

    position: int
    at: int
    author: str
    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Cue:
    """A call to action from `show_at` until `hide_at` (None: to the end and after it).

    `link` is None where the way leads to the person who invited the viewer.
    """

    cue_id: str
    show_at: int
    hide_at: int | None
    text: str
    link: str | None
    note: str

    def shows_at(self, second: int) -> bool:
        return self.show_at <= second and (self.hide_at is None or second < self.hide_at)


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

    @cached_property
    def _seconds(self) -> list[int]:
        return [line.at for line in self.lines]

    @cached_property
    def _moments(self) -> list[int]:
        """Every second at which something changes."""
        ends = [cue.hide_at for cue in self.cues if cue.hide_at is not None]
        return sorted({*self._seconds, *(cue.show_at for cue in self.cues), *ends})

    def lines_between(self, since: int, until: int) -> tuple[Line, ...]:
        """Lines after `since` up to and with `until`. From -1 for those from the first second."""
        first, last = bisect_right(self._seconds, since), bisect_right(self._seconds, until)
        return self.lines[first:last]

    def cta_at(self, second: int) -> Cue | None:
        """The one call to action of that second; a later one takes an earlier one's place."""
        return next((cue for cue in reversed(self.cues) if cue.shows_at(second)), None)

    def cue(self, cue_id: str) -> Cue | None:
        return next((cue for cue in self.cues if cue.cue_id == cue_id), None)

    def next_moment(self, after: int) -> int | None:
        """The next second at which something changes."""
        place = bisect_right(self._moments, after)
        return self._moments[place] if place < len(self._moments) else None
