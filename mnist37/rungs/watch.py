"""What a rung tells while it learns, and asks: the only thing that a rung knows of whoever trains it."""

from collections.abc import Mapping
from typing import Protocol

from torch import Tensor


class StopTraining(Exception):
    """Raised out of a rung's loop when the run was told to stop."""


class Watch(Protocol):
    """Looks over a rung's shoulder.

    A rung calls `begin` once, `after_batch` after every step and `after_epoch` after every epoch, and reads `lr` before
    every step, so that a turned knob takes effect at the next batch.
    """

    @property
    def lr(self) -> float:
        """The learning rate to take the next step with."""
        ...

    def begin(self, weights: Mapping[str, Tensor]) -> None:
        """Training starts from these weights; they are the live tensors that the steps will change."""
        ...

    def after_batch(self, loss: float) -> None:
        """A step was made; `loss` is the batch's, from before the step.

        Raises:
            StopTraining: the run was told to stop.
            Diverged: the loss or a weight is no finite number any more.
        """
        ...

    def after_epoch(self, valid_loss: float, accuracy: float) -> None:
        """An epoch ended with this loss and this accuracy (in [0, 1]) on the valid digits."""
        ...
