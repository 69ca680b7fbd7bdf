"""A run that ends no better than guessing, and what may have led to it, the likeliest cause first.

This module knows figures of a run and of its digits, and no model.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from mnist37.data import Digits
from mnist37.rungs import settings_for
from mnist37.settings import Settings

CHANCE_ERRORS = 2.0
"""Standard errors above the share of the larger class up to which an accuracy is called guessing."""

FELL = 0.8
"""A train loss below this share of the first one has fallen: something was learned."""

ROSE = 1.1
"""A train loss above so many times the first one has risen, and not by chance."""

BURST = 2.0
"""A batch's loss above so many times the first one is a burst."""

FAR = 10.0
"""A learning rate so many times above or below the model's own is far off."""

FEW_STEPS = 30
RARE = 0.05
"""A class with a smaller share than this counts as missing."""


@dataclass(frozen=True, slots=True)
class Course:
    """How a run's losses and accuracy went.

    Args:
        steps: mini-batches in all.
        first_loss: of the first mini-batch.
        peak_loss: the largest of all mini-batches.
        last_loss: the mean of the last epoch's mini-batches.
        accuracy: on the valid digits after the last epoch, in [0, 1].
    """

    steps: int
    first_loss: float
    peak_loss: float
    last_loss: float
    accuracy: float


def why_at_chance(settings: Settings, digits: Digits, course: Course) -> str:
    """Tell what may have kept a run at what guessing reaches.

    Args:
        settings: what the run ended with.
        digits: what it learned from.
        course: how it went.

    Returns:
        A few sentences for a learner; empty where the run is better than guessing.
    """
    if not course.steps or not digits.n_valid or not course.accuracy <= guessing(digits):
        return ""
    causes = [cause for cause in _causes(settings, digits, course) if cause[0] > 0]
    ranked = sorted(causes, key=lambda cause: -cause[0])
    told = "; ".join(f"{number}. {text}" for number, (_, text) in enumerate(ranked, start=1))
    return (
        f"It ended at {course.accuracy:.2%}".replace("%", " %")
        + f", no better than guessing. What may have led to it, the likeliest first: {told}."
    )


def guessing(digits: Digits) -> float:
    """Return the accuracy up to which an answer may be guessed: the larger class's share and two standard errors."""
    share = _shares(digits)["valid"]
    larger = max(share, 1 - share)
    return larger + CHANCE_ERRORS * math.sqrt(larger * (1 - larger) / max(1, digits.n_valid))


def _causes(settings: Settings, digits: Digits, course: Course) -> Iterator[tuple[int, str]]:
    """Each cause, and how much speaks for it; what is not above 0 is no cause."""
    usual = settings_for(settings.rung).lr
    has_learned = course.last_loss < FELL * course.first_loss
    has_burst = course.peak_loss > BURST * course.first_loss or course.last_loss > ROSE * course.first_loss
    is_worse = course.accuracy < 2 * 0.5 - guessing(digits)
    rare = [split for split, share in _shares(digits).items() if min(share, 1 - share) < RARE]
    lacks = f" (in {' and '.join(rare)} here)" if rare else ""
    yield (
        3 + 4 * has_burst + 4 * (settings.lr >= FAR * usual) - 4 * has_learned,
        f"the learning rate of {settings.lr:g} is too high, so that the weights were thrown off: "
        f"try {min(usual, settings.lr / FAR):g}",
    )
    yield (
        2 + 8 * has_learned + 4 * is_worse,
        "the data's labels or polarity: train and valid differ in what is a 3, or in whether ink is dark; look at both",
    )
    yield (
        1 + 6 * (settings.lr * FAR <= usual) + 4 * (course.steps < FEW_STEPS) - 4 * has_burst - 4 * has_learned,
        f"{course.steps:,} steps at a rate of {settings.lr:g} are too little: give it more epochs"
        + (f", or a rate of {usual:g}" if settings.lr < usual else ""),
    )
    yield 12 * bool(rare), f"hardly any digit but one is there{lacks}: see what `data` counts"


def _shares(digits: Digits) -> dict[str, float]:
    """The share of threes in each split."""
    return {"train": float(digits.train_labels.mean()), "valid": float(digits.valid_labels.mean())}
