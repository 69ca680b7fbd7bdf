"""What is said of a run that ends at 50 %, by runs that do so for a reason that is known."""

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from mnist37.data import Digits
from mnist37.evaluation import Score
from mnist37.events import Status
from mnist37.rungs import Guess, course_of, settings_for
from mnist37.train import train
from mnist37.train.remark import Ending, remark

TOO_HIGH, DATA, TOO_LITTLE, ONE_CLASS = "is too high", "labels or polarity", "too little", "hardly any digit but one"


def reason(digits: Digits, rung: str = "linear-scratch", **changes: float) -> str:
    outcome = train(settings_for(rung, **{"epochs": 3, **changes}), digits, lambda _event: None)
    assert outcome.status is Status.FINISHED
    return outcome.reason


def first_cause(told: str) -> str:
    assert "no better than guessing. What may have led to it, the likeliest first: 1. " in told
    return told.split("1. ")[1].split("; 2. ", maxsplit=1)[0]


def lacking_sevens(digits: Digits) -> Digits:
    keep = np.concatenate([np.flatnonzero(digits.train_labels == 1), np.flatnonzero(digits.train_labels == 0)[:5]])
    return dataclasses.replace(digits, train_images=digits.train_images[keep], train_labels=digits.train_labels[keep])


def test_a_rate_that_throws_the_weights_off_comes_first(embedded: Digits) -> None:
    assert TOO_HIGH in first_cause(reason(embedded, "simple-net", lr=300, epochs=2))


def test_a_rate_that_moves_nothing_comes_first(embedded: Digits) -> None:
    told = first_cause(reason(embedded, "simple-net", lr=1e-6, epochs=1))
    assert TOO_LITTLE in told
    assert "a rate of 0.5" in told


def test_labels_that_are_the_other_way_round_come_first(embedded: Digits) -> None:
    swapped = dataclasses.replace(embedded, valid_labels=1 - embedded.valid_labels)
    told = reason(swapped)
    assert DATA in first_cause(told)
    assert TOO_HIGH not in told  # the loss fell: that cannot be it


def test_one_class_that_is_hardly_there_comes_first(embedded: Digits) -> None:
    told = first_cause(reason(lacking_sevens(embedded)))
    assert ONE_CLASS in told
    assert "in train here" in told


def test_nothing_is_said_of_a_run_that_learned_something(embedded: Digits) -> None:
    assert reason(embedded) == ""


@pytest.mark.parametrize("accuracy", [0.5, 0.56, 0.58])
def test_guessing_has_an_error(accuracy: float, embedded: Digits, few: Callable[[int], Digits]) -> None:
    """56 % of 200 digits may be a guess, 58 % is none; of 10 digits, 58 % is nothing yet."""
    for digits, is_guess in ((embedded, accuracy < 0.57), (few(10), True)):
        score = Score.of(accuracy, digits.n_valid)
        course = course_of([0.7] * 100, 64, score, Guess(digits.larger_share))
        told = remark(settings_for("linear-scratch"), digits, Ending(100, course, score, 0.7))
        assert told.startswith("But nothing was learned: ") is is_guess
        assert bool(told) is is_guess


def test_one_remark_is_made_of_a_run_that_was_unstable_and_learned_nothing(embedded: Digits) -> None:
    told = reason(embedded, "simple-net", lr=300, epochs=2)
    assert told.startswith("But nothing was learned: it ended at ")
    assert told.count("But ") == 1
    assert "unstable" not in told
