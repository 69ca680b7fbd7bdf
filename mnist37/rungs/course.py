"""How a training went, read from its losses: whether it has learned anything, and whether it was steady.

The one home of both questions: a run's remark, the search for a learning rate and the pages ask here.
"""

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from mnist37.data import Digits
from mnist37.evaluation import Score

AT_LEAST_DIGITS = 64
"""Losses are averaged over so many digits before they are compared: a single hard digit is no jump."""

SETTLED_FROM = 0.25
"""Long first steps may overshoot and come back; what counts is the rest of a run, from this share of its steps on."""


@dataclass(frozen=True, slots=True)
class Guess:
    """What a model reaches that has learned nothing.

    Args:
        share: the accuracy of always predicting the most frequent digit, see `Digits.larger_share`.
        n_classes: how many digits there are to choose from.
    """

    share: float = 0.5
    n_classes: int = 2

    @classmethod
    def on(cls, digits: Digits) -> Self:
        """Return a guess on these digits."""
        return cls(digits.larger_share, len(digits.classes.digits))

    @property
    def surprise(self) -> float:
        """The logistic loss of a guess.

        Above it, a model that has learned is so sure where it is wrong that a guess were better: its weights have run
        away. `mnist_loss` cannot show that, as it counts no digit for more than 1.
        """
        return math.log(self.n_classes)


A_GUESS = Guess()


@dataclass(frozen=True, slots=True)
class Course:
    """How a training went.

    Args:
        has_learned: whether it is better than a guess by now, see `has_learned`.
        is_steady: whether the loss stayed below that of a guess once it had settled, and the weights did not run away;
            True while too little is known.
        first: the loss of the first mini-batches, before anything was learned; nan without losses.
        low: the lowest loss since it settled, averaged over some mini-batches; nan without losses.
        high: the highest one, inf where it was no number.
        peak: the highest one of all, before it settled, too; as above.
        surprise: the logistic loss at the end; nan if not measured.
        surprise_of_guess: that of a guess.
    """

    has_learned: bool
    is_steady: bool
    first: float = math.nan
    low: float = math.nan
    high: float = math.nan
    peak: float = math.nan
    surprise: float = math.nan
    surprise_of_guess: float = A_GUESS.surprise

    @property
    def is_good(self) -> bool:
        """Whether it has learned and was steady."""
        return self.has_learned and self.is_steady

    @property
    def unsteady_words(self) -> str:
        """Return what is not steady, as a part of a sentence; empty where all is."""
        if self.is_steady:
            return ""
        if self.high > self.first:
            return f"the loss jumps between {self.low:.2g} and {self.high:.2g}; that of a guess is {self.first:.2g}"
        return (
            f"the weights have run away, so that each wrong answer is a very sure one: the logistic loss is "
            f"{self.surprise:.2g}; that of a guess is {self.surprise_of_guess:.2g}"
        )


def has_learned(score: Score | None, guess: float) -> bool:
    """Return whether a model is measurably better than always naming the same digit.

    Args:
        score: on the valid digits; None where it is not known.
        guess: the share of the more frequent digit among them, see `Digits.larger_share`.
    """
    return score is not None and score.is_above(guess)


def course_of(
    losses: ArrayLike, batch_size: int, score: Score | None = None, guess: Guess = A_GUESS, surprise: float = math.nan
) -> Course:
    """Return how a training went.

    Args:
        losses: of its mini-batches, `[steps]`; empty where nothing is trained.
        batch_size: digits in each of them.
        score: the last one on the valid digits; None where there is none.
        guess: what is reached on them without having learned anything.
        surprise: the logistic loss at its end; nan if not measured.
    """
    means = _means(np.asarray(losses, dtype=np.float64), batch_size)
    learned = has_learned(score, guess.share)
    if not len(means):
        return Course(learned, is_steady=True)
    settled = means[math.ceil(SETTLED_FROM * len(means)) :]
    first, low, high = float(means[0]), _lowest(settled), _highest(settled)
    is_steady = not (high > first or (learned and surprise > guess.surprise))
    return Course(learned, is_steady, first, low, high, _highest(means), surprise, guess.surprise)


def _means(losses: np.ndarray, batch_size: int) -> np.ndarray:
    """Return the mean of each stretch of at least `AT_LEAST_DIGITS` digits, float64 `[n]`."""
    together = math.ceil(AT_LEAST_DIGITS / batch_size)
    whole = losses[: len(losses) // together * together]
    means: np.ndarray = whole.reshape(-1, together).mean(1)
    return means


def _lowest(values: np.ndarray) -> float:
    finite = values[np.isfinite(values)]
    return float(finite.min()) if len(finite) else math.nan


def _highest(values: np.ndarray) -> float:
    return math.nan if not len(values) else float(np.nan_to_num(values, nan=math.inf).max())
