"""The smallest change that flips the answer: a picture that looks the same, and that the model calls another digit.

Steps against the sign of the gradient (the basic iterative method: Goodfellow et al. 2015, Kurakin et al. 2017), each
of one grey level in every pixel that has a say, so the largest change stays as small as it can: for a linear model, and
where no pixel hits paper or ink, it is |logit| / sum|weights|, rounded up to a grey level. The last step goes further
than it must, so afterwards the pixels that matter least (change times gradient) get their old grey back, as many as
leave the answer flipped (found by bisection: 10 more questions). What remains is small, not proven to be smallest.

Where there is no gradient, a slope at large stands in. The L1 distance has none in a pixel that is darker, or brighter,
than both means, and that is almost everywhere: its slope from paper to ink is the first mean less the other one. A
two-layer net has none where all its units are silent: its slope were they all awake is that of a linear model.

Of ten digits, each step is one of the model that tells the wanted digit from the strongest other one.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mnist37.classes import Classes
from mnist37.errors import SettingsError
from mnist37.explain.model import Model, between, checked_image
from mnist37.rungs import HiddenUnits, TwoMeans, Weights
from mnist37.settings import Settings

MOST_STEPS = 255
"""Enough to turn paper to ink."""

Levels = NDArray[np.int16]


@dataclass(frozen=True, slots=True, eq=False)
class Flip:
    """What became of an image.

    Args:
        image: uint8 `[28, 28]` after all changes; the model truly calls it the wanted digit where `flipped`.
        difference: int16 `[28, 28]` in grey levels, after less before.
        steps: how many steps were taken.
        to: the wanted digit.
        flipped: whether the answer is that digit now; if not, the steps did not suffice, or no pixel had a say.
    """

    image: NDArray[np.uint8]
    difference: NDArray[np.int16]
    steps: int
    to: int
    flipped: bool

    @property
    def largest(self) -> int:
        """The largest change of a pixel in grey levels, 0 to 255; never more than `steps`."""
        return int(np.abs(self.difference).max())

    @property
    def n_changed(self) -> int:
        """How many of the 784 pixels changed."""
        return int(np.count_nonzero(self.difference))


class _Goal:
    """A digit that a model is to say."""

    def __init__(self, model: Model, to: int) -> None:
        self.to = to
        self._model, self._classes, self._pairs = model, model.settings.classes, dict[int, Model]()

    def is_reached(self, levels: Levels) -> bool:
        """Return whether the model says the digit."""
        return self._classes.order(self._logits(levels))[0] == self.to

    def slope(self, levels: Levels) -> tuple[float, NDArray[np.float32]]:
        """Return how far the digit is ahead, and how each pixel's ink adds to that, float32 `[28, 28]`."""
        model, is_first = self._against(self._strongest_other(levels))
        logit, slope = _slope(model, levels)
        return (logit, slope) if is_first else (-logit, -slope)

    def _strongest_other(self, levels: Levels) -> int:
        return next(digit for digit in self._classes.order(self._logits(levels)) if digit != self.to)

    def _logits(self, levels: Levels) -> NDArray[np.float32]:
        logits: NDArray[np.float32] = self._model.logits(_image(levels)[None])[0]
        return logits

    def _against(self, other: int) -> tuple[Model, bool]:
        """Return a model of the digit and another one, and whether its answers rise towards the digit."""
        if other not in self._pairs:
            pair = Classes((self.to, other))
            self._pairs[other] = Model(*between(self._model.settings, self._model.weights, pair))
        model = self._pairs[other]
        return model, model.settings.classes.first == self.to


def flip(
    settings: Settings, weights: Weights, image: NDArray[np.uint8], to: int | None = None, most_steps: int = MOST_STEPS
) -> Flip:
    """Change an image as little as can be had simply, until the model calls it another digit.

    Args:
        settings: what the model was trained with.
        weights: its named tensors.
        image: uint8 `[28, 28]`.
        to: the digit that the model is to say; by default the one that comes second now.
        most_steps: give up after so many, each of one grey level.

    Returns:
        What became of it, also where the answer would not flip.

    Raises:
        SettingsError: there is no such rung, or the model cannot say that digit.
        RunBroken: the weights are not those of such a model.
        BadImage: it is not uint8 `[28, 28]`.
    """
    model, start, classes = Model(settings, weights), checked_image(image).astype(np.int16), settings.classes
    goal = _Goal(model, classes.order(model.logits(image[None])[0])[1] if to is None else to)
    if goal.to not in classes.digits:
        raise SettingsError(f"The model knows {classes.words}, and not {goal.to}.", "Choose one of its digits.")
    end, steps = _walk(goal, start, most_steps)
    flipped = goal.is_reached(end)
    if flipped:
        end = _put_back(goal, start, end)
    return Flip(_image(end), end - start, steps, goal.to, flipped)


def _walk(goal: _Goal, levels: Levels, most_steps: int) -> tuple[Levels, int]:
    """Step until the answer flips, or no step leads on; the grey levels then, and how many steps it took."""
    for step in range(most_steps):
        ahead, slope = goal.slope(levels)
        if ahead >= 0 and goal.is_reached(levels):
            return levels, step
        further = np.clip(levels + np.sign(slope).astype(np.int16), 0, 255)
        if np.array_equal(further, levels):
            return levels, step
        levels = further
    return levels, most_steps


def _put_back(goal: _Goal, start: Levels, end: Levels) -> Levels:
    """Give as many of the pixels that matter least their old grey as leave the answer flipped."""
    matters = np.abs((end - start) * goal.slope(end)[1]).reshape(-1)
    changed = np.flatnonzero(end != start)
    changed = changed[np.argsort(matters[changed], kind="stable")]

    def without(n: int) -> Levels:
        levels = end.copy()
        levels.flat[changed[:n]] = start.flat[changed[:n]]
        return levels

    stays, too_many = 0, len(changed)  # with all of them put back, the answer is the old one
    while too_many - stays > 1:
        n = (stays + too_many) // 2
        stays, too_many = (n, too_many) if goal.is_reached(without(n)) else (stays, n)
    return without(stays)


def _slope(model: Model, levels: Levels) -> tuple[float, NDArray[np.float32]]:
    """Return the answer, and which way each pixel pushes it, float32 `[28, 28]`; 0 where that cannot be told."""
    logit, slope = model.slope(_image(levels))
    slope = np.nan_to_num(slope)
    match model.parts:
        case TwoMeans(first, other, "l1"):
            slope = first - other
        case HiddenUnits() as units if not slope.any():
            weights = units.weights.reshape(len(units.votes), -1)
            slope = np.nan_to_num((units.votes[None] @ weights).reshape(slope.shape))
    return logit, slope


def _image(levels: Levels) -> NDArray[np.uint8]:
    return levels.astype(np.uint8)
