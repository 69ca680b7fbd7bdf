"""A net with one input that learns a curve: each hidden unit is a line with a kink; the curve is their sum."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

N_POINTS, N_STEPS, LR, MOMENTUM = 41, 300, 0.1, 0.9
N_STARTS = 12
"""Number of nets that learn at once, each from other random numbers; the best is used, as units often get stuck."""


def curves() -> Mapping[str, tuple[Tensor, Tensor]]:
    """Return points on three curves, by name: x from -1 to 1, and y with noise, float32 `[41, 1]` each."""
    generator = torch.Generator().manual_seed(0)
    x = torch.linspace(-1, 1, N_POINTS)[:, None]
    off = 0.06 * torch.randn(N_POINTS, 1, generator=generator)
    return {
        "wave": (x, 0.8 * torch.sin(2 * math.pi * x) + off),
        "roller coaster": (x, 1.8 * x**2 - 0.8 + off),
        "step": (x, 1.4 * (x > 0) - 0.7 + off),
    }


@dataclass(frozen=True, slots=True)
class Fit:
    """The learned weights of a net.

    Args:
        slopes: w1 of each hidden unit.
        starts: b1 of each hidden unit.
        votes: w2 of each hidden unit.
        bias: b2.
        loss: the mean of the squared distances to the points.
        relu: whether there is a ReLU between the layers.
    """

    slopes: tuple[float, ...]
    starts: tuple[float, ...]
    votes: tuple[float, ...]
    bias: float
    loss: float
    relu: bool

    def shares(self, x: Tensor) -> Tensor:
        """Return each unit's share of the sum, `[n, 1]` to `[n, hidden]`."""
        hidden = x * torch.tensor(self.slopes) + torch.tensor(self.starts)
        return (hidden.relu() if self.relu else hidden) * torch.tensor(self.votes)

    def curve(self, x: Tensor) -> Tensor:
        """Return the sum of all shares and the bias, `[n, 1]` to `[n]`."""
        return self.shares(x).sum(1) + self.bias

    @property
    def kinks(self) -> tuple[float, ...]:
        """The x where each unit's output becomes or stops being positive, ascending; none without the ReLU."""
        if not self.relu:
            return ()
        return tuple(sorted(-b / w for w, b in zip(self.slopes, self.starts, strict=True) if w))


def fit(x: Tensor, y: Tensor, hidden: int, *, relu: bool) -> Fit:
    """Train several nets at once on all points in one batch, and return the best net.

    Args:
        x: float32 `[n, 1]`.
        y: float32 `[n, 1]`.
        hidden: units in the hidden layer.
        relu: whether to put the ReLU between the layers.
    """
    w1, b1, w2, b2 = params = _init_params(hidden)
    velocities = [torch.zeros_like(p) for p in params]
    lr = LR if relu else min(LR, 1.2 / hidden)  # without the ReLU all units pull the same way
    for _ in range(N_STEPS):
        units = x @ w1 + b1  # (starts, n, hidden)
        if relu:
            units = units.relu()
        preds = units @ w2 + b2  # (starts, n, 1)
        losses = ((preds - y) ** 2).mean((1, 2))
        losses.sum().backward()  # each net's gradient is its own
        for p, velocity in zip(params, velocities, strict=True):
            assert p.grad is not None
            velocity.mul_(MOMENTUM).add_(p.grad)
            p.data -= lr * velocity
            p.grad = None
    best = int(losses.nan_to_num(math.inf).argmin())
    return Fit(_numbers(w1[best]), _numbers(b1[best]), _numbers(w2[best]), b2[best].item(), losses[best].item(), relu)


def _init_params(hidden: int) -> list[Tensor]:
    """Return random weights for all nets, with each unit's kink somewhere among the points."""
    generator = torch.Generator().manual_seed(hidden)
    kinks = 2 * torch.rand(N_STARTS, 1, hidden, generator=generator) - 1
    w1 = torch.randn(N_STARTS, 1, hidden, generator=generator)
    w2 = torch.randn(N_STARTS, hidden, 1, generator=generator) / math.sqrt(hidden)
    return [p.requires_grad_() for p in (w1, -w1 * kinks, w2, torch.zeros(N_STARTS, 1, 1))]


def _numbers(values: Tensor) -> tuple[float, ...]:
    return tuple(values.flatten().tolist())


LESSON: tuple[Callable[..., object], ...] = (fit,)
"""The code that the page shows."""
