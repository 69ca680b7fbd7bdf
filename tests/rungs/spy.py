"""A short training, and a watch that only notes what a rung tells."""

from collections.abc import Mapping

from torch import Tensor

from mnist37.rungs import settings_for
from mnist37.settings import Settings


def short(rung: str, **changes: object) -> Settings:
    """A training that takes a moment, even of resnet18: 4 steps an epoch on the tiny digits, the last with 2."""
    return settings_for(rung, **{"epochs": 1 if rung == "resnet18" else 3, "batch_size": 16, **changes})


class Spy:
    """A `mnist37.rungs.Watch`.

    Args:
        lr: the learning rate at first.
        turned: another one from a step on, by step.
    """

    def __init__(self, lr: float, turned: Mapping[int, float] | None = None, batch_size: int = 16) -> None:
        self.lr, self.turned, self.batch_size = lr, turned or {}, batch_size
        self.calls: list[str] = []
        self.losses: list[float] = []
        self.epochs: list[tuple[float, float]] = []
        self.weights: Mapping[str, Tensor] = {}

    def begin(self, weights: Mapping[str, Tensor]) -> None:
        self.calls.append("begin")
        self.weights = weights

    def after_batch(self, loss: float) -> None:
        self.calls.append("batch")
        self.losses.append(loss)
        self.lr = self.turned.get(len(self.losses) + 1, self.lr)

    def while_validating(self) -> None:
        pass

    def after_epoch(self, valid_loss: float, accuracy: float, valid_logits: Tensor | None = None) -> None:
        self.calls.append("epoch")
        self.epochs.append((valid_loss, accuracy))
