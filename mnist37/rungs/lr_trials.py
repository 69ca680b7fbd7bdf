"""Which learning rate to take: the same short training with several rates, and the best of those that are steady.

The finder's curve (`lr_find`) says where to look; what a rate leads to is seen only by training with it.
"""

import contextlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mnist37.data import Digits
from mnist37.evaluation import Score
from mnist37.rungs.batches import as_floats, spread
from mnist37.rungs.course import Course, Guess, course_of
from mnist37.rungs.losses import are_right, loss_of_logits
from mnist37.rungs.watch import StopTraining, Watch
from mnist37.settings import Settings

TRIAL_EPOCHS = 3
"""A trial is so many epochs long ..."""
MOST_STEPS = 600
"""... and has so many steps at most: three epochs of 12,396 digits in batches of 64 have 582."""

BEGIN = 10.0
"""The first rate that is tried is so many times the finder's valley, as the best ones lie 20 to 60 times above it."""

RATES = tuple(float(f"{10 ** (quarter / 4):.2g}") for quarter in range(-24, 13))
"""Rates that a trial may be made with, four in each decade: the range of the setting."""
COARSE = 2
"""At first every second of them is tried."""

AS_GOOD = 1.02
"""Of the rates whose loss is at most so many times the best one's, the lowest is taken: the steadier one."""

FAR = 2.0
"""Rates above one whose loss is so many times the best one's are not tried."""

Fit = Callable[[Settings, Digits, Watch], None]
Logits = Callable[[Settings, Mapping[str, Tensor], Tensor], Tensor]


@dataclass(frozen=True, slots=True)
class Trial:
    """What a short training with one learning rate led to.

    Args:
        lr: the rate.
        valid_loss: on the valid digits at its end; inf where it was no number.
        accuracy: on them, in [0, 1].
        course: how it went.
    """

    lr: float
    valid_loss: float
    accuracy: float
    course: Course

    @property
    def is_good(self) -> bool:
        """Whether the model has learned, and steadily."""
        return self.course.is_good


class TrialWatch:
    """A `Watch` that notes the losses, and ends the training after so many steps or when a loss is no number."""

    def __init__(self, settings: Settings) -> None:
        self.lr, self.batch_size = settings.lr, settings.batch_size
        self.losses: list[float] = []
        self.weights: Mapping[str, Tensor] = {}

    def begin(self, weights: Mapping[str, Tensor]) -> None:
        """Keep the live weights."""
        self.weights = weights

    def after_batch(self, loss: float) -> None:
        """Note the loss.

        Raises:
            StopTraining: the trial is over.
        """
        self.losses.append(loss)
        if len(self.losses) == MOST_STEPS or not math.isfinite(loss):
            raise StopTraining

    def while_validating(self) -> None:
        """Nothing is asked of a trial."""

    def after_epoch(self, valid_loss: float, accuracy: float, valid_logits: Tensor | None = None) -> None:
        """Return nothing: a trial is judged at its end."""


def suggested(
    try_rate: Callable[[float], Trial], confirm: Callable[[float], Trial], valley: float, highest: float
) -> tuple[float | None, tuple[Trial, ...]]:
    """Return the rate to take, None where none is good, and all that was tried, by rate.

    From `BEGIN` times the valley up until two rates in turn are unsteady or far from the best; down while the best is
    the lowest; then the finer ones beside the best.

    Args:
        try_rate: makes a trial.
        confirm: makes a trial from other weights and another order of batches; the rate must be good there, too.
        valley: the middle of the fall of the finder's curve.
        highest: the last rate of that curve; none above it is tried.
    """
    tried: dict[int, Trial] = {}
    begin, end = _nearest(min(BEGIN * valley, highest)), _nearest(highest)

    def look_at(place: int) -> None:
        if 0 <= place <= end and place not in tried:
            tried[place] = try_rate(RATES[place])

    for place in range(begin, end + 1, COARSE):
        look_at(place)
        if _is_too_high(tried, place) and _is_too_high(tried, place - COARSE):
            break
    while min(tried) > 0 and _may_be_lower(tried):
        look_at(max(0, min(tried) - COARSE))
    best = _best(tried)
    if best is not None:
        look_at(best - 1)
        look_at(best + 1)
    chosen = next((RATES[place] for place in _as_good(tried) if confirm(RATES[place]).is_good), None)
    return chosen, tuple(tried[place] for place in sorted(tried))


def _is_too_high(tried: Mapping[int, Trial], place: int) -> bool:
    """Return whether this rate was tried and is above all that are of use."""
    best = _best(tried)
    if place not in tried or (best is not None and place <= best):
        return False
    far = best is not None and tried[place].valid_loss > FAR * tried[best].valid_loss
    return far or not tried[place].course.is_steady


def _may_be_lower(tried: Mapping[int, Trial]) -> bool:
    """Return whether a rate below all that were tried may be better."""
    best, lowest = _best(tried), min(tried)
    return best == lowest or (best is None and not tried[lowest].course.is_steady)


def _nearest(lr: float) -> int:
    return min(range(len(RATES)), key=lambda place: abs(math.log(RATES[place] / lr)))


def _good(tried: Mapping[int, Trial]) -> list[int]:
    return [place for place, trial in tried.items() if trial.is_good]


def _best(tried: Mapping[int, Trial]) -> int | None:
    return min(_good(tried), key=lambda place: tried[place].valid_loss, default=None)


def _as_good(tried: Mapping[int, Trial]) -> Sequence[int]:
    """Return what may be taken: the lowest that is as good as the best, then those below it, ever lower."""
    best = _best(tried)
    if best is None:
        return []
    lowest = min(place for place in _good(tried) if tried[place].valid_loss <= AS_GOOD * tried[best].valid_loss)
    return sorted((place for place in _good(tried) if place <= lowest), reverse=True)


def make_trial(fit: Fit, logits: Logits, settings: Settings, digits: Digits) -> Trial:
    """Train with these settings, for `MOST_STEPS` at most, and judge the model on the valid digits."""
    watch = TrialWatch(settings)
    with contextlib.suppress(StopTraining):
        fit(settings, digits, watch)
    with torch.no_grad():
        answers, labels = _asked(logits, settings, watch.weights, digits.valid_images, digits.valid_labels)
        score = Score(int((~are_right(answers, labels)).sum()), digits.n_valid)
        valid_loss = loss_of_logits(settings.loss, answers, labels).item()
        some = spread(digits.n_train, digits.n_valid)
        on_train = _asked(logits, settings, watch.weights, digits.train_images[some], digits.train_labels[some])
        surprise = loss_of_logits("logistic", *on_train).item()
    valid_loss = valid_loss if math.isfinite(valid_loss) else math.inf
    course = course_of(watch.losses, settings.batch_size, score, Guess.on(digits), surprise)
    return Trial(settings.lr, valid_loss, score.accuracy, course)


def _asked(
    logits: Logits,
    settings: Settings,
    weights: Mapping[str, Tensor],
    images: NDArray[np.uint8],
    labels: NDArray[np.uint8],
) -> tuple[Tensor, Tensor]:
    """Return answers, `[N]` or `[N, 10]`, and labels, `[N]`, on the device of the weights."""
    device = next(iter(weights.values())).device
    return logits(settings, weights, as_floats(torch.tensor(images).to(device))), torch.tensor(labels).to(device)


def fewer(digits: Digits, n_train: int, batch_size: int) -> Digits:
    """Return digits of which at most `n_train` train ones are left, evenly spread, and the valid ones in proportion.

    One more goes where it would be alone in a batch of that size: batch norm cannot learn from it.
    """
    if digits.n_train <= n_train:
        return digits
    n_train -= n_train % batch_size == 1
    train = spread(digits.n_train, n_train)
    valid = spread(digits.n_valid, max(1, digits.n_valid * n_train // digits.n_train))
    return Digits(
        digits.train_images[train],
        digits.train_labels[train],
        digits.valid_images[valid],
        digits.valid_labels[valid],
        digits.source,
        classes=digits.classes,
    )
