"""Why the two-layer net said what it said: what each hidden unit saw, whether it fired, and how it votes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mnist37.explain.model import Model, ink, prob_of_first
from mnist37.explain.weighed import WeighedPixels
from mnist37.rungs import HiddenUnits


@dataclass(frozen=True, slots=True, eq=False)
class UnitShares:
    """Each of H hidden units looks for its own picture; what it finds, times its vote, is its share of the answer.

    Args:
        image: float32 `[28, 28]` in [0, 1], 1 = ink.
        weights: float32 `[H, 28, 28]`, the picture that each unit looks for.
        biases: float32 `[H]`, what each unit's sum starts from.
        votes: float32 `[H]`, the last layer's weight of each unit: above 0 for the first digit.
        bias: what the answer starts from, without any unit.
        logit: the answer, above 0 for the first digit; the bias and all shares, up to float32 rounding.
    """

    image: NDArray[np.float32]
    weights: NDArray[np.float32]
    biases: NDArray[np.float32]
    votes: NDArray[np.float32]
    bias: float
    logit: float

    @property
    def before(self) -> NDArray[np.float32]:
        """Each unit's sum before the ReLU, its bias included, float32 `[H]`."""
        return self.weights.reshape(len(self.votes), -1) @ self.image.reshape(-1) + self.biases

    @property
    def fired(self) -> NDArray[np.float32]:
        """What the ReLU lets through, float32 `[H]`: 0 for a unit that is silent."""
        return np.maximum(self.before, 0)

    @property
    def shares(self) -> NDArray[np.float32]:
        """What each unit brings to the answer, float32 `[H]`: what it fired times its vote."""
        return self.fired * self.votes

    @property
    def for_first(self) -> float:
        """All that speaks for the first digit, without the bias: 0 or above."""
        return float(np.maximum(self.shares, 0).sum(dtype=np.float64))

    @property
    def for_other(self) -> float:
        """All that speaks for the other one, without the bias: 0 or below."""
        return float(np.minimum(self.shares, 0).sum(dtype=np.float64))

    @property
    def prob_first(self) -> float:
        """The probability of the first digit."""
        return prob_of_first(self.logit)

    @property
    def n_fired(self) -> int:
        """How many units are not silent."""
        return int((self.before > 0).sum())

    @property
    def order(self) -> NDArray[np.int64]:
        """The units, those with the largest share first, whichever way it points, int64 `[H]`."""
        return np.argsort(-np.abs(self.shares), kind="stable")

    def unit(self, i: int) -> WeighedPixels:
        """How unit `i` came to its sum; `up + down + bias` is `before[i]`."""
        return WeighedPixels(self.image, self.weights[i], float(self.biases[i]))


def unit_shares(model: Model, parts: HiddenUnits, image: NDArray[np.uint8]) -> UnitShares:
    """Take the answer of a model of hidden units apart, for an image, uint8 `[28, 28]`."""
    return UnitShares(ink(image), parts.weights, parts.biases, parts.votes, parts.bias, model.logit(image))
