"""Errors with an interval, and whether two models differ: against published and hand-worked values."""

import math

import pytest

from mnist37.evaluation import Difference, Score, mcnemar, wilson


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [  # Newcombe 1998, Statistics in Medicine 17, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_published_intervals(count: int, n: int, low: float, high: float) -> None:
    assert wilson(count, n) == pytest.approx((low, high), abs=5e-5)
    assert wilson(n - count, n) == pytest.approx((1 - high, 1 - low), abs=5e-5)


def test_wilsons_bounds_are_those_at_which_the_score_test_turns() -> None:
    """Each bound p solves |share - p| = z sqrt(p (1 - p) / n)."""
    for count, n in ((3, 200), (100, 200), (13, 2038), (1, 2)):
        for p in wilson(count, n):
            assert abs(count / n - p) == pytest.approx(1.959964 * math.sqrt(p * (1 - p) / n), rel=1e-6)


@pytest.mark.parametrize(("count", "n"), [(0, 0), (-1, 5), (6, 5)])
def test_what_is_no_proportion_is_refused(count: int, n: int) -> None:
    with pytest.raises(ValueError, match=f"{count} of {n} is no proportion"):
        wilson(count, n)


@pytest.mark.parametrize(
    ("only_a", "only_b", "p"),
    [
        (0, 0, 1.0),
        (1, 0, 1.0),  # 2 * 1/2
        (0, 5, 2 / 32),
        (0, 6, 2 / 64),
        (1, 5, 2 * (1 + 6) / 64),
        (3, 5, 2 * (1 + 8 + 28 + 56) / 256),  # 0.7266
        (4, 4, 1.0),  # both tails overlap in the middle
        (12, 2, 2 * (1 + 14 + 91) / 2**14),
    ],
)
def test_mcnemar_gives_hand_worked_values(only_a: int, only_b: int, p: float) -> None:
    assert mcnemar(only_a, only_b) == pytest.approx(p, rel=1e-12)
    assert mcnemar(only_b, only_a) == mcnemar(only_a, only_b)


def test_mcnemar_takes_any_number_of_digits() -> None:
    assert 0 < mcnemar(500, 700) < 1e-8
    assert mcnemar(5000, 5000) == 1.0


def test_a_score_in_words() -> None:
    score = Score(3, 200)
    assert (str(score), score.interval_words) == ("3 wrong of 200", "95.7 to 99.5 %")
    assert score.accuracy == pytest.approx(0.985)
    assert str(Score(1019, 2038)) == "1,019 wrong of 2,038"
    assert Score(4, 2038).interval_words == "99.50 to 99.92 %"
    assert Score(0, 200).interval[1] == 1.0


def test_a_coin_is_not_above_half_and_a_model_is() -> None:
    assert not Score(100, 200).is_above(0.5)
    assert not Score(88, 200).is_above(0.5)  # 56 %: from 49 to 63 %
    assert Score(80, 200).is_above(0.5)
    assert not Score(2, 10).is_above(0.5)  # so few digits say nothing
    assert not Score(90, 100).is_above(0.9)


@pytest.mark.parametrize(
    ("only_a", "only_b", "words"),
    [
        (0, 0, "very same digits wrong"),
        (3, 5, "With 3 against 5 such digits, chance alone would often do that (p = 0.73): too few digits to tell"),
        (5, 0, "chance alone would now and then do that (p = 0.06): too few digits to tell them apart."),
        (0, 6, "chance alone would seldom do that (p = 0.03): the difference is most likely real."),
        (12, 2, "seldom do that (p = 0.01): the difference is most likely real."),
        (1, 30, "chance alone would hardly ever do that (p < 0.001): the difference is real."),
    ],
)
def test_a_difference_in_words(only_a: int, only_b: int, words: str) -> None:
    assert words in Difference(only_a, only_b).words
