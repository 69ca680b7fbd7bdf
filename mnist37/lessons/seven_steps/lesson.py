"""The seven steps of learning, a method each, with the very functions of `linear-scratch`."""

from collections.abc import Iterator
from dataclasses import dataclass

from torch import Tensor

from mnist37.lessons.shared.rows import Rows
from mnist37.rungs.batches import DataLoader
from mnist37.rungs.linear_scratch import initial_params, linear1, validate_epoch
from mnist37.rungs.losses import mnist_loss

STEPS = ("init", "predict", "loss", "gradient", "step", "repeat", "stop")
_MAY_FOLLOW = {
    "init": {"predict", "repeat"},
    "predict": {"loss"},
    "loss": {"gradient"},
    "gradient": {"step"},
    "step": {"predict", "repeat", "stop"},
    "repeat": {"predict", "repeat", "stop"},
    "stop": {"predict", "repeat"},
}


@dataclass(frozen=True, slots=True)
class Judged:
    """Loss and accuracy (in [0, 1]) on the validation set after a number of mini-batches."""

    batches: int
    valid_loss: float
    accuracy: float


class SevenSteps:
    """`linear-scratch` with its loop taken apart. A tensor is there once the step that makes it was done.

    Args:
        data: the digits as rows.
        lr: the learning rate; it may be turned between steps.
        batch_size: digits in a mini-batch.
        seed: fixes the first weights and the order of the digits.
    """

    xb: Tensor
    yb: Tensor
    preds: Tensor
    batch_loss: Tensor
    batches_left = 0

    def __init__(self, data: Rows, lr: float, batch_size: int, seed: int = 0) -> None:
        self.data, self.lr, self.seed = data, lr, seed
        self.dl = DataLoader(data.train_x, data.train_y, batch_size, shuffle_seed=seed)
        self.batches: Iterator[tuple[Tensor, Tensor]] = iter(())
        self.losses: list[float] = []
        self.init()

    def init(self) -> None:
        """Start from random weights."""
        self.weights, self.bias = initial_params(self.seed)  # (784, 1), (1,)

    def predict(self) -> None:
        """Take the next mini-batch, and predict."""
        self.xb, self.yb = self.next_batch()  # (batch, 784), (batch, 1)
        self.preds = linear1(self.xb, self.weights, self.bias)  # (batch, 1)

    def loss(self) -> None:
        """Compute the loss: one number for how wrong the predictions are."""
        self.batch_loss = mnist_loss(self.preds, self.yb)
        self.losses.append(self.batch_loss.item())

    def gradient(self) -> None:
        """Compute the gradient with autograd: how the loss changes with each weight."""
        self.batch_loss.backward()

    def step(self) -> None:
        """Move every weight a little against its gradient; then set the gradient to zero."""
        for p in (self.weights, self.bias):
            assert p.grad is not None
            p.data -= p.grad * self.lr
            p.grad.zero_()

    def repeat(self) -> None:
        """Do the same with every mini-batch that is left of the epoch."""
        for _ in range(self.batches_left or len(self.dl)):
            self.predict()
            self.loss()
            self.gradient()
            self.step()

    def stop(self) -> tuple[float, float]:
        """Measure loss and accuracy on the validation digits: stop when they do not improve."""
        return validate_epoch(self.data.valid_x, self.data.valid_y, (self.weights, self.bias), mnist_loss)

    def next_batch(self) -> tuple[Tensor, Tensor]:
        """Return the next mini-batch of the epoch, or the first of the next epoch, in another order."""
        if not self.batches_left:
            self.batches, self.batches_left = iter(self.dl), len(self.dl)
        self.batches_left -= 1
        return next(self.batches)


class Walk:
    """A walk through the seven steps, one at a time, which keeps what the page shows."""

    def __init__(self, data: Rows, lr: float, batch_size: int, seed: int = 0) -> None:
        self.steps = SevenSteps(data, lr, batch_size, seed)
        self.did = "init"
        self.before = self.after = self.steps.weights.detach().clone()
        self.grad: Tensor | None = None
        self.judged = [self._scores()]

    def can(self, step: str) -> bool:
        """Return whether this one of `STEPS` may follow the last one."""
        return step in _MAY_FOLLOW[self.did]

    def do(self, step: str) -> None:
        """Do one of `STEPS` (init is a new `Walk`); do nothing if it may not follow, as when an old page sends it."""
        if not self.can(step):
            return
        if step in ("step", "repeat"):
            self.before = self.after
        if step == "stop":
            self._add_scores()
        else:
            getattr(self.steps, step)()
        self.did = step
        self._keep_tensors()

    def _keep_tensors(self) -> None:
        """Copy the tensors that the next step will change."""
        weights = self.steps.weights
        if self.did == "gradient" and weights.grad is not None:
            self.grad = weights.grad.clone()  # (784, 1)
        if self.did in ("step", "repeat"):
            self.after = weights.detach().clone()
        if self.did == "repeat":
            self._add_scores()

    def _add_scores(self) -> None:
        if self.judged[-1].batches != len(self.steps.losses):
            self.judged.append(self._scores())

    def _scores(self) -> Judged:
        return Judged(len(self.steps.losses), *self.steps.stop())
