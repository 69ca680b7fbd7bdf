"""Loss and accuracy on the train digits, measured at the end of each epoch."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from mnist37.data import Digits
from mnist37.rungs import get_rung, image_tensor
from mnist37.rungs.batches import spread
from mnist37.rungs.losses import are_right, loss_of_logits
from mnist37.settings import Settings

ALL_UP_TO = 1000
"""A small model is measured on all train digits if there are no more than this."""

FEWEST = 200
"""Never fewer digits than this, unless there are no more."""

PIECE = 128
"""Digits in one forward pass, as in resnet18's validation: between two of them a run can be paused and stopped."""


@dataclass(frozen=True, slots=True)
class OnTrain:
    """A model's loss and accuracy on the train digits.

    Args:
        accuracy: share of them that it gets right, in [0, 1]; None if not measured.
        loss: its loss; None if not measured, without a loss, and where it is no finite number.
        surprise: the logistic loss, whichever it learns with; nan as above.
    """

    accuracy: float | None = None
    loss: float | None = None
    surprise: float = math.nan


class TrainDigits:
    """The train digits that a model is asked about, and its loss and accuracy on them.

    All of them, or where that would take long an evenly spread part as large as the valid set: then the question takes
    as long as the validation does. Nothing random is drawn and nothing is learned: the curves are the same without it.

    Args:
        settings: of the run.
        digits: that it learns from.
        is_small: whether the model is.
    """

    def __init__(self, settings: Settings, digits: Digits, *, is_small: bool) -> None:
        self._settings, self._rung = settings, get_rung(settings.rung)
        most = max(digits.n_valid, ALL_UP_TO if is_small else FEWEST)
        chosen = spread(digits.n_train, most)
        self._images = image_tensor(digits.train_images[chosen])  # (n, 28, 28)
        self._labels = torch.tensor(digits.train_labels[chosen])  # (n,)
        self._piece = len(chosen) if is_small else PIECE

    def measure(self, weights: Mapping[str, Tensor], between: Callable[[], None]) -> OnTrain:
        """Return loss and accuracy of a model with these weights.

        Args:
            weights: the model's named tensors, on whichever device.
            between: called between two pieces; an exception from it ends the measure.
        """
        logits: list[Tensor] = []
        with torch.no_grad():
            self._to(next(iter(weights.values())).device)
            for images in self._images.split(self._piece):
                if logits:
                    between()
                logits.append(self._rung.logits(self._settings, weights, images))
            answers = torch.cat(logits)
            right = are_right(answers, self._labels).float().mean().item()
            if not self._rung.is_trained:
                return OnTrain(right)
            loss, surprise = (
                loss_of_logits(name, answers, self._labels).item() for name in (self._settings.loss, "logistic")
            )
        return OnTrain(right, loss if math.isfinite(loss) else None, surprise)

    def _to(self, device: torch.device) -> None:
        """Move the digits to the model's device, unless they are there."""
        self._images, self._labels = self._images.to(device), self._labels.to(device)
