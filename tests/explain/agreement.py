"""How far a signed picture of an answer agrees with what covering the ink really does to it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from mnist37.explain.model import Model

SIDE, STRIDE = 4, 2
"""The patches that are covered: squares of so many pixels, as far apart."""
MATTERS = 0.1
"""A patch counts if it moves the logit by this share of what the digit's strongest patch does."""
ENOUGH = 0.05
"""A colour is covered as a whole if so much of the picture's total is of it."""

Heat = Callable[[Model, np.ndarray], np.ndarray]
"""From a model and an image, uint8 `[28, 28]`, to a picture, float32 `[28, 28]`: above 0 for a three."""


@dataclass
class Agreement:
    """Each a list of yes and no."""

    patches: list[bool] = field(default_factory=list)
    orange: list[bool] = field(default_factory=list)
    blue: list[bool] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)

    def row(self) -> dict[str, float]:
        """The share of yes in percent; NaN where nothing was asked."""
        return {name: 100 * float(np.mean(asked)) if asked else float("nan") for name, asked in vars(self).items()}


def agreement(model: Model, heats: Mapping[str, Heat], images: Iterable[np.ndarray]) -> dict[str, Agreement]:
    """Ask of each image four things that a picture claims, and see whether the model does so.

    Patches: where the picture of a patch's ink adds up to orange, does the logit fall without that ink, and does it
    rise where it is blue? Orange, blue: does it fall without all orange ink, and rise without all blue ink? Whole: is
    the picture on the whole orange where all ink together raises the logit over that of a blank image?
    """
    found = {name: Agreement() for name in heats}
    blank = model.logit(np.zeros((28, 28), np.uint8))
    for image in images:
        logit = model.logit(image)
        squares = [square for square in _squares() if image[square].any()]
        falls = logit - model.logits(np.stack([_without(image, square) for square in squares]))
        counts = np.abs(falls) >= MATTERS * np.abs(falls).max()
        for name, heat in heats.items():
            inked = np.where(image > 0, heat(model, image), 0)
            sums = np.array([inked[square].sum() for square in squares])
            found[name].patches += (np.sign(sums) == np.sign(falls))[counts].tolist()
            found[name].whole.append(bool((inked.sum() > 0) == (logit > blank)))
            for asked, sign in ((found[name].orange, 1), (found[name].blue, -1)):
                where = np.sign(inked) == sign
                if np.abs(inked[where]).sum() > ENOUGH * np.abs(inked).sum():
                    asked.append(bool(np.sign(logit - model.logit(_without(image, where))) == sign))
    return found


def _squares() -> list[tuple[slice, slice]]:
    starts = range(0, 28 - SIDE + 1, STRIDE)
    return [(slice(top, top + SIDE), slice(left, left + SIDE)) for top in starts for left in starts]


def _without(image: np.ndarray, where: object) -> np.ndarray:
    covered = image.copy()
    covered[where] = 0
    return covered
