"""The remark on a finished run: nothing learned, with likely causes, or unstable.

This module knows figures of a run and of its digits, and no model.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mnist37.data import Digits
from mnist37.evaluation import Score
from mnist37.events import REMARK
from mnist37.rungs import Course, has_learned, settings_for
from mnist37.settings import Settings

FELL = 0.8
"""A train loss below this share of the first one has fallen: something was learned."""

ROSE = 1.1
"""A train loss above so many times the first one has risen, and not by chance."""

BURST = 2.0
"""A loss above so many times the first one is a burst."""

FAR = 10.0
"""A learning rate so many times above or below the model's own is far off."""

FEW_STEPS = 30
RARE = 0.1
"""A class with a smaller part than this of an even share counts as missing."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What a run reached at its end.

    Args:
        steps: mini-batches in all.
        course: how its losses went.
        score: on the valid digits after the last epoch; None where there is none.
        last_loss: the mean of the last epoch's mini-batches; nan without a loss.
    """

    steps: int
    course: Course
    score: Score | None
    last_loss: float = math.nan


def remark(settings: Settings, digits: Digits, ending: Ending) -> str:
    """Return what a learner should know of a finished run, empty if all is well.

    A rate far too high is no success, even where most digits are told right.

    Args:
        settings: what the run ended with.
        digits: what it learned from.
        ending: where it ended.
    """
    course = ending.course
    if not ending.steps or ending.score is None:
        return ""
    if not course.has_learned:
        return f"{REMARK}nothing was learned: {_why_at_chance(settings, digits, ending, ending.score)}"
    if not course.is_steady:
        rate = f"(learning rate {settings.lr:g}). {steadier(settings.rung, settings.lr)}"
        return f"{REMARK}unstable: {course.unsteady_words} {rate}."
    return ""


def steadier(rung: str, lr: float) -> str:
    """Return which rate is known to work, or how to find one; a sentence without its full stop."""
    usual = settings_for(rung).lr
    find = "“Find a rate” in the Lab tries several from the same start"
    return f"A rate of {usual:g} is steadier; {find}" if usual < lr else find


def _why_at_chance(settings: Settings, digits: Digits, ending: Ending, score: Score) -> str:
    """Return what may have kept a run at what guessing reaches."""
    causes = [cause for cause in _causes(settings, digits, ending, score) if cause[0] > 0]
    ranked = sorted(causes, key=lambda cause: -cause[0])
    told = "; ".join(f"{number}. {text}" for number, (_, text) in enumerate(ranked, start=1))
    share = f"{score.accuracy:.2%}".replace("%", " %")
    return f"it ended at {share}, no better than guessing. What may have led to it, the likeliest first: {told}."


def _causes(settings: Settings, digits: Digits, ending: Ending, score: Score) -> Iterator[tuple[int, str]]:
    """Yield each cause, and how much speaks for it; what is not above 0 is no cause."""
    usual, first = settings_for(settings.rung).lr, ending.course.first
    has_fallen = ending.last_loss < FELL * first
    has_burst = ending.course.peak > BURST * first or ending.last_loss > ROSE * first
    is_worse = has_learned(Score(score.n - score.wrong, score.n), digits.larger_share)
    rare = [split for split, share in _shares(digits).items() if share < RARE]
    lacks = f" (in {' and '.join(rare)} here)" if rare else ""
    missing = "hardly any digit but one is" if digits.classes.is_pair else "hardly any of some digit are"
    jumps = f" ({ending.course.unsteady_words})" if ending.course.unsteady_words else ""
    yield (
        3 + 4 * has_burst + 4 * (settings.lr >= FAR * usual) - 4 * has_fallen,
        f"the learning rate of {settings.lr:g} is too high, so that the weights were thrown off{jumps}. "
        f"{steadier(settings.rung, settings.lr)}",
    )
    yield (
        2 + 8 * has_fallen + 4 * is_worse,
        "the data's labels or polarity: train and valid differ in what is which digit, or in whether ink is dark; look "
        "at both",
    )
    yield (
        1 + 6 * (settings.lr * FAR <= usual) + 4 * (ending.steps < FEW_STEPS) - 5 * has_burst - 4 * has_fallen,
        f"{ending.steps:,} steps at a rate of {settings.lr:g} are too little: give it more epochs"
        + (f", or a rate of {usual:g}" if settings.lr < usual else ""),
    )
    yield 12 * bool(rare), f"{missing} there{lacks}: see what `data` counts"


def _shares(digits: Digits) -> dict[str, float]:
    """Return the number of the rarest digit in each split, as a part of an even share: 1 where all are as many."""
    n = len(digits.classes.digits)
    labels = {"train": digits.train_labels, "valid": digits.valid_labels}
    return {split: float(np.bincount(y, minlength=n).min()) * n / max(1, len(y)) for split, y in labels.items()}
