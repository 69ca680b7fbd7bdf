"""The watch in a notebook, in the place of the app's own.

Its source stands in the notebook, with the source of whatever of ours it names.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mnist37.rungs.base import image_tensor
from mnist37.rungs.losses import are_right
from mnist37.rungs.watch import StopTraining


class Watch:
    """Looks on while a model learns: remembers what it tells, and turns the knobs where they were turned in the run.

    Args:
        lr: the learning rate to begin with.
        batch_size: the batch size to begin with.
        lr_turns: from which step on which learning rate.
        batch_size_turns: from which step on which batch size; it is looked at when an epoch begins.
        end: the last step of a run that ended early, and how many epochs had ended by then; None where it went through.
    """

    def __init__(
        self,
        lr: float,
        batch_size: int = 0,
        lr_turns: Sequence[tuple[int, float]] = (),
        batch_size_turns: Sequence[tuple[int, int]] = (),
        end: tuple[int, int] | None = None,
    ) -> None:
        self.first_lr, self.first_batch_size, self.end = lr, batch_size, end
        self.lr_turns, self.batch_size_turns = lr_turns, batch_size_turns
        self.weights: Mapping[str, Any] = {}  # alive: training changes them
        self.losses: list[float] = []  # of each mini-batch, before its step
        self.epochs: list[tuple[int, float, float]] = []  # last step, valid loss, accuracy
        self.train_accuracies: list[float] = []
        self.ask_train_digits: Callable[[], float] | None = None  # accuracy on them, as the weights stand

    @property
    def lr(self) -> float:
        """The learning rate for the next step."""
        reached = [lr for step, lr in self.lr_turns if self.weights and step <= len(self.losses) + 1]
        return reached[-1] if reached else self.first_lr

    @property
    def batch_size(self) -> int:
        """The batch size for the epoch that begins with the next step."""
        reached = [size for step, size in self.batch_size_turns if step <= len(self.losses) + 1]
        return reached[-1] if reached else self.first_batch_size

    def begin(self, weights: Mapping[str, Any]) -> None:
        """Training starts from these weights."""
        self.weights = weights
        self.stop_where_the_run_did()

    def after_batch(self, loss: float) -> None:
        """Count a step that was made."""
        self.losses.append(loss)
        self.stop_where_the_run_did()

    def stop_where_the_run_did(self) -> None:
        """Not one step more, but with the epoch that ended there, if one did."""
        if (len(self.losses), len(self.epochs)) == self.end:
            raise StopTraining("The run ended here.")

    def while_validating(self) -> None:
        """Nobody asks anything between the batches of a validation."""

    def after_epoch(self, valid_loss: float, accuracy: float, valid_logits: Any = None) -> None:  # noqa: ARG002
        """Count an epoch that ended."""
        self.epochs.append((len(self.losses), valid_loss, accuracy))
        told = f"epoch {len(self.epochs):>3}   valid_loss {valid_loss:.4f}   accuracy {accuracy:.4f}"
        if self.ask_train_digits is not None:
            self.train_accuracies.append(self.ask_train_digits())
            told += f"   train_accuracy {self.train_accuracies[-1]:.4f}"
        print(told)  # noqa: T201
        self.stop_where_the_run_did()


def share_right(
    answers: Callable[[Tensor], Tensor], images: NDArray[np.uint8], labels: NDArray[np.uint8], most: int
) -> float:
    """Return the share of digits that a model gets right, asked about some `most` of them, evenly spread.

    Args:
        answers: from images, float32 `[N, 28, 28]` in [0, 1], to float32 `[N]`, above 0 for the first digit,
            or to `[N, 10]`.
        images: uint8 `[N, 28, 28]`.
        labels: uint8 `[N]`, 1 = the first digit, 0 = the other one; of ten the digit itself.
        most: how many digits are asked about, roughly.
    """
    some = slice(None, None, max(1, len(images) // most))
    with torch.no_grad():
        logits = torch.cat([answers(part).cpu() for part in image_tensor(images[some]).split(128)])
    right: float = are_right(logits, torch.tensor(labels[some])).float().mean().item()
    return right
