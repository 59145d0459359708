"""The table that a run prints."""

from bench.ratio import Ratio, Verdict
from bench.table import Row, drawn, milliseconds


def count(kept: int) -> Row:
    return Row.of_count("crowd", kept=kept, sent=200, rounds=3, generator="1 мс")


def test_count_is_held_only_where_none_is_lost_or_doubled() -> None:
    verdicts = [count(kept).verdict for kept in (199, 200, 201)]
    assert verdicts == [Verdict.MISSED, Verdict.HELD, Verdict.MISSED]


def test_drawn_table_has_the_interval_beside_its_ratio() -> None:
    ratio = Ratio(median=1.456, low=1.2, high=1.6, coverage=0.9614, pairs=12)
    row = Row.of_ratio(
        "poll", ours="2 мс", against="1 мс", ratio=ratio, bound=3.0, generator="0 мс"
    )
    heading, rule, line = drawn([row]).splitlines()
    assert [cell.strip() for cell in line.strip("|").split("|")] == [
        "poll",
        "2 мс",
        "1 мс",
        "1,46",
        "[1,20; 1,60] 96,1 %",
        "12",
        "≤ 3,0",
        "держится",
        "",
        "0 мс",
    ]
    assert len(heading) == len(rule) == len(line)


def test_milliseconds_hold_three_figures() -> None:
    assert [milliseconds(each) for each in (0.000345, 0.0123, 0.643)] == [
        "0,34 мс",
        "12,3 мс",
        "643 мс",
    ]


def test_what_could_not_be_measured_has_not_held() -> None:
    row = Row.of_failure("send: не измерено", "TimeoutError: not within\n60 s | SELECT")
    assert row.verdict is Verdict.MISSED
    assert len(drawn([row]).splitlines()) == 3
    assert "not within 60 s / SELECT" in drawn([row])
