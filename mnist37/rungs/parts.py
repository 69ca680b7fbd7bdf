"""What an answer is made of, as a rung declares it: explanations and pages go by the kind, not by the rung's name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor


@dataclass(frozen=True, slots=True, eq=False)
class OneSum:
    """The answer is one sum: each pixel times its weight, and a bias.

    Args:
        weights: float32 `[28, 28]`, above 0 where ink speaks for the first digit.
        bias: what the sum starts from.
    """

    weights: NDArray[np.float32]
    bias: float


@dataclass(frozen=True, slots=True, eq=False)
class HiddenUnits:
    """The answer is a sum over H hidden units: each is a sum of pixels times weights through a ReLU, times its vote.

    Args:
        weights: float32 `[H, 28, 28]`, the picture that each unit looks for.
        biases: float32 `[H]`, what each unit's sum starts from.
        votes: float32 `[H]`, the last layer's weight of each unit: above 0 for the first digit.
        bias: what the answer starts from, without any unit.
    """

    weights: NDArray[np.float32]
    biases: NDArray[np.float32]
    votes: NDArray[np.float32]
    bias: float


@dataclass(frozen=True, slots=True, eq=False)
class TwoMeans:
    """The answer is how much nearer the image is to the mean of the first digit than to that of the other one.

    Args:
        first: the mean of the first digit, float32 `[28, 28]` in [0, 1].
        other: that of the other one.
        distance: `l1` or `rmse`.
    """

    first: NDArray[np.float32]
    other: NDArray[np.float32]
    distance: str


@dataclass(frozen=True, slots=True)
class Filters:
    """The answer is that of a network of filters, which is no simple sum.

    Args:
        look: takes the named weights and images, float32 `[N, 28, 28]` in [0, 1]; returns what the first convolution
            passes on and what the first stage passes on, float32 `[N, filters, height, width]` each, and the answers,
            float32 `[N]`.
    """

    look: Callable[[Mapping[str, Tensor], Tensor], tuple[Tensor, Tensor, Tensor]]


Parts = OneSum | HiddenUnits | TwoMeans | Filters
"""Tell them apart with `match`. A rung that declares none can only be asked: its ink is covered, patch by patch."""
