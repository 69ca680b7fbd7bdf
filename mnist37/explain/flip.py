"""The smallest change that flips the answer: a picture that looks the same, and that the model calls the other digit.

Steps against the sign of the gradient (the basic iterative method: Goodfellow et al. 2015, Kurakin et al. 2017), each
of one grey level in every pixel that has a say, so the largest change stays as small as it can: for a linear model, and
where no pixel hits paper or ink, it is |logit| / sum|weights|, rounded up to a grey level. The last step goes further
than it must, so afterwards the pixels that matter least (change times gradient) get their old grey back, as many as
leave the answer flipped (found by bisection: 10 more questions). What remains is small, not proven to be smallest.

Where there is no gradient, a slope at large stands in. The L1 distance has none in a pixel that is darker, or brighter,
than both means, and that is almost everywhere: its slope from paper to ink is the first mean less the other one. A
two-layer net has none where all its units are silent: its slope were they all awake is that of a linear model.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mnist37.explain.model import Model, checked_image
from mnist37.rungs import HiddenUnits, TwoMeans, Weights
from mnist37.settings import Settings

MOST_STEPS = 255
"""Enough to turn paper to ink."""

Levels = NDArray[np.int16]


@dataclass(frozen=True, slots=True, eq=False)
class Flip:
    """What became of an image.

    Args:
        image: uint8 `[28, 28]` after all changes; the model truly calls it the other digit where `flipped`.
        difference: int16 `[28, 28]` in grey levels, after less before.
        steps: how many steps were taken.
        before: the logit of the image as it was.
        after: the logit of the image as it is now.
        flipped: whether the answer is the other digit now; if not, the steps did not suffice, or no pixel had a say.
    """

    image: NDArray[np.uint8]
    difference: NDArray[np.int16]
    steps: int
    before: float
    after: float
    flipped: bool

    @property
    def largest(self) -> int:
        """The largest change of a pixel in grey levels, 0 to 255; never more than `steps`."""
        return int(np.abs(self.difference).max())

    @property
    def n_changed(self) -> int:
        """How many of the 784 pixels changed."""
        return int(np.count_nonzero(self.difference))


def flip(settings: Settings, weights: Weights, image: NDArray[np.uint8], most_steps: int = MOST_STEPS) -> Flip:
    """Change an image as little as can be had simply, until the model calls it the other digit.

    Args:
        settings: what the model was trained with.
        weights: its named tensors.
        image: uint8 `[28, 28]`.
        most_steps: give up after so many, each of one grey level.

    Returns:
        What became of it, also where the answer would not flip.

    Raises:
        SettingsError: there is no such rung.
        RunBroken: the weights are not those of such a model.
        BadImage: it is not uint8 `[28, 28]`.
    """
    model, start = Model(settings, weights), checked_image(image).astype(np.int16)
    before = model.logit(image)
    is_first = before > 0
    end, steps = _walk(model, start, is_first, most_steps)
    flipped = _is_first(model, end) != is_first
    if flipped:
        end = _put_back(model, start, end)
    return Flip(_image(end), end - start, steps, before, model.logit(_image(end)), flipped)


def _walk(model: Model, levels: Levels, is_first: bool, most_steps: int) -> tuple[Levels, int]:
    """Step until the answer flips, or no step leads on; the grey levels then, and how many steps it took."""
    for step in range(most_steps):
        logit, slope = _slope(model, levels)
        if (logit > 0) != is_first and _is_first(model, levels) != is_first:
            return levels, step
        uphill = np.sign(slope).astype(np.int16)
        further = np.clip(levels - uphill if is_first else levels + uphill, 0, 255)
        if np.array_equal(further, levels):
            return levels, step
        levels = further
    return levels, most_steps


def _put_back(model: Model, start: Levels, end: Levels) -> Levels:
    """Give as many of the pixels that matter least their old grey as leave the answer flipped."""
    is_first = _is_first(model, end)
    matters = np.abs((end - start) * _slope(model, end)[1]).reshape(-1)
    changed = np.flatnonzero(end != start)
    changed = changed[np.argsort(matters[changed], kind="stable")]

    def without(n: int) -> Levels:
        levels = end.copy()
        levels.flat[changed[:n]] = start.flat[changed[:n]]
        return levels

    stays, too_many = 0, len(changed)  # with all of them put back, the answer is the old one
    while too_many - stays > 1:
        n = (stays + too_many) // 2
        stays, too_many = (n, too_many) if _is_first(model, without(n)) == is_first else (stays, n)
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


def _is_first(model: Model, levels: Levels) -> bool:
    return model.logit(_image(levels)) > 0


def _image(levels: Levels) -> NDArray[np.uint8]:
    return levels.astype(np.uint8)
