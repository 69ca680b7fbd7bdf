"""What a rung tells while it learns, and asks: the only thing that a rung knows of whoever trains it."""

from collections.abc import Mapping
from typing import Protocol

from torch import Tensor


class StopTraining(Exception):
    """Raised out of a rung's loop when the run was told to stop."""


class Watch(Protocol):
    """Looks over a rung's shoulder.

    A rung calls `begin` once, `after_batch` after every step and `after_epoch` after every epoch. It reads `lr` before
    every step and `batch_size` before every epoch, so that a turned knob takes effect there.
    """

    @property
    def lr(self) -> float:
        """The learning rate to take the next step with."""
        ...

    @property
    def batch_size(self) -> int:
        """How many digits to put into each mini-batch of the next epoch."""
        ...

    def begin(self, weights: Mapping[str, Tensor]) -> None:
        """Training starts from these weights; they are the live tensors that the steps will change."""
        ...

    def after_batch(self, loss: float) -> None:
        """Count a step that was made; `loss` is the batch's, from before the step.

        Raises:
            StopTraining: the run was told to stop.
            Diverged: the loss or a weight is no finite number any more.
        """
        ...

    def while_validating(self) -> None:
        """Pause or stop between the batches of a validation that takes more than a moment.

        Raises:
            StopTraining: the run was told to stop.
        """
        ...

    def after_epoch(self, valid_loss: float, accuracy: float, valid_logits: Tensor | None = None) -> None:
        """Count an epoch that ended with this loss and this accuracy (in [0, 1]) on the valid digits.

        `valid_logits`, float32 `[n_valid]`, are the answers behind them, above 0 for the first digit, where they are at
        hand.
        """
        ...
