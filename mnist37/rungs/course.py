"""How a training went, read from its losses: whether it has learned anything, and whether it was steady.

The one home of both questions: a run's remark, the search for a learning rate and the pages ask here.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

AT_LEAST_DIGITS = 64
"""Losses are averaged over so many digits before they are compared: a single hard digit is no jump."""

SETTLED_FROM = 0.25
"""Long first steps may overshoot and come back; what counts is the rest of a run, from this share of its steps on."""

LEARNED = 0.9
"""A model has learned where its loss came below this share of the first one, which is that of a guess ..."""
BETTER_THAN_CHANCE = 0.6
"""... or where it gets more of the valid digits right than this."""

A_GUESS = math.log(2)
"""The logistic loss of a guess. Above it, a model that has learned is so sure where it is wrong that a guess were
better: its weights have run away. `mnist_loss` cannot show that, as it counts no digit for more than 1."""


@dataclass(frozen=True, slots=True)
class Course:
    """How a training went.

    Args:
        has_learned: whether it is better than a guess by now.
        is_steady: whether the loss stayed below that of a guess once it had settled, and the weights did not run away;
            True while too little is known.
        first: the loss of the first mini-batches, before anything was learned; nan without losses.
        low: the lowest loss since it settled, averaged over some mini-batches; nan without losses.
        high: the highest one, inf where it was no number.
        surprise: the logistic loss at the end; nan if not measured.
    """

    has_learned: bool
    is_steady: bool
    first: float = math.nan
    low: float = math.nan
    high: float = math.nan
    surprise: float = math.nan

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
            f"{self.surprise:.2g}; that of a guess is {A_GUESS:.2g}"
        )


def course_of(
    losses: ArrayLike,
    batch_size: int,
    valid_loss: float = math.nan,
    accuracy: float | None = None,
    surprise: float = math.nan,
) -> Course:
    """Return how a training went.

    Args:
        losses: of its mini-batches, `[steps]`; empty where nothing is trained.
        batch_size: digits in each of them.
        valid_loss: the last one; nan where there is none.
        accuracy: the last one on the valid digits, in [0, 1]; None where there is none.
        surprise: the logistic loss at its end; nan if not measured.
    """
    means = _means(np.asarray(losses, dtype=np.float64), batch_size)
    if not len(means):
        return Course(has_learned=accuracy is not None, is_steady=True)
    settled = means[math.ceil(SETTLED_FROM * len(means)) :]
    first, low, high = float(means[0]), _lowest(settled), _highest(settled)
    is_above_chance = accuracy is not None and accuracy > BETTER_THAN_CHANCE
    has_learned = is_above_chance or valid_loss < LEARNED * first
    has_run_away = has_learned and surprise > A_GUESS
    return Course(has_learned, not (high > first or has_run_away), first, low, high, surprise)


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
