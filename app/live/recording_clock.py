"""The seconds of a recording against the moments of its broadcast. Pure."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

Pause = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class RecordingClock:
    """`start`: the second of the broadcast, from its start by the wall's clock, at which the recording
    begins; below zero where it began before. `seconds`: how long it is. A recording runs on through
    pauses; `left_out` are those that were cut from it, in order."""

    on_air_at: datetime
    start: int
    seconds: int
    left_out: tuple[Pause, ...] = ()

    def second(self, moment: datetime) -> int:
        """Below zero, or past the end, where it is not in the recording."""
        missing = sum((_overlap(each, moment) for each in self.left_out), timedelta())
        return math.floor((moment - self.on_air_at - missing).total_seconds()) - self.start

    def has(self, moment: datetime) -> bool:
        return 0 <= self.second(moment) <= self.seconds

    def moment(self, second: int) -> datetime:
        """The first one that is at that second."""
        found = self.on_air_at + timedelta(seconds=self.start + second)
        for since, until in self.left_out:
            if since < found:
                found += until - since
        return found

    @property
    def begins_at(self) -> datetime:
        return self.moment(0)

    @property
    def ends_at(self) -> datetime:
        """The first moment that is not in it any more."""
        return self.moment(self.seconds + 1)


def _overlap(pause: Pause, moment: datetime) -> timedelta:
    since, until = pause
    return max(timedelta(), min(moment, until) - since)
