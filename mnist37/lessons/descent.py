"""Gradient descent: the chapter's roller coaster, a parabola fitted to twenty measurements."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

SEED = 2
"""Gives a first curve that lies among the points, so that its movement is visible."""

Three = tuple[float, float, float]


def measure() -> tuple[Tensor, Tensor]:
    """Measure a roller coaster's speed every second while it goes over a hump: time and speed, float32 `[20]` each."""
    generator = torch.Generator().manual_seed(SEED)
    time = torch.arange(0, 20).float()
    speed = torch.randn(20, generator=generator) * 3 + 0.75 * (time - 9.5) ** 2 + 1
    return time, speed


def scale(t: Tensor) -> Tensor:
    """Scale the times to -1 to 1."""
    return 2 * t / t.max() - 1


def f(t: Tensor, params: Tensor | Sequence[Tensor]) -> Tensor:
    """Return the guess: a parabola."""
    a, b, c = params
    return a * (t**2) + (b * t) + c


def mse(preds: Tensor, targets: Tensor) -> Tensor:
    """Return how far the guess is from the measurements: the mean of the squares."""
    return ((preds - targets) ** 2).mean()


def init_params() -> Tensor:
    """Return three random numbers, float32 `[3]`."""
    return torch.randn(3, generator=torch.Generator().manual_seed(SEED)).requires_grad_()


@dataclass(frozen=True, slots=True)
class Step:
    """The state of a descent after a step.

    Args:
        params: a, b and c.
        gradient: the derivative of the loss by each of them.
        loss: the loss.
    """

    params: Three
    gradient: Three
    loss: float


@dataclass(frozen=True, slots=True)
class Descent:
    """A path over the loss surface.

    Args:
        steps: the start, and the state after each step; all numbers are finite.
        diverged_at: the first step whose loss or gradient is not finite; None if there is none.
    """

    steps: tuple[Step, ...]
    diverged_at: int | None = None

    @property
    def last(self) -> int:
        """The last step, including one that diverged."""
        return len(self.steps) - 1 if self.diverged_at is None else self.diverged_at


def descend(t: Tensor, speed: Tensor, lr: float, n_steps: int) -> Descent:
    """Guess, measure, step against the gradient, again.

    Args:
        t: float32 `[n]`, the times of the measurements.
        speed: float32 `[n]`, the measurements.
        lr: the learning rate.
        n_steps: the number of steps, if none diverges.
    """
    params = init_params()
    steps: list[Step] = []
    for k in range(n_steps + 1):
        preds = f(t, params)
        loss = mse(preds, speed)
        loss.backward()
        assert params.grad is not None
        if not (loss.isfinite() and params.grad.isfinite().all()):
            return Descent(tuple(steps), diverged_at=k)
        steps.append(Step(_three(params), _three(params.grad), loss.item()))
        params.data -= lr * params.grad.data
        params.grad = None
    return Descent(tuple(steps))


def curvatures(t: Tensor, speed: Tensor) -> Tensor:
    """Return how fast the slope changes along the gentlest, a middle and the steepest direction: ascending, `[3]`.

    They are the eigenvalues of the Hessian, the matrix of all second derivatives of the loss. For a parabola's MSE it
    is the same for all parameters.
    """

    def loss(params: Tensor) -> Tensor:
        return mse(f(t.double(), params), speed.double())

    hessian = torch.autograd.functional.hessian(loss, torch.zeros(3).double())  # (3, 3)
    eigenvalues: Tensor = torch.linalg.eigvalsh(hessian)
    return eigenvalues


def largest_stable_lr(t: Tensor, speed: Tensor) -> float:
    """Return the largest learning rate that does not diverge.

    Along the steepest direction a step of lr x slope multiplies the distance to the lowest point by 1 - lr x curvature.
    Above 2 / curvature that is below -1: each step goes too far, and ends further away than it started.
    """
    return 2 / curvatures(t, speed)[-1].item()


def loss_surface(t: Tensor, speed: Tensor, a: Tensor, b: float, c: Tensor) -> Tensor:
    """Return the loss for every pair of a `[n]` and c `[m]`, at this b: float64 `[m, n]`."""
    preds = f(t.double(), (a[None, :, None].double(), torch.tensor(b), c[:, None, None].double()))  # (m, n, times)
    return ((preds - speed) ** 2).mean(-1)


def lowest(t: Tensor, speed: Tensor, b: float) -> tuple[float, float]:
    """Return the a and c with the lowest loss at this b."""
    table = torch.stack([t**2, torch.ones_like(t)], 1).double()
    a, c = torch.linalg.lstsq(table, (speed - b * t).double()).solution.tolist()
    return a, c


def lowest_loss(t: Tensor, speed: Tensor) -> float:
    """Return the loss of the best parabola, the minimum for any descent."""
    table = torch.stack([t**2, t, torch.ones_like(t)], 1).double()
    best = torch.linalg.lstsq(table, speed.double()).solution
    return mse(table @ best, speed.double()).item()


def still_falls(descent: Descent) -> bool:
    """Return whether the loss is lower at the end than at the start."""
    return descent.diverged_at is None and descent.steps[-1].loss < descent.steps[0].loss


def rates(lowest_lr: float, highest_lr: float) -> tuple[float, ...]:
    """Return learning rates from lowest to highest, twelve a decade, each with two digits, and the next one above."""
    digits = (1.0, 1.2, 1.5, 1.8, 2.2, 2.7, 3.3, 3.9, 4.7, 5.6, 6.8, 8.2)
    decades = range(math.floor(math.log10(lowest_lr)), math.ceil(math.log10(highest_lr)) + 1)
    every = [float(f"{digit}e{decade}") for decade in decades for digit in digits]
    above = next(lr for lr in every if lr > highest_lr)
    return tuple(lr for lr in every if lowest_lr <= lr <= above)


def _three(values: Tensor) -> Three:
    a, b, c = values.tolist()
    return a, b, c


LESSON: tuple[Callable[..., object], ...] = (measure, f, mse, init_params, descend, curvatures, largest_stable_lr)
"""The code that the page shows, in reading order."""
