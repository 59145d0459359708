"""When a webinar may be watched: the options that an author offers, any mix of them.

Times are those of a clock on the wall: of a fixed zone, or of the viewer's own where `zone` is
empty. What such a time means when clocks are put forward or back, `clock.local_to_utc` says.
"""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from app import clock
from app.autowebinar.errors import ScheduleInvalid

VIEWERS_OWN = ""
A_WEEK = 7
MOST_TIMES = 24
MOST_FIXED = 100
MOST_RECURRENCES = 10
MOST_LEFT_OUT = 200
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
"""Nearer the ends of the calendar another zone's day may be none at all."""


def _known(name: str) -> str:
    if name != VIEWERS_OWN and not clock.is_zone(name):
        raise ValueError("no such time zone")
    return name


def _whole_minutes(value: Any) -> Any:
    if value.second or value.microsecond or value.tzinfo is not None:
        raise ValueError("whole minutes of a clock on the wall")
    return value


def _in_our_time(value: datetime) -> datetime:
    if not FIRST_DAY <= value.date() <= LAST_DAY:
        raise ValueError("a day of this century")
    return value


def _in_order(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(sorted(set(values)))


Zone = Annotated[str, AfterValidator(_known)]
Hour = Annotated[time, AfterValidator(_whole_minutes)]
Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]
Local = Annotated[datetime, AfterValidator(_whole_minutes), AfterValidator(_in_our_time)]
Weekday = Annotated[int, Field(ge=0, lt=A_WEEK)]


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Hours(_Rule):
    """From `opens` until `closes`, which is left out; over midnight where it is the smaller one."""

    opens: Hour
    closes: Hour

    @model_validator(mode="after")
    def _some_time(self) -> Self:
        if self.opens == self.closes:
            raise ValueError("hours must open and close at different times")
        return self

    def are_open(self, at: time) -> bool:
        if self.opens < self.closes:
            return self.opens <= at < self.closes
        return at >= self.opens or at < self.closes


class JustInTime(_Rule):
    """The next quarter, half or full hour of the clock, within the hours of operation."""

    minutes: Literal[15, 30, 60]
    hours: Hours | None = None
    zone: Zone = VIEWERS_OWN


class Fixed(_Rule):
    """A day and an hour of its own."""

    at: Local
    zone: Zone = VIEWERS_OWN


class Recurrence(_Rule):
    """Several times a day, on some days of each week or of every second one.

    `weekdays`: 0 is Monday. `begins` and `until` are the first and the last day; of every second
    week the first is that of `begins`.
    """

    weekdays: Annotated[tuple[Weekday, ...], Field(min_length=1), AfterValidator(_in_order)]
    times: Annotated[
        tuple[Hour, ...], Field(min_length=1, max_length=MOST_TIMES), AfterValidator(_in_order)
    ]
    every_weeks: Literal[1, 2] = 1
    begins: Day | None = None
    until: Day | None = None
    zone: Zone = VIEWERS_OWN

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.every_weeks > 1 and self.begins is None:
            raise ValueError("every second week needs the day it begins")
        if self.begins and self.until and self.until < self.begins:
            raise ValueError("ends before it begins")
        return self


class Rules(_Rule):
    """All that a webinar offers. `left_out`: days without sessions, by each rule's own calendar.

    `recording_days`: «watch the recording» is offered, for so many days after sign-up.
    `late_minutes`: how long after its start one may still come into a session; None: to its end.
    """

    at_once: bool = False
    just_in_time: JustInTime | None = None
    fixed: Annotated[tuple[Fixed, ...], Field(max_length=MOST_FIXED)] = ()
    recurring: Annotated[tuple[Recurrence, ...], Field(max_length=MOST_RECURRENCES)] = ()
    left_out: Annotated[
        tuple[Day, ...], Field(max_length=MOST_LEFT_OUT), AfterValidator(_in_order)
    ] = ()
    recording_days: Annotated[int, Field(ge=1, le=365)] | None = None
    late_minutes: Annotated[int, Field(ge=0, le=1440)] | None = None

    @model_validator(mode="after")
    def _offers_something(self) -> Self:
        if not (self.at_once or self.has_slots or self.recording_days):
            raise ValueError("nothing is offered")
        return self

    @property
    def has_slots(self) -> bool:
        """Whether there are sessions that begin at an hour of the clock."""
        return bool(self.just_in_time or self.fixed or self.recurring)


AT_ONCE = Rules(at_once=True)


def checked(values: dict[str, Any]) -> Rules:
    """Rules from plain values; ScheduleInvalid names the member that will not do."""
    try:
        return Rules.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ScheduleInvalid(where, str(first["msg"])) from None


def zone_of(rule: JustInTime | Fixed | Recurrence, viewer: ZoneInfo) -> ZoneInfo:
    return ZoneInfo(rule.zone) if rule.zone else viewer
