"""The timeline's cues as the room shows them: to all who share a seat, and to one viewer.

What a cue is at a second comes from the version; an answer given, results and an offer's deadline
are added here.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from math import ceil

from app import clock
from app.autowebinar import Cue, Version, answers, deadlines
from app.core import RegistrationRecord


@dataclass(frozen=True, slots=True)
class Choice:
    """An option with its true votes."""

    text: str
    votes: int
    percent: int


@dataclass(frozen=True, slots=True)
class Shown:
    """`answer`: the viewer's own, in words. `choices`: results, where they may be seen now.
    `left`: seconds until the offer ends; `over`: it has ended."""

    cue: Cue
    answer: str | None = None
    choices: tuple[Choice, ...] | None = None
    ends_at: datetime | None = None
    left: int | None = None

    @property
    def over(self) -> bool:
        return self.left == 0

    @property
    def votes(self) -> int:
        return sum(choice.votes for choice in self.choices or ())


@dataclass(frozen=True, slots=True)
class Own:
    """What is one viewer's, by cue key: the answers given, and when offers end. `counted`: the
    votes of a poll by option."""

    given: Mapping[str, int | str]
    ends: Mapping[str, datetime]
    counted: Callable[[Cue], list[int]]


def shared(version: Version, cues: Iterable[Cue], second: int, now: datetime) -> list[Shown]:
    """For everybody at that second: knows no person and asks no database."""
    return [_shared(version, cue, second, now) for cue in cues]


def _shared(version: Version, cue: Cue, second: int, now: datetime) -> Shown:
    if cue.kind == "poll" and _results_are_due(cue, second):
        counts = answers.counts(version.webinar_id, cue)
        return Shown(cue, choices=_choices(cue, counts) if counts is not None else None)
    if cue.kind == "offer" and cue.until is not None:
        return _until(Shown(cue), clock.from_unix(cue.until), now)
    return Shown(cue)


def personal(
    registration: RegistrationRecord,
    version: Version,
    cues: Iterable[Cue],
    second: int,
    now: datetime,
) -> list[Shown]:
    """For one viewer: an offer that is shown for the first time begins to run here."""
    held = list(cues)
    given = answers.of(registration) if any(cue.place == "ask" for cue in held) else {}
    ends = deadlines.shown(registration, held, now)
    return composed(
        held, Own(given, ends, partial(answers.counted, version.webinar_id)), second, now
    )


def composed(cues: Iterable[Cue], own: Own, second: int, now: datetime) -> list[Shown]:
    """The cues as one viewer sees them: by these alone, whoever the viewer is."""
    return [_composed(cue, own, second, now) for cue in cues]


def _composed(cue: Cue, own: Own, second: int, now: datetime) -> Shown:
    given = own.given.get(cue.key)
    if cue.key in own.ends:
        return _until(Shown(cue), own.ends[cue.key], now)
    if cue.kind == "poll":
        seen = _results_are_due(cue, second) or (given is not None and cue.results_at is None)
        choices = _choices(cue, own.counted(cue)) if seen else None
        return Shown(cue, answer=_in_words(cue, given), choices=choices)
    return Shown(cue, answer=_in_words(cue, given) if cue.kind == "question" else None)


def _results_are_due(cue: Cue, second: int) -> bool:
    return cue.results_at is not None and second >= cue.results_at


def _in_words(cue: Cue, given: int | str | None) -> str | None:
    """The option as this version words it; options that are gone are a number alone."""
    if isinstance(given, int):
        return cue.options[given] if given < len(cue.options) else str(given + 1)
    return given


def _choices(cue: Cue, counts: list[int]) -> tuple[Choice, ...]:
    total = sum(counts)
    return tuple(
        Choice(text, votes, round(100 * votes / total) if total else 0)
        for text, votes in zip(cue.options, counts, strict=True)
    )


def _until(shown: Shown, ends_at: datetime, now: datetime) -> Shown:
    left = max(0, ceil((ends_at - now).total_seconds()))
    return replace(shown, ends_at=ends_at, left=left)


def to_tell(shown: Iterable[Shown]) -> list[Shown]:
    """Those of which a beat brings the viewer news: what is answered, what is counted, what runs."""
    return [
        each
        for each in shown
        if each.answer is not None
        or each.choices is not None
        or (each.left is not None and each.cue.until is None)
    ]
