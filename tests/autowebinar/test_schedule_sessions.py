"""Sessions that rules make, at every edge where clocks and calendars are odd."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest

from app import clock
from app.autowebinar import Rules, schedule_sessions
from app.autowebinar.errors import ScheduleInvalid
from app.autowebinar.schedule_rules import checked

MOSCOW = ZoneInfo("Europe/Moscow")
BERLIN = ZoneInfo("Europe/Berlin")
OMSK = ZoneInfo("Asia/Omsk")
KATHMANDU = ZoneInfo("Asia/Kathmandu")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
KIRITIMATI = ZoneInfo("Pacific/Kiritimati")
NIUE = ZoneInfo("Pacific/Niue")
APIA = ZoneInfo("Pacific/Apia")
DAILY = [0, 1, 2, 3, 4, 5, 6]
# A Monday.
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def recurring(**rule: object) -> Rules:
    return checked({"recurring": [{"weekdays": DAILY, "times": ["19:00"]} | rule]})


def starts(rules: Rules, zone: ZoneInfo, now: datetime = NOW, count: int = 10) -> list[datetime]:
    return schedule_sessions.upcoming(rules, zone, now, count)


def local(rules: Rules, zone: ZoneInfo, now: datetime = NOW, count: int = 10) -> list[str]:
    return [f"{at.astimezone(zone):%d.%m %H:%M}" for at in starts(rules, zone, now, count)]


def test_daily_in_the_viewers_own_zone() -> None:
    rules = recurring()
    assert starts(rules, MOSCOW, count=2) == [utc(2026, 11, 23, 16), utc(2026, 11, 24, 16)]
    assert starts(rules, OMSK, count=2) == [utc(2026, 11, 23, 13), utc(2026, 11, 24, 13)]


def test_daily_in_a_fixed_zone_is_one_moment_for_everybody() -> None:
    rules = recurring(zone="Europe/Moscow")
    assert starts(rules, MOSCOW) == starts(rules, OMSK) == starts(rules, NIUE)


def test_several_times_a_day_in_their_order() -> None:
    rules = recurring(times=["19:00", "09:30", "14:15", "09:30"])
    assert local(rules, MOSCOW, count=4) == [
        "23.11 19:00",
        "24.11 09:30",
        "24.11 14:15",
        "24.11 19:00",
    ]


def test_sets_of_weekdays() -> None:
    assert local(recurring(weekdays=[1, 3]), MOSCOW, count=3) == [
        "24.11 19:00",
        "26.11 19:00",
        "01.12 19:00",
    ]


def test_a_session_that_begins_now_is_not_next() -> None:
    rules = recurring(zone="UTC", times=["12:00"])
    assert starts(rules, MOSCOW, count=1) == [NOW + timedelta(days=1)]


def test_every_second_week_is_counted_from_the_week_it_begins() -> None:
    rules = recurring(weekdays=[0, 4], every_weeks=2, begins="2026-11-19")
    assert local(rules, MOSCOW, utc(2026, 11, 10), 4) == [
        "20.11 19:00",
        "30.11 19:00",
        "04.12 19:00",
        "14.12 19:00",
    ]


def test_every_second_week_keeps_step_over_new_year_and_for_years() -> None:
    rules = recurring(weekdays=[2], every_weeks=2, begins="2024-01-03")
    weeks = {(at.date() - date(2024, 1, 3)).days % 14 for at in starts(rules, MOSCOW)}
    assert weeks == {0}


def test_from_and_until() -> None:
    rules = recurring(begins="2026-11-25", until="2026-11-26")
    assert local(rules, MOSCOW) == ["25.11 19:00", "26.11 19:00"]
    assert local(rules, MOSCOW, utc(2026, 11, 26, 17)) == []


def test_begins_in_months() -> None:
    assert local(recurring(begins="2027-06-01"), MOSCOW, count=1) == ["01.06 19:00"]


def test_dates_left_out_are_days_of_the_rules_own_calendar() -> None:
    """19:00 in Niue on the 24th is the 25th in Moscow: the 24th is what is left out."""
    rules = checked(
        {
            "recurring": [{"weekdays": DAILY, "times": ["19:00"], "zone": "Pacific/Niue"}],
            "fixed": [{"at": "2026-11-24T10:00", "zone": "Pacific/Niue"}],
            "left_out": ["2026-11-24"],
        }
    )
    days = [f"{at.astimezone(NIUE):%d.%m}" for at in starts(rules, MOSCOW, count=3)]
    assert days == ["23.11", "25.11", "26.11"]


def test_fixed_days_however_far() -> None:
    rules = checked(
        {
            "fixed": [
                {"at": "2029-01-01T10:00"},
                {"at": "2020-01-01T10:00"},
                {"at": "2026-12-01T10:00"},
            ]
        }
    )
    assert starts(rules, MOSCOW) == [utc(2026, 12, 1, 7), utc(2029, 1, 1, 7)]


def test_one_moment_from_two_rules_is_one_session() -> None:
    rules = checked(
        {
            "recurring": [
                {"weekdays": DAILY, "times": ["19:00"], "zone": "Europe/Moscow"},
                {"weekdays": DAILY, "times": ["22:00"], "zone": "Asia/Omsk"},
            ]
        }
    )
    assert local(rules, MOSCOW, count=2) == ["23.11 19:00", "24.11 19:00"]


# --- clocks that are put forward and back --------------------------------------------------------


def test_spring_gap_a_time_that_does_not_exist_is_an_hour_later_by_the_new_clock() -> None:
    rules = recurring(times=["02:30"])
    assert local(rules, BERLIN, utc(2026, 3, 28, 12), 2) == ["29.03 03:30", "30.03 02:30"]
    assert starts(rules, BERLIN, utc(2026, 3, 28, 12), 1) == [utc(2026, 3, 29, 1, 30)]


def test_spring_gap_does_not_disturb_the_order() -> None:
    """02:30 is what the clock shows as 03:30, so it comes after 03:00."""
    rules = recurring(times=["02:30", "03:00", "03:30"])
    assert local(rules, BERLIN, utc(2026, 3, 28, 12), 3) == [
        "29.03 03:00",
        "29.03 03:30",
        "30.03 02:30",
    ]


def test_autumn_fold_a_time_that_comes_twice_is_held_once_the_first_time() -> None:
    rules = recurring(times=["02:30"])
    found = starts(rules, BERLIN, utc(2026, 10, 24, 12), 2)
    assert found == [utc(2026, 10, 25, 0, 30), utc(2026, 10, 26, 1, 30)]


def test_evening_stays_at_its_hour_when_clocks_change() -> None:
    assert local(recurring(), BERLIN, utc(2026, 10, 24, 12), 3) == [
        "24.10 19:00",
        "25.10 19:00",
        "26.10 19:00",
    ]


def test_lord_howe_half_an_hour_gap() -> None:
    """On 4 October 2026 the clock goes from 02:00 to 02:30."""
    rules = recurring(times=["02:15"])
    assert local(rules, LORD_HOWE, utc(2026, 10, 3, 2), 2) == ["04.10 02:45", "05.10 02:15"]


def test_lord_howe_half_an_hour_fold() -> None:
    """On 5 April 2026 the clock goes from 02:00 back to 01:30: 01:45 comes twice."""
    (first,) = starts(recurring(times=["01:45"]), LORD_HOWE, utc(2026, 4, 4, 12), 1)
    assert first == utc(2026, 4, 4, 14, 45)
    assert first.astimezone(LORD_HOWE).utcoffset() == timedelta(hours=11)


@pytest.mark.parametrize("zone", [KIRITIMATI, NIUE, KATHMANDU, MOSCOW])
def test_both_sides_of_the_date_line_have_their_own_evening(zone: ZoneInfo) -> None:
    found = starts(recurring(), zone, count=3)
    assert [at.astimezone(zone).time() for at in found] == [time(19)] * 3
    assert [b - a for a, b in pairwise(found)] == [timedelta(days=1)] * 2
    assert timedelta() < found[0] - NOW <= timedelta(days=1)


def test_a_day_that_a_zone_skipped_is_not_held_twice() -> None:
    """Samoa had no 30 December 2011."""
    rules = recurring(begins="2011-12-01")
    assert local(rules, APIA, datetime(2011, 12, 29, 0, tzinfo=UTC), 3) == [
        "28.12 19:00",
        "29.12 19:00",
        "31.12 19:00",
    ]


def test_every_start_is_what_the_clock_on_the_wall_shows() -> None:
    """For a year, in zones of every kind, each day has its one session."""
    for zone in (BERLIN, LORD_HOWE, KATHMANDU, KIRITIMATI):
        found = schedule_sessions.scheduled(recurring(), zone, NOW, NOW + timedelta(days=365))
        days = [at.astimezone(zone).date() for at in found]
        assert len(days) == len(set(days)) == 365


# --- just in time --------------------------------------------------------------------------------


def just_in_time(**rule: object) -> Rules:
    return checked({"just_in_time": {"minutes": 15} | rule})


@pytest.mark.parametrize(
    ("minutes", "now", "first"),
    [
        (15, utc(2026, 11, 23, 12, 3), utc(2026, 11, 23, 12, 15)),
        (15, utc(2026, 11, 23, 12, 14), utc(2026, 11, 23, 12, 15)),
        (15, utc(2026, 11, 23, 12, 14, 1), utc(2026, 11, 23, 12, 30)),
        (15, utc(2026, 11, 23, 12, 15), utc(2026, 11, 23, 12, 30)),
        (30, utc(2026, 11, 23, 12, 3), utc(2026, 11, 23, 12, 30)),
        (60, utc(2026, 11, 23, 12, 3), utc(2026, 11, 23, 13, 0)),
        (60, utc(2026, 11, 23, 23, 3), utc(2026, 11, 24, 0, 0)),
    ],
)
def test_just_in_time_is_the_next_of_the_clock(
    minutes: int, now: datetime, first: datetime
) -> None:
    assert starts(just_in_time(minutes=minutes), MOSCOW, now) == [first]


def test_just_in_time_is_round_on_the_viewers_own_clock() -> None:
    """Kathmandu is 5:45 ahead: its full hour is a quarter past of ours."""
    (first,) = starts(just_in_time(minutes=60), KATHMANDU)
    assert first == utc(2026, 11, 23, 12, 15)
    assert first.astimezone(KATHMANDU).minute == 0


def test_just_in_time_in_a_fixed_zone_is_round_there() -> None:
    rules = just_in_time(minutes=60, zone="Asia/Kathmandu")
    assert starts(rules, MOSCOW) == [utc(2026, 11, 23, 12, 15)]


def test_hours_of_operation() -> None:
    rules = just_in_time(hours={"opens": "09:00", "closes": "21:00"})
    assert local(rules, MOSCOW, utc(2026, 11, 23, 5, 50)) == ["23.11 09:00"]
    assert local(rules, MOSCOW, utc(2026, 11, 23, 17, 40)) == ["23.11 20:45"]
    assert local(rules, MOSCOW, utc(2026, 11, 23, 17, 50)) == []
    assert local(rules, MOSCOW, utc(2026, 11, 23, 23)) == []


def test_hours_of_operation_over_midnight() -> None:
    rules = just_in_time(hours={"opens": "20:00", "closes": "02:00"})
    assert local(rules, MOSCOW, utc(2026, 11, 23, 20, 50)) == ["24.11 00:00"]
    assert local(rules, MOSCOW, utc(2026, 11, 23, 22, 50)) == []


def test_hours_are_those_of_the_viewer_unless_a_zone_is_fixed() -> None:
    hours = {"opens": "09:00", "closes": "18:00"}
    assert starts(just_in_time(hours=hours), OMSK) == []
    assert starts(just_in_time(hours=hours, zone="Europe/Moscow"), OMSK) != []


def test_no_just_in_time_on_a_day_left_out() -> None:
    rules = checked({"just_in_time": {"minutes": 15}, "left_out": ["2026-11-23"]})
    assert starts(rules, MOSCOW) == []


def test_preview_of_just_in_time_goes_on() -> None:
    rules = just_in_time(hours={"opens": "09:00", "closes": "15:30"})
    found = list(islice(schedule_sessions.just_in_time_starts(rules, MOSCOW, NOW), 3))
    assert [f"{at.astimezone(MOSCOW):%d.%m %H:%M}" for at in found] == [
        "23.11 15:15",
        "24.11 09:00",
        "24.11 09:15",
    ]


def test_mixed_options_come_in_order() -> None:
    rules = checked(
        {
            "at_once": True,
            "just_in_time": {"minutes": 15},
            "recurring": [{"weekdays": DAILY, "times": ["19:00"]}],
            "fixed": [{"at": "2026-11-23T18:00"}],
        }
    )
    assert local(rules, MOSCOW, count=3) == ["23.11 15:15", "23.11 18:00", "23.11 19:00"]


# --- what rules make -----------------------------------------------------------------------------


def makes(rules: Rules, at: datetime, zone: ZoneInfo = MOSCOW, now: datetime = NOW) -> bool:
    return schedule_sessions.makes(rules, zone, at, now)


def test_only_what_the_rules_make() -> None:
    rules = recurring()
    assert makes(rules, utc(2026, 11, 30, 16))
    assert not makes(rules, utc(2026, 11, 30, 16, 1))
    assert not makes(rules, utc(2026, 11, 30, 16), OMSK)


def test_just_in_time_is_made_for_who_is_near_alone() -> None:
    rules = just_in_time()
    assert makes(rules, utc(2026, 11, 23, 12, 15))
    assert not makes(rules, utc(2026, 11, 23, 13, 15))
    assert not makes(rules, utc(2026, 11, 23, 12, 10))


@pytest.mark.parametrize(
    ("values", "where"),
    [
        ({}, ""),
        ({"recurring": [{"weekdays": [], "times": ["19:00"]}]}, "recurring.0.weekdays"),
        ({"recurring": [{"weekdays": [7], "times": ["19:00"]}]}, "recurring.0.weekdays.0"),
        ({"recurring": [{"weekdays": [1], "times": []}]}, "recurring.0.times"),
        ({"recurring": [{"weekdays": [1], "times": ["25:00"]}]}, "recurring.0.times.0"),
        ({"recurring": [{"weekdays": [1], "times": ["19:00"], "every_weeks": 2}]}, "recurring.0"),
        (
            {"recurring": [{"weekdays": [1], "times": ["19:00"], "zone": "Mars"}]},
            "recurring.0.zone",
        ),
        ({"fixed": [{"at": "2026-11-23T18:00:00+03:00"}]}, "fixed.0.at"),
        ({"fixed": [{"at": "9999-12-31T23:59"}]}, "fixed.0.at"),
        ({"fixed": [{"at": "0001-01-01T00:00"}]}, "fixed.0.at"),
        ({"at_once": True, "left_out": ["9999-12-31"]}, "left_out.0"),
        (
            {"recurring": [{"weekdays": [1], "times": ["19:00"], "begins": "9999-12-31"}]},
            "recurring.0.begins",
        ),
        ({"just_in_time": {"minutes": 20}}, "just_in_time.minutes"),
        (
            {"just_in_time": {"minutes": 15, "hours": {"opens": "09:00", "closes": "09:00"}}},
            "just_in_time.hours",
        ),
        ({"at_once": True, "recording_days": 0}, "recording_days"),
        ({"at_once": True, "secret": 1}, "secret"),
    ],
)
def test_rules_that_cannot_be_kept_are_refused_by_member(values: dict, where: str) -> None:
    with pytest.raises(ScheduleInvalid) as refusal:
        checked(values)
    assert refusal.value.where == where


def test_a_zone_is_known_by_its_name_alone() -> None:
    assert clock.is_zone("Asia/Omsk")
    for name in ("", None, "Mars/Base", "../../etc/passwd", "asia/omsk", "Europe/Moscow\n"):
        assert not clock.is_zone(name)
