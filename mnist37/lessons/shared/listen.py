"""A `Watch` that only listens: for training within a page, where it takes a fraction of a second."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from torch import Tensor

from mnist37.data import Digits
from mnist37.rungs.watch import Watch
from mnist37.settings import Settings

Fit = Callable[[Settings, Digits, Watch], None]


@dataclass(frozen=True, slots=True)
class EpochTold:
    """After an epoch: the loss and the accuracy (in [0, 1]) on the validation digits."""

    valid_loss: float
    accuracy: float


@dataclass
class Listener:
    """Remembers what a rung tells, and turns no knob."""

    lr: float
    batch_size: int
    losses: list[float] = field(default_factory=list)
    epochs: list[EpochTold] = field(default_factory=list)

    def begin(self, weights: Mapping[str, Tensor]) -> None:
        """See `Watch.begin`."""

    def after_batch(self, loss: float) -> None:
        """See `Watch.after_batch`."""
        self.losses.append(loss)

    def while_validating(self) -> None:
        """See `Watch.while_validating`."""

    def after_epoch(self, valid_loss: float, accuracy: float, valid_logits: Tensor | None = None) -> None:  # noqa: ARG002
        """See `Watch.after_epoch`."""
        self.epochs.append(EpochTold(valid_loss, accuracy))


def listen(fit: Fit, settings: Settings, digits: Digits) -> Listener:
    """Train, here and now, and tell how it went."""
    listener = Listener(settings.lr, settings.batch_size)
    fit(settings, digits, listener)
    return listener
