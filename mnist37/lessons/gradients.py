"""Gradients: a slope by autograd and by a small nudge, and the effect of gradients that are not zeroed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from mnist37.rungs.losses import mnist_loss

Function = Callable[[Tensor], Tensor]
"""Maps one number to one number."""


def gradient(f: Function, x: float) -> float:
    """Return the slope of f at x, by autograd."""
    xt = torch.tensor(x).requires_grad_()  # from here on, what is computed of xt is recorded
    yt = f(xt)
    yt.backward()  # back along the record: by how much does yt change, if xt does?
    assert xt.grad is not None
    return xt.grad.item()


def nudged_slope(f: Function, x: float, h: float) -> float:
    """Measure the slope of f at x: the change of f if x grows by h, divided by h."""
    return ((f(torch.tensor(x + h)) - f(torch.tensor(x))) / h).item()


def gradients_of_sum(xs: Sequence[float]) -> list[float]:
    """Return the gradient of the chapter's `f(x) = (x**2).sum()`: one backward pass gives the slope for each number."""
    xt = torch.tensor(xs).requires_grad_()
    (xt**2).sum().backward()
    assert xt.grad is not None
    grads: list[float] = xt.grad.tolist()
    return grads


def descend(f: Function, x: float, lr: float, steps: int, *, zero_grad: bool) -> list[float]:
    """Return x after each step down the slope, start included; without `zero_grad`, the slopes add up."""
    xt = torch.tensor(x).requires_grad_()
    path = [x]
    for _ in range(steps):
        f(xt).backward()
        assert xt.grad is not None
        xt.data -= lr * xt.grad
        if zero_grad:
            xt.grad.zero_()
        path.append(xt.item())
    return path


def values(f: Function, xs: Sequence[float]) -> list[float]:
    """Return f at each x."""
    return [f(torch.tensor(x)).item() for x in xs]


def square(x: Tensor) -> Tensor:
    """Return the chapter's quadratic."""
    return x**2


def sine(x: Tensor) -> Tensor:
    """Return the sine: its slope repeats."""
    return x.sin()


def absolute(x: Tensor) -> Tensor:
    """Return the absolute value: it has a kink at 0."""
    return x.abs()


def cubic(x: Tensor) -> Tensor:
    """Return a cubic with a valley and a hill."""
    return x**3 - 3 * x


def sigmoid(x: Tensor) -> Tensor:
    """Return the sigmoid: it is flat at both ends."""
    return x.sigmoid()


def loss_of_one_weight(images: Tensor, labels: Tensor) -> Function:
    """Return the loss of a model with a single weight, at the pixel where 3s and 7s differ most.

    Args:
        images: float32 `[N, 28, 28]` in [0, 1].
        labels: `[N]`, 1 = three.

    Returns:
        A function from that weight to the `mnist_loss` over all images.
    """
    pixels, targets = images.flatten(1), labels.float().unsqueeze(1)  # [N, 784], [N, 1]
    differs = (pixels[labels == 1].mean(0) - pixels[labels == 0].mean(0)).abs()
    ink = pixels[:, differs.argmax()].unsqueeze(1)  # [N, 1]

    def loss(weight: Tensor) -> Tensor:
        return mnist_loss(ink * weight, targets)

    return loss


@dataclass(frozen=True, slots=True)
class Moment:
    """The state of `Bench` after one line of code.

    Args:
        line: the line that ran.
        x: the value of x.
        tracked: `x.requires_grad`.
        y: the value of y, if there is a y.
        grad_fn: the name of `y.grad_fn`; empty if there is none.
        grad: `x.grad`, if there is one.
        error: torch's error, if the line failed.
    """

    line: str
    x: float
    tracked: bool
    y: float | None
    grad_fn: str
    grad: float | None
    error: str = ""


class Bench:
    """One number x, its `y = f(x)`, and the lines of code that compute a gradient."""

    def __init__(self, f: Function, x: float) -> None:
        self.f = f
        self.x = torch.tensor(x)
        self.y: Tensor | None = None

    def requires_grad(self) -> None:
        """Let torch record what is computed from x."""
        self.x.requires_grad_()

    def forward(self) -> None:
        """Compute y."""
        self.y = self.f(self.x)

    def backward(self) -> None:
        """Add the slope of y at x to `x.grad`."""
        if self.y is None:
            raise RuntimeError("there is no y yet")
        self.y.backward()

    def zero_grad(self) -> None:
        """Set `x.grad` to 0."""
        if self.x.grad is None:
            raise RuntimeError("x.grad is None, so there is nothing to set to 0")
        self.x.grad.zero_()

    def moment(self, line: str, error: str = "") -> Moment:
        """Return the present state."""
        y, grad = self.y, self.x.grad
        grad_fn = type(y.grad_fn).__name__ if y is not None and y.grad_fn is not None else ""
        numbers = [None if tensor is None else tensor.item() for tensor in (y, grad)]
        return Moment(line, self.x.item(), self.x.requires_grad, numbers[0], grad_fn, numbers[1], error)


LINES: dict[str, Callable[[Bench], None]] = {
    "x.requires_grad_()": Bench.requires_grad,
    "y = f(x)": Bench.forward,
    "y.backward()": Bench.backward,
    "x.grad.zero_()": Bench.zero_grad,
}


def run_lines(f: Function, x: float, lines: Sequence[str]) -> list[Moment]:
    """Run some of `LINES` one after the other on a new x; a line that fails changes nothing.

    Returns:
        The state at first and after each line.
    """
    bench = Bench(f, x)
    moments = [bench.moment(f"x = tensor({x:g})")]
    for line in lines:
        try:
            LINES[line](bench)
            moments.append(bench.moment(line))
        except RuntimeError as error:
            moments.append(bench.moment(line, str(error).split(" (")[0].split(". ")[0]))
    return moments
