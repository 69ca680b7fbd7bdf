"""The learning rate finder: raise the rate at each mini-batch, and see where the loss falls and where it bursts.

Source: Smith (2017), "Cyclical Learning Rates for Training Neural Networks"; fastai's `lr_find` is the same for a
`Learner`.
"""

import contextlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from mnist37.errors import SettingsError
from mnist37.rungs.lr_trials import Trial
from mnist37.rungs.watch import StopTraining, Watch

LOWEST, HIGHEST = 1e-5, 100.0
BATCHES = 100
SMOOTHING = 0.98
BURST = 4.0
"""Once the loss is so many times its best, the rates above are too high."""
LEFT_OUT = 5
"""So many of the last batches have no part in the valley, as in fastai's."""


@dataclass(frozen=True, slots=True)
class LrCurve:
    """What the finder saw.

    Args:
        lrs: the learning rate of each mini-batch, ascending.
        losses: the smoothed loss at each of them.
        valley: the rate in the middle of the longest fall (fastai's `valley`).
        suggestion: the rate to take, by what the trials led to; None where no rate led anywhere, or none was tried.
        trials: short trainings, one a rate, ascending.
        seconds: what all of it took.
    """

    lrs: tuple[float, ...]
    losses: tuple[float, ...]
    valley: float
    suggestion: float | None = None
    trials: tuple[Trial, ...] = ()
    seconds: float = field(default=0.0, compare=False)


class RisingLr:
    """A `Watch` that raises the rate from batch to batch, until the loss bursts or the rates are through."""

    def __init__(self, batch_size: int) -> None:
        self.batch_size = batch_size
        self.lrs: list[float] = []
        self.losses: list[float] = []
        self._average = 0.0

    @property
    def lr(self) -> float:
        """The rate for the next batch."""
        return float(LOWEST * (HIGHEST / LOWEST) ** (len(self.lrs) / (BATCHES - 1)))

    def begin(self, weights: Mapping[str, Tensor]) -> None:
        """No-op."""

    def after_batch(self, loss: float) -> None:
        """Note the rate and the smoothed loss.

        Raises:
            StopTraining: the loss has burst, or the rates are through.
        """
        self.lrs.append(self.lr)
        self._average = SMOOTHING * self._average + (1 - SMOOTHING) * loss
        self.losses.append(self._average / (1 - SMOOTHING ** len(self.lrs)))
        if not self.losses[-1] < BURST * min(self.losses) or len(self.lrs) == BATCHES:
            raise StopTraining

    def while_validating(self) -> None:
        """Nothing is asked of a search."""

    def after_epoch(self, valid_loss: float, accuracy: float, valid_logits: Tensor | None = None) -> None:
        """Only mini-batches count."""


def sweep(fit: Callable[[Watch, int], None], batch_size: int, n_train: int) -> LrCurve:
    """Run a loop of our own with a rising rate.

    Args:
        fit: trains with that watch for so many epochs.
        batch_size: digits in a mini-batch.
        n_train: digits to learn from.

    Returns:
        What was seen.
    """
    watch = RisingLr(batch_size)
    with contextlib.suppress(StopTraining):
        fit(watch, math.ceil(BATCHES / math.ceil(n_train / batch_size)))
    return lr_curve(watch.lrs, watch.losses)


def lr_curve(lrs: Sequence[float], losses: Sequence[float]) -> LrCurve:
    """Return the curve with fastai's valley, made as `lr_find` makes it.

    Raises:
        SettingsError: the loss was a number for too few batches to say anything.
    """
    from fastai.callback.schedule import valley

    told = [(lr, loss) for lr, loss in zip(lrs, losses, strict=True) if math.isfinite(loss)]
    settled = told[len(told) // 10 : -LEFT_OUT]  # the first say little yet, and at the last it has burst
    if len(settled) < LEFT_OUT:
        raise SettingsError(
            f"The loss burst after {len(told)} batches, too few to find a learning rate.", "Take smaller batches."
        )
    middle, _ = valley(torch.tensor([lr for lr, _ in settled]), torch.tensor([loss for _, loss in settled]), BATCHES)
    return LrCurve(tuple(lr for lr, _ in told), tuple(loss for _, loss in told), middle)
