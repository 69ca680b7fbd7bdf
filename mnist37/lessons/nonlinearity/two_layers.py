"""Two linear layers equal one, unless a nonlinearity is between them: small examples to check by hand, and others."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True, eq=False)
class TwoLayers:
    """Two linear layers, one after the other.

    Args:
        w1: `[inputs, hidden]`.
        b1: `[hidden]`.
        w2: `[hidden, 1]`.
        b2: `[1]`.
    """

    w1: Tensor
    b1: Tensor
    w2: Tensor
    b2: Tensor


def answer(x: Tensor, layers: TwoLayers, *, relu: bool) -> Tensor:
    """Apply one layer after the other, `[n, inputs]` to `[n, 1]`; a ReLU between them turns negative values to 0."""
    hidden = x @ layers.w1 + layers.b1  # (n, hidden)
    if relu:
        hidden = hidden.relu()
    return hidden @ layers.w2 + layers.b2  # (n, 1)


def as_one(layers: TwoLayers) -> tuple[Tensor, Tensor]:
    """Return the weights `[inputs, 1]` and the bias `[1]` of the one layer that equals two layers without a ReLU."""
    return layers.w1 @ layers.w2, layers.b1 @ layers.w2 + layers.b2


def largest_difference(x: Tensor, layers: TwoLayers, *, relu: bool) -> float:
    """Return the maximum difference between the outputs of the two layers and those of the one layer."""
    weights, bias = as_one(layers)
    return float((answer(x, layers, relu=relu) - (x @ weights + bias)).abs().max())


def whole_numbers(seed: int) -> tuple[Tensor, TwoLayers]:
    """Return three inputs `[1, 3]` and two layers of small whole numbers for which the ReLU changes the output."""
    generator = torch.Generator().manual_seed(seed)

    def some(*shape: int) -> Tensor:
        return torch.randint(-3, 4, shape, generator=generator).float()

    while True:
        x, layers = some(1, 3), TwoLayers(some(3, 2), some(2), some(2, 1), some(1))
        if answer(x, layers, relu=True) != answer(x, layers, relu=False):
            return x, layers


LESSON: tuple[Callable[..., object], ...] = (answer, as_one, largest_difference)
"""The code that the page shows, in reading order."""
