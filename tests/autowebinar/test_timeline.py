"""What a version says at each second."""

import pytest

from app.autowebinar import Cue, Line, Version


def cue(cue_id: str, show_at: int, hide_at: int | None = None) -> Cue:
    return Cue(cue_id, show_at, hide_at, "Получить", None, "")


VERSION = Version(
    version_id="av",
    webinar_id="wb",
    number=1,
    video="v.mp4",
    poster="",
    captions="",
    duration=100,
    speaker_name="",
    speaker_role="",
    lines=tuple(Line(n, at, "А", "guest", "т") for n, at in enumerate((0, 5, 5, 40, 99))),
    cues=(cue("first", 20, 30), cue("second", 25, 28), cue("last", 60)),
)


@pytest.mark.parametrize(
    ("since", "until", "positions"),
    [
        (-1, 0, [0]),
        (-1, 4, [0]),
        (0, 5, [1, 2]),
        (4, 5, [1, 2]),
        (5, 39, []),
        (5, 40, [3]),
        (-1, 100, [0, 1, 2, 3, 4]),
        (40, 40, []),
        (90, 20, []),
    ],
)
def test_lines_between_takes_the_end_and_not_the_beginning(
    since: int, until: int, positions: list[int]
) -> None:
    assert [line.position for line in VERSION.lines_between(since, until)] == positions


@pytest.mark.parametrize(
    ("second", "cue_id"),
    [
        (0, None),
        (19, None),
        (20, "first"),
        (25, "second"),
        (28, "first"),
        (30, None),
        (59, None),
        (60, "last"),
        (100, "last"),
    ],
)
def test_cta_at_is_the_latest_that_is_shown(second: int, cue_id: str | None) -> None:
    found = VERSION.cta_at(second)
    assert (found.cue_id if found else None) == cue_id


def test_next_moment_names_every_second_at_which_something_changes() -> None:
    moments, after = [], -1
    while (found := VERSION.next_moment(after)) is not None:
        moments.append(found)
        after = found
    assert moments == [0, 5, 20, 25, 28, 30, 40, 60, 99]
