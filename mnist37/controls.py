"""Controls: what a run can be asked to do while it trains, from a button to the training loop.

A control is plain data. It goes through a network as a message of msgpack's types (`to_message`, `from_message`), as an
event does: `from_message` makes nothing but the classes below, and checks their values again.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, get_args

from mnist37.settings import checked


@dataclass(frozen=True, slots=True)
class Pause:
    """Pause before the next batch."""


@dataclass(frozen=True, slots=True)
class Step:
    """Train on one more batch, then pause."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Continue with the next batch."""


@dataclass(frozen=True, slots=True)
class Stop:
    """End the run after the current batch, or before its first one."""


@dataclass(frozen=True, slots=True)
class SetLr:
    """Take the next steps with this learning rate.

    Args:
        lr: the learning rate.

    Raises:
        SettingsError: it is out of the range of learning rates.
    """

    lr: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "lr", checked("lr", self.lr))


@dataclass(frozen=True, slots=True)
class SetBatchSize:
    """Use mini-batches of this size from the next epoch on.

    Args:
        batch_size: digits in one mini-batch.

    Raises:
        SettingsError: it is out of the range of batch sizes.
    """

    batch_size: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "batch_size", checked("batch_size", self.batch_size))


@dataclass(frozen=True, slots=True)
class SetPace:
    """Limit the number of mini-batches per second.

    Args:
        batches_per_second: the limit; 0 for none.
    """

    batches_per_second: float


@dataclass(frozen=True, slots=True)
class SetDrawing:
    """Classify this drawing while the model learns.

    Args:
        pixels: uint8 `[28, 28]` as bytes; empty for no drawing.
    """

    pixels: bytes


RunControl = Pause | Step | Resume | Stop | SetLr | SetBatchSize | SetPace | SetDrawing
CONTROL_OF_SETTING: Mapping[str, Callable[[Any], RunControl]] = {"lr": SetLr, "batch_size": SetBatchSize}
"""What sets a setting while a run trains, for those that declare `counts_from`."""
_KINDS: dict[str, type[RunControl]] = {kind.__name__: kind for kind in get_args(RunControl)}


def to_message(control: RunControl) -> dict[str, Any]:
    """Return the control as a message that msgpack can carry."""
    return {"kind": type(control).__name__, **asdict(control)}


def from_message(message: Mapping[str, Any]) -> RunControl:
    """Return the control of a message of `to_message`.

    Raises:
        KeyError: there is no such control.
        SettingsError: its value is out of range.
    """
    values = dict(message)
    return _KINDS[values.pop("kind")](**values)
