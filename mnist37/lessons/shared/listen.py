"""A callback (`Watch`) that only records, for training within a page that takes a fraction of a second."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from torch import Tensor

from mnist37.data import Digits
from mnist37.rungs.watch import Watch
from mnist37.settings import Settings

Fit = Callable[[Settings, Digits, Watch], None]


@dataclass(frozen=True, slots=True)
class EpochScores:
    """Loss and accuracy (in [0, 1]) on the validation set after an epoch."""

    valid_loss: float
    accuracy: float


@dataclass
class Listener:
    """Records losses and scores, and changes no setting."""

    lr: float
    batch_size: int
    losses: list[float] = field(default_factory=list)
    epochs: list[EpochScores] = field(default_factory=list)

    def begin(self, weights: Mapping[str, Tensor]) -> None:
        """See `Watch.begin`."""

    def after_batch(self, loss: float) -> None:
        """See `Watch.after_batch`."""
        self.losses.append(loss)

    def while_validating(self) -> None:
        """See `Watch.while_validating`."""

    def after_epoch(self, valid_loss: float, accuracy: float, valid_logits: Tensor | None = None) -> None:  # noqa: ARG002
        """See `Watch.after_epoch`."""
        self.epochs.append(EpochScores(valid_loss, accuracy))


def listen(fit: Fit, settings: Settings, digits: Digits) -> Listener:
    """Train in this thread, and return the recorded losses and scores."""
    listener = Listener(settings.lr, settings.batch_size)
    fit(settings, digits, listener)
    return listener
