"""The one sum that a linear model is, and every hidden unit too: each pixel times its weight, all added up, and a bias.

Each share is exactly what its pixel brought to the sum: were the pixel paper, the sum would be that much lower.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mnist37.explain.model import Model, ink, prob_of_first
from mnist37.rungs import OneSum


@dataclass(frozen=True, slots=True, eq=False)
class WeighedPixels:
    """Pixels times weights: for_first + for_other + bias is the sum.

    Args:
        image: float32 `[28, 28]` in [0, 1], 1 = ink.
        weights: float32 `[28, 28]`.
        bias: what the sum starts from, without any ink.
    """

    image: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: float

    @property
    def shares(self) -> NDArray[np.float32]:
        """What each pixel brings to the sum, float32 `[28, 28]`: its ink times its weight."""
        return self.image * self.weights

    @property
    def up(self) -> float:
        """All that raises the sum, without the bias."""
        return float(np.maximum(self.shares, 0).sum(dtype=np.float64))

    @property
    def down(self) -> float:
        """All that lowers the sum, without the bias: 0 or below."""
        return float(np.minimum(self.shares, 0).sum(dtype=np.float64))


@dataclass(frozen=True, slots=True, eq=False)
class PixelShares(WeighedPixels):
    """Why a linear model said what it said: which pixels speak for the first digit, and which for the other one.

    Args:
        logit: its answer, above 0 for the first digit; the sum up to float32 rounding.
    """

    logit: float

    @property
    def for_first(self) -> float:
        """All that speaks for the first digit, without the bias: 0 or above."""
        return self.up

    @property
    def for_other(self) -> float:
        """All that speaks for the other one, without the bias: 0 or below."""
        return self.down

    @property
    def prob_first(self) -> float:
        """The probability of the first digit."""
        return prob_of_first(self.logit)


def pixel_shares(model: Model, parts: OneSum, image: NDArray[np.uint8]) -> PixelShares:
    """Take the answer of a model that is one sum apart, for an image, uint8 `[28, 28]`."""
    return PixelShares(ink(image), parts.weights, parts.bias, model.logit(image))
