"""Where the pitch of a Russian sentence goes, from its sounds and their stress.

The voice is cut from recordings of many sentences, so its own pitch jumps at every join and may
rise where a statement ends. This draws a plain contour in its place: a slow decline, a small
peak on each stressed vowel, a rise before a comma, a fall at the end.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

BASE_HERTZ = 132.0
DECLINE = 3.0  # semitones over the whole sentence
SHOULDER = 0.08  # seconds on each side of a stressed vowel in which its peak rises and falls
CLOSEST = 0.01  # seconds between two neighbouring points, at least

STRESSED_VOWELS = frozenset({"aa", "ee", "ii", "oo", "uu", "yy"})
SILENCE = "pau"


@dataclass(frozen=True)
class Sound:
    """One phoneme with its place in the recording, in seconds."""

    name: str
    start: float
    end: float


@dataclass(frozen=True)
class Point:
    """A pitch at a moment: `height` in semitones above the sentence's slow decline."""

    time: float
    height: float


def phrases(sounds: list[Sound]) -> list[list[Sound]]:
    """The stretches of speech between silences."""
    groups = groupby(sounds, key=lambda sound: sound.name == SILENCE)
    return [list(group) for silent, group in groups if not silent]


def contour(sounds: list[Sound], question: bool) -> list[tuple[float, float]]:
    """Pairs of (second, hertz) for one sentence, in order of time.

    A question with a question word or «ли», the only kind the script has, is asked by a high
    first accent and not by a rise at its end.
    """
    spoken = phrases(sounds)
    begin, end = spoken[0][0].start, spoken[-1][-1].end
    points: list[Point] = []
    for number, phrase in enumerate(spoken):
        first_peak = 5.0 if question and number == 0 else 3.0
        points += phrase_points(phrase, first_peak, last=number == len(spoken) - 1)
    slope = DECLINE / (end - begin)
    return [
        (point.time, BASE_HERTZ * 2 ** ((point.height - slope * (point.time - begin)) / 12))
        for point in well_spaced(points)
    ]


def phrase_points(phrase: list[Sound], first_peak: float, last: bool) -> Iterator[Point]:
    """The points of one phrase; `last` says that the sentence ends with it."""
    yield Point(phrase[0].start, 0.5)
    vowels = [sound for sound in phrase if sound.name in STRESSED_VOWELS]
    for number, vowel in enumerate(vowels[:-1]):
        yield from peak(vowel, first_peak if number == 0 else 2.0)
    if vowels:
        close = fall if last else rise
        yield from close(vowels[-1], phrase[-1].end)


def peak(vowel: Sound, height: float) -> Iterator[Point]:
    yield Point(vowel.start - SHOULDER, 0.0)
    yield Point((vowel.start + vowel.end) / 2, height)
    yield Point(vowel.end + SHOULDER, 0.0)


def fall(vowel: Sound, end: float) -> Iterator[Point]:
    yield Point(vowel.start, 1.5)
    yield Point(vowel.end, -2.5)
    yield Point(max(end, vowel.end + SHOULDER), -4.0)


def rise(vowel: Sound, end: float) -> Iterator[Point]:
    yield Point(vowel.start, 0.0)
    yield Point(vowel.end, 4.0)
    if end > vowel.end + SHOULDER:
        yield Point(vowel.end + SHOULDER, 2.0)
        yield Point(end, 1.5)


def well_spaced(points: list[Point]) -> Iterator[Point]:
    """Points in order of time, those dropped that stand too close behind another."""
    latest = float("-inf")
    for point in points:
        if point.time >= latest + CLOSEST:
            yield point
            latest = point.time


def write_pitch_tier(path: Path, points: list[tuple[float, float]], duration: float) -> None:
    """Writes `points` as Praat's PitchTier in its short text format."""
    head = ['File type = "ooTextFile"', 'Object class = "PitchTier"', "", "0"]
    rows = [f"{second:.4f}\n{hertz:.2f}" for second, hertz in points]
    path.write_text("\n".join([*head, f"{duration:.4f}", str(len(points)), *rows, ""]))
