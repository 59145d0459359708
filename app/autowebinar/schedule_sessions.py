"""The sessions that rules make: pure functions of the rules, the viewer's zone and the time."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil.rrule import MO, WEEKLY, rrule

from app import clock
from app.autowebinar.schedule_rules import A_WEEK, JustInTime, Recurrence, Rules, zone_of

# Offsets of zones are whole quarters of an hour, so each quarter of UTC is one of any clock.
QUARTER = timedelta(minutes=15)
SHORTEST_WAIT = timedelta(minutes=1)
A_DAY = timedelta(days=1)
HORIZONS = (timedelta(days=8), timedelta(days=60), timedelta(days=400))
JUST_A_MOMENT = timedelta(microseconds=1)


def upcoming(
    rules: Rules, viewer: ZoneInfo, now: datetime, count: int, *, just_in_time: int = 1
) -> list[datetime]:
    """The next starts, at most `count` of them, each once, the earliest first. Of those that are
    just in time the next `just_in_time`. Days that recur are looked for within 400 days."""
    soon = list(islice(just_in_time_starts(rules, viewer, now), min(just_in_time, count)))
    later: list[datetime] = []
    for horizon in HORIZONS:
        later = scheduled(rules, viewer, now, now + horizon)
        if len(later) >= count:
            break
    far = [at for at in _fixed(rules, viewer) if at > now]
    return sorted({*soon, *later, *far})[:count]


def scheduled(rules: Rules, viewer: ZoneInfo, after: datetime, until: datetime) -> list[datetime]:
    """Fixed and recurring starts after `after`, up to and with `until`."""
    found = set(_fixed(rules, viewer))
    for rule in rules.recurring:
        found.update(_recurring(rule, rules, zone_of(rule, viewer), after, until))
    return sorted(at for at in found if after < at <= until)


def _fixed(rules: Rules, viewer: ZoneInfo) -> list[datetime]:
    return [
        clock.local_to_utc(rule.at, zone_of(rule, viewer))
        for rule in rules.fixed
        if rule.at.date() not in rules.left_out
    ]


def _recurring(
    rule: Recurrence, rules: Rules, where: ZoneInfo, after: datetime, until: datetime
) -> Iterator[datetime]:
    """A day more at either end: a clock that jumps may move a start past midnight."""
    first = after.astimezone(where).date() - A_DAY
    last = until.astimezone(where).date() + A_DAY
    for day in _days(rule, first, last):
        if day not in rules.left_out:
            for hour in rule.times:
                yield clock.local_to_utc(datetime.combine(day, hour), where)


def _days(rule: Recurrence, first: date, last: date) -> Iterator[date]:
    first = max(first, rule.begins or first)
    last = min(last, rule.until or last)
    start = _week_of(first, rule)
    found = rrule(
        WEEKLY,
        interval=rule.every_weeks,
        byweekday=rule.weekdays,
        dtstart=_midnight(start),
        until=_midnight(last),
        wkst=MO,
    )
    return (day.date() for day in found if day.date() >= first)


def _week_of(first: date, rule: Recurrence) -> date:
    """The Monday from which weeks are counted: in step with the week in which the rule begins."""
    anchor = rule.begins or first
    monday = anchor - timedelta(days=anchor.weekday())
    step = rule.every_weeks * A_WEEK
    return monday + timedelta(days=(first - monday).days // step * step)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def just_in_time_starts(rules: Rules, viewer: ZoneInfo, now: datetime) -> Iterator[datetime]:
    """Starts by the clock from a minute ahead on. None at all while the hours are closed."""
    rule = rules.just_in_time
    if rule is None:
        return
    first = _next_quarter(now + SHORTEST_WAIT)
    reach = timedelta(minutes=rule.minutes)
    grid = [at for at in _quarters(first, first + reach) if _on_the_clock(rule, viewer, at)]
    if not grid or not is_just_in_time(rules, viewer, grid[0]):
        return
    for at in _quarters(grid[0], grid[0] + A_WEEK * A_DAY):
        if is_just_in_time(rules, viewer, at):
            yield at


def is_just_in_time(rules: Rules, viewer: ZoneInfo, at: datetime) -> bool:
    """Whether the clock and the hours of operation allow this start, whenever that is."""
    rule = rules.just_in_time
    if rule is None or not _on_the_clock(rule, viewer, at):
        return False
    local = at.astimezone(zone_of(rule, viewer))
    is_open = rule.hours is None or rule.hours.are_open(local.time().replace(fold=0))
    return is_open and local.date() not in rules.left_out


def _on_the_clock(rule: JustInTime, viewer: ZoneInfo, at: datetime) -> bool:
    local = at.astimezone(zone_of(rule, viewer))
    return not (local.minute % rule.minutes or local.second or local.microsecond)


def _next_quarter(moment: datetime) -> datetime:
    past = (moment - datetime(1970, 1, 1, tzinfo=UTC)) % QUARTER
    return moment if not past else moment - past + QUARTER


def _quarters(first: datetime, until: datetime) -> Iterator[datetime]:
    at = first
    while at < until:
        yield at
        at += QUARTER


def makes(rules: Rules, viewer: ZoneInfo, at: datetime, now: datetime) -> bool:
    """Whether the rules make this very start; one just in time is made for those who are near."""
    if at in scheduled(rules, viewer, at - JUST_A_MOMENT, at):
        return True
    rule = rules.just_in_time
    if rule is None or at > now + SHORTEST_WAIT + timedelta(minutes=rule.minutes):
        return False
    return is_just_in_time(rules, viewer, at)
