"""Why accuracy cannot be the loss: along a line through the weights it is a staircase, and `mnist_loss` a slope."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain, islice, repeat

import torch
from torch import Tensor

from mnist37.data import Digits
from mnist37.rungs.base import stack_rows
from mnist37.rungs.batches import DataLoader
from mnist37.rungs.linear_scratch import calc_grad, initial_params, linear1
from mnist37.rungs.losses import batch_accuracy, mnist_loss

BATCH_SIZE, N_STEPS, LR = 256, 20, 0.1
"""They give a model that has begun to learn and still has many digits near the decision boundary."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A linear model that can be moved along one line: against the gradient of its loss on one mini-batch.

    All values are float64, because float32 makes steps of its own: a loss of 0.3 changes by 3e-8 or not at all.

    Args:
        xb: `[n, 784]` in [0, 1], the mini-batch.
        yb: `[n, 1]`, 1 = three, 0 = seven.
        weights: `[784, 1]`.
        bias: `[1]`.
        weights_grad: `[784, 1]`.
        bias_grad: `[1]`.
    """

    xb: Tensor
    yb: Tensor
    weights: Tensor
    bias: Tensor
    weights_grad: Tensor
    bias_grad: Tensor

    def preds(self, step: float | Tensor) -> Tensor:
        """Return the raw outputs after a step against the gradient, `[n, 1]`."""
        return linear1(self.xb, self.weights - step * self.weights_grad, self.bias - step * self.bias_grad)


def begin_to_learn(digits: Digits) -> Line:
    """Make a few steps with the chapter's own functions, and compute the gradient of the next mini-batch."""
    x, y = stack_rows(digits.train_images, digits.train_labels)
    weights, bias = initial_params(seed=0)
    dl = DataLoader(x, y, BATCH_SIZE, shuffle_seed=0)
    for xb, yb in islice(chain.from_iterable(repeat(dl)), N_STEPS):  # epoch after epoch
        calc_grad(xb, yb, (weights, bias), mnist_loss)
        for p in (weights, bias):
            assert p.grad is not None
            p.data -= p.grad * LR
            p.grad.zero_()
    xb, yb = next(iter(DataLoader(x, y, BATCH_SIZE, shuffle_seed=1)))
    calc_grad(xb, yb, (weights, bias), mnist_loss)
    assert weights.grad is not None
    assert bias.grad is not None
    return Line(*(tensor.detach().double() for tensor in (xb, yb, weights, bias, weights.grad, bias.grad)))


def loss_at(line: Line, step: float | Tensor) -> Tensor:
    """Return `mnist_loss` after that step."""
    return mnist_loss(line.preds(step), line.yb)


def accuracy_at(line: Line, step: float | Tensor) -> Tensor:
    """Return the accuracy after that step, in [0, 1]."""
    return batch_accuracy(line.preds(step), line.yb)


def slope(line: Line, of: Callable[[Line, Tensor], Tensor]) -> float | str:
    """Return the slope of `loss_at` or `accuracy_at` by the step, from autograd; its error message if it has none."""
    step = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    result = of(line, step)
    try:
        result.backward()
    except RuntimeError as problem:
        return str(problem)
    assert step.grad is not None
    return step.grad.item()


def flips(line: Line) -> tuple[Tensor, Tensor]:
    """Find the step at which each digit's prediction changes: a raw output is a linear function of the step.

    Returns:
        Each digit's step, float64 `[n]`, ascending; and the change there: 1 if it becomes right, -1 if wrong.
    """
    at_0 = line.preds(0.0).squeeze(1)
    per_step = linear1(line.xb, line.weights_grad, line.bias_grad).squeeze(1)
    where, order = (at_0 / per_step).sort()
    becomes_3 = per_step < 0  # a step goes against the gradient, so the raw output rises
    return where, torch.where(becomes_3 == (line.yb.squeeze(1) == 1), 1, -1)[order]


def n_right(line: Line, step: float) -> int:
    """Return how many digits are predicted correctly after that step."""
    return round(accuracy_at(line, step).item() * len(line.yb))


def stairs(line: Line, width: float) -> tuple[list[float], list[int]]:
    """Return the exact number of right digits from `-width` to `width`: where each stair begins, and its height."""
    where, worth = flips(line)
    inside = (where > -width) & (where < width)
    where, worth = where[inside], worth[inside]
    first = n_right(line, 0.0) - int(worth[where < 0].sum())
    return [-width, *where.tolist()], [first, *(first + worth.cumsum(0)).tolist()]


def loss_without_sigmoid(preds: Tensor, targets: Tensor) -> Tensor:
    """Return the chapter's first `mnist_loss`, which is right if all predictions are between 0 and 1."""
    return torch.where(targets == 1, 1 - preds, preds).mean()


def called_3(preds: Tensor) -> Mapping[str, Tensor]:
    """Read raw outputs `[n, 1]` in two ways: the chapter's, and one without the sigmoid; bool `[n, 1]`."""
    return {"preds.sigmoid() > 0.5": preds.sigmoid() > 0.5, "preds > 0.5": preds > 0.5}


LESSON: tuple[Callable[..., object], ...] = (
    mnist_loss,
    batch_accuracy,
    loss_at,
    accuracy_at,
    slope,
    flips,
    loss_without_sigmoid,
    called_3,
)
"""The code that the page shows, in reading order."""
