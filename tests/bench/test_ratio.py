"""The statistics behind a benchmark's verdict."""

import random
from statistics import median

import pytest

from bench.ratio import Ratio, Verdict, interleaved, interval_rank, ratio_of


def pairs_of(ratios: list[float]) -> list[tuple[float, float]]:
    return [(10 * ratio, 10.0) for ratio in ratios]


def ratio_with(low: float, high: float) -> Ratio:
    return Ratio(median=(low + high) / 2, low=low, high=high, coverage=0.97, pairs=12)


@pytest.mark.parametrize(
    "count, rank, coverage",
    [
        (10, 2, 0.978515625),  # 1 - 2 * 11 / 1024
        (11, 2, 0.98828125),
        (12, 3, 0.961425781),
        (14, 3, 0.987060547),
        (15, 4, 0.964843750),
        (20, 6, 0.958610535),
        (25, 8, 0.956714749),
    ],
)
def test_interval_rank_is_the_table_of_the_exact_binomial_interval(
    count: int, rank: int, coverage: float
) -> None:
    found, covers = interval_rank(count)
    assert found == rank
    assert covers == pytest.approx(coverage, abs=1e-9)


def test_interval_rank_is_the_narrowest_that_suffices() -> None:
    for count in range(10, 60):
        rank, coverage = interval_rank(count)
        _, narrower = interval_rank(count, confidence=coverage)
        assert coverage >= 0.95
        assert narrower == coverage
        with_one_more, _ = interval_rank(count, confidence=0.5)
        assert with_one_more > rank


def test_interval_rank_refuses_too_few_values() -> None:
    with pytest.raises(ValueError):
        interval_rank(5)
    assert interval_rank(6) == (1, 0.96875)


def test_interval_holds_the_true_median_as_often_as_it_says() -> None:
    """Of a skewed distribution, whose mean lies far from its median."""
    dice = random.Random(20261123)
    trials, held = 4000, 0
    for _ in range(trials):
        found = ratio_of(pairs_of([dice.lognormvariate(0, 1.5) for _ in range(12)]))
        held += found.low <= 1 <= found.high
    assert held / trials == pytest.approx(found.coverage, abs=0.012)


def test_ratio_is_the_median_of_the_pairs_ratios() -> None:
    ratios = [1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 50.0]
    found = ratio_of(pairs_of(ratios))
    assert (found.low, found.median, found.high) == pytest.approx((1.1, 1.45, 1.8))
    assert found.coverage == pytest.approx(0.9785, abs=1e-4)
    assert found.pairs == 10


def test_ratio_pairs_what_was_measured_together() -> None:
    """The machine grew ten times slower half way: the ratios do not notice, the medians would."""
    pairs = [(2.0, 1.0)] * 6 + [(20.0, 10.0)] * 6
    found = ratio_of(pairs)
    assert (found.low, found.median, found.high) == (2.0, 2.0, 2.0)


def test_ratio_does_not_depend_on_the_order_of_the_pairs() -> None:
    ratios = [random.Random(7).uniform(0.5, 2) for _ in range(13)]
    assert ratio_of(pairs_of(ratios)) == ratio_of(pairs_of(ratios[::-1]))
    assert ratio_of(pairs_of(ratios)).median == pytest.approx(median(ratios))


def test_ratio_refuses_fewer_than_ten_pairs() -> None:
    with pytest.raises(ValueError, match="9 pairs"):
        ratio_of([(1.0, 1.0)] * 9)


@pytest.mark.parametrize("wrong", [(0.0, 1.0), (1.0, 0.0), (-1.0, 1.0)])
def test_ratio_refuses_a_measure_that_is_not_positive(wrong: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="not positive"):
        ratio_of([(1.0, 1.0)] * 10 + [wrong])


@pytest.mark.parametrize(
    "low, high, verdict",
    [
        (0.9, 1.1, Verdict.HELD),
        (0.9, 1.2, Verdict.HELD),
        (1.1, 1.3, Verdict.OPEN),
        (1.2, 1.3, Verdict.OPEN),
        (1.21, 1.3, Verdict.MISSED),
    ],
)
def test_verdict_misses_a_bound_only_where_the_whole_interval_is_beyond(
    low: float, high: float, verdict: Verdict
) -> None:
    assert ratio_with(low, high).verdict(1.2) is verdict


def test_verdict_without_a_bound_claims_nothing() -> None:
    assert ratio_with(5, 6).verdict(None) is Verdict.UNBOUNDED


def test_interleaved_pairs_keep_their_sides_and_take_turns_to_be_first() -> None:
    order: list[str] = []

    def measure(name: str) -> str:
        order.append(name)
        return name

    pairs = interleaved(lambda: measure("a"), lambda: measure("b"), 4)
    assert pairs == [("a", "b")] * 4
    assert order == ["a", "b", "b", "a", "a", "b", "b", "a"]
