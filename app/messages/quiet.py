"""Quiet hours: when nobody is written to, by the clock of the place where they are."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import current_app

from app import clock


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `begins` until `ends`, which is left out; over midnight where it is the smaller one."""

    begins: time
    ends: time

    def over_at(self, moment: datetime, where: ZoneInfo) -> datetime:
        """The moment itself, or the end of the quiet hours that it falls into."""
        local = moment.astimezone(where)
        now = local.time().replace(fold=0)
        if not self._hold(now):
            return moment
        over_midnight = self.ends <= self.begins and now >= self.begins
        day = local.date() + timedelta(days=1 if over_midnight else 0)
        return clock.local_to_utc(datetime.combine(day, self.ends), where)

    def _hold(self, at: time) -> bool:
        if self.begins < self.ends:
            return self.begins <= at < self.ends
        return at >= self.begins or at < self.ends


def hours() -> QuietHours | None:
    """Those of the settings; None where there are none."""
    bounds = current_app.config["SETTINGS"].quiet_hours_bounds
    return QuietHours(*bounds) if bounds else None


def over_at(moment: datetime, where: ZoneInfo) -> datetime:
    quiet = hours()
    return quiet.over_at(moment, where) if quiet else moment
