"""The broadcast's own seconds: how long it has been on air at a moment. Pure; pauses stand still."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Air:
    """When a broadcast went on air and off, and its pauses. All None: it has not begun."""

    on_air_at: datetime | None = None
    off_air_at: datetime | None = None
    paused_at: datetime | None = None
    paused_seconds: int = 0

    def second(self, now: datetime) -> int:
        """Whole seconds on air until `now`: 0 before the start, the whole length after the stop."""
        if self.on_air_at is None:
            return 0
        moments = [now, *(each for each in (self.paused_at, self.off_air_at) if each is not None)]
        passed = (min(moments) - self.on_air_at).total_seconds()
        return max(0, int(passed) - self.paused_seconds)

    @property
    def length(self) -> int:
        """Seconds on air of a broadcast that is over; 0 of one that is not."""
        return self.second(self.off_air_at) if self.off_air_at is not None else 0
