"""A ratio of two things measured in interleaved pairs, its interval, and the verdict on a bound."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import comb
from statistics import median
from typing import TypeVar

FEWEST_PAIRS = 10
CONFIDENCE = 0.95
T = TypeVar("T")


class Verdict(StrEnum):
    """A bound is missed only where the whole interval lies beyond it."""

    HELD = "held"
    OPEN = "open"
    MISSED = "missed"
    UNBOUNDED = "unbounded"


@dataclass(frozen=True, slots=True)
class Ratio:
    """The median of `pairs` ratios, and the interval that holds the true median with the
    probability `coverage`, whatever the distribution."""

    median: float
    low: float
    high: float
    coverage: float
    pairs: int

    def verdict(self, bound: float | None) -> Verdict:
        """On the claim that the ratio is at most `bound`."""
        if bound is None:
            return Verdict.UNBOUNDED
        if self.low > bound:
            return Verdict.MISSED
        return Verdict.HELD if self.high <= bound else Verdict.OPEN


def ratio_of(pairs: Sequence[tuple[float, float]]) -> Ratio:
    """Of (ours, against) pairs. ValueError for fewer than ten, or a measure that is not positive."""
    if len(pairs) < FEWEST_PAIRS:
        raise ValueError(f"{len(pairs)} pairs are too few, at least {FEWEST_PAIRS} are needed")
    if any(ours <= 0 or against <= 0 for ours, against in pairs):
        raise ValueError("a measure that is not positive has no ratio")
    ratios = sorted(ours / against for ours, against in pairs)
    rank, coverage = interval_rank(len(ratios))
    return Ratio(median(ratios), ratios[rank - 1], ratios[-rank], coverage, len(ratios))


def interval_rank(count: int, confidence: float = CONFIDENCE) -> tuple[int, float]:
    """(k, coverage) of the narrowest interval from the k-th smallest to the k-th largest of
    `count` values that holds the median with at least `confidence`.

    The median is below the k-th smallest only when fewer than k values fell under it, and each
    does so with probability one half: the tails are exactly binomial.
    """
    rank, coverage = 0, 0.0
    while (next_coverage := 1 - 2 * _lower_tail(count, rank)) >= confidence:
        rank, coverage = rank + 1, next_coverage
    if rank == 0:
        raise ValueError(f"{count} values cannot give an interval of {confidence:.0%}")
    return rank, coverage


def _lower_tail(count: int, most: int) -> float:
    """The probability that of `count` fair coins at most `most` show heads."""
    return sum(comb(count, heads) for heads in range(most + 1)) / 2**count


def interleaved(ours: Callable[[], T], against: Callable[[], T], pairs: int) -> list[tuple[T, T]]:
    """Measure both by turns, each first in every other pair: drift of the machine cancels out."""
    measured = []
    for number in range(pairs):
        if number % 2:
            second = against()
            measured.append((ours(), second))
        else:
            first = ours()
            measured.append((first, against()))
    return measured
