"""Is this a 3 or a 7 at all? No model is asked: a drawing is held against every train digit, and the nearest counts.

A model that knows 3s and 7s only must say one of the two, of a cat too. So: blur the drawing and the digits a little
(a stroke that lies a pixel beside is no other stroke) and halve them; take their correlation, which no thickness or
brightness of the ink changes much; the distance is 1 less that. Valid digits tell how far a true 3 or 7 lies from its
nearest train digit: a drawing that is further off than 95 of 100 of them is called unlike.

What that is worth, as shares of what is called unlike, all of it unseen by the limit:

    train digits   true 3s, 7s    0    1    2    4    5    6    8    9   all eight   20 scribbles
    12,396 (book)         6 %   98   33   97   98   93   99   78   49        81 %           90 %
    800 (embedded)        7 %   98   34   94   95   83  100   62   40        76 %           80 %
    12,396, RMSE          6 %   98    2   91   62   78   94   75   24        66 %           80 %

A dot, a disk, a full canvas, a level stroke, crosses, a ring, a square and a triangle are called unlike by all three
rules. A slanting stroke is not: it is too near a 7, as most 1s and half of the 9s are. So "unlike" says something, and
"not unlike" says little. (RMSE: root of the mean squared difference of the pixels as they are, not correlation.)
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mnist37.data.digits import SIDE, Digits
from mnist37.errors import DataError
from mnist37.explain.model import checked_image
from mnist37.rungs import image_tensor

PERCENTILE = 95
MOST_VALID = 500
"""Valid digits that the limit is taken from; they are spread evenly over all."""
BLUR = 1.0
"""Standard deviation of the blur in pixels."""


@dataclass(frozen=True, slots=True)
class Resemblance:
    """How much a drawing resembles the digits.

    Args:
        distance: to the nearest train digit: 0 is the same picture, 1 has nothing in common, 2 is its negative.
        limit: 95 of 100 valid digits are nearer to theirs.
        nearest: index of that digit among the train images.
        nearest_label: what it is, 1 = three, 0 = seven.
    """

    distance: float
    limit: float
    nearest: int
    nearest_label: int

    @property
    def is_unlike(self) -> bool:
        """Whether the drawing is neither a 3 nor a 7, as far as this can tell."""
        return self.distance > self.limit


class Likeness:
    """The train digits, ready to be held against drawings: 10 MB for the book's, made once for all visitors.

    Args:
        digits: train digits to compare with, valid digits to take the limit from.

    Raises:
        DataError: there are no train or no valid digits.
    """

    def __init__(self, digits: Digits) -> None:
        if not digits.n_train or not digits.n_valid:
            raise DataError("There is nothing to compare a drawing with.", "Give digits to train on and valid ones.")
        self._train, self._labels = _patterns(digits.train_images), digits.train_labels
        chosen = np.unique(np.linspace(0, digits.n_valid - 1, MOST_VALID).round().astype(np.int64))
        correlations = (_patterns(digits.valid_images[chosen]) @ self._train.T).max(axis=1)
        self.limit = float(np.percentile(1 - correlations, PERCENTILE))

    def of(self, image: NDArray[np.uint8]) -> Resemblance:
        """Hold an image, uint8 `[28, 28]`, against all train digits.

        Raises:
            BadImage: another shape or dtype.
        """
        correlations = self._train @ _patterns(checked_image(image)[None])[0]
        nearest = int(correlations.argmax())
        return Resemblance(1 - float(correlations[nearest]), self.limit, nearest, int(self._labels[nearest]))


def _patterns(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Blurred and halved, without their mean and of length 1 (a blank one stays 0): float32 `[N, 196]`."""
    small = _BLUR_AND_HALVE @ image_tensor(images) @ _BLUR_AND_HALVE.T  # (N, 14, 14)
    rows: NDArray[np.float32] = small.view(len(images), -1).numpy()
    rows -= rows.mean(axis=1, keepdims=True)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
    return rows


def _blur_and_halve() -> Tensor:
    """One matrix for both, from the left for the rows and from the right for the columns: float32 `[14, 28]`."""
    at = torch.arange(SIDE)
    blur = torch.exp(-(((at[:, None] - at) / BLUR) ** 2) / 2) / (BLUR * math.sqrt(2 * math.pi))  # (28, 28)
    return blur.view(SIDE // 2, 2, SIDE).mean(1)


_BLUR_AND_HALVE = _blur_and_halve()
