"""What is steady and what has learned, on losses made up for it and on runs that are known for it."""

import numpy as np
import pytest

from mnist37.data import Digits
from mnist37.evaluation import Score
from mnist37.rungs import course_of, settings_for

from ..train.told import teach

GOOD = Score(4, 200)
FALLS = [0.7 * 0.9**step for step in range(60)]


def test_a_loss_that_falls_is_steady_and_has_learned() -> None:
    went = course_of(FALLS, 64, GOOD)
    assert went.is_good
    assert went.unsteady_words == ""


def test_a_jump_above_a_guess_is_not_steady_and_is_told() -> None:
    went = course_of([*FALLS, 9.0, 0.1], 64, GOOD)
    assert went.has_learned
    assert not went.is_steady
    assert "jumps between 0.0014 and 9; that of a guess is 0.7" in went.unsteady_words


def test_what_overshoots_at_first_and_comes_back_is_steady() -> None:
    assert course_of([0.7, 1.5, 0.9, *FALLS], 64, GOOD).is_steady


def test_one_hard_digit_is_no_jump() -> None:
    losses = [*([0.7] * 64), *([0.05] * 999), 5.0, *([0.05] * 999)]
    assert course_of(losses, 1, GOOD).is_steady
    assert not course_of(losses, 64, GOOD).is_steady


def test_what_stays_at_a_guess_has_not_learned() -> None:
    assert not course_of([0.7] * 60, 64, Score(100, 200)).has_learned
    assert course_of([], 64, Score(10, 200)).is_good  # nothing is trained
    assert not course_of([], 64).has_learned


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_a_loss_that_is_no_number_is_not_steady(number: float) -> None:
    assert not course_of([*FALLS, number], 64, GOOD).is_steady


def test_weights_that_ran_away_are_not_steady() -> None:
    went = course_of([0.5, *[0.02] * 50], 64, GOOD, surprise=1.4)
    assert not went.is_steady
    assert "run away" in went.unsteady_words


@pytest.mark.parametrize(
    ("rung", "changes", "is_good"),
    [
        ("linear-scratch", {}, True),
        ("linear-scratch", {"lr": 1.0}, True),
        ("linear-scratch", {"lr": 10.0}, False),
        ("linear-scratch", {"lr": 100.0}, False),
        ("linear-scratch", {"lr": 100.0, "loss": "mnist_loss"}, False),
        ("linear-scratch", {"lr": 1.0, "loss": "mnist_loss", "batch_size": 256}, True),
        ("simple-net", {}, True),
        ("simple-net", {"lr": 5.0}, False),
        ("simple-net", {"lr": 50.0}, False),
        ("simple-net", {"lr": 0.1, "loss": "mnist_loss", "batch_size": 256, "epochs": 40}, True),
    ],
)
def test_a_run_says_so_at_its_end(rung: str, changes: dict[str, object], is_good: bool, embedded: Digits) -> None:
    """Our settings and the chapter's are good; a chaotic run gets a remark, though most digits are told right."""
    reason = teach(settings_for(rung, **changes), embedded).outcome.reason
    assert (reason == "") == is_good
    if not is_good:
        assert ("A rate of 0.1 is steadier" if rung == "linear-scratch" else "A rate of 0.5 is steadier") in reason
