"""Events that a run publishes while it trains; trainer, engine, run store, pages and command line share them.

An event is plain data. It is sent over a network as a message of msgpack's types (`to_message`, `from_message`), with
weights as named float32 arrays. This module does not depend on the senders and receivers of events.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[np.float32]]


REMARK = "But "
"""The start of a finished run's reason if it was unstable or learned nothing."""


class Status(StrEnum):
    """The status of a run."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    FINISHED = "finished"
    DIVERGED = "diverged"
    FAILED = "failed"

    @property
    def is_over(self) -> bool:
        """Whether a run with this status will publish no more events."""
        return self not in (Status.QUEUED, Status.RUNNING, Status.PAUSED)  # a set would ask Python for each hash


@dataclass(frozen=True, slots=True)
class Batches:
    """Consecutive mini-batches of training.

    Args:
        step: number of the first one; the first step of a run is 1.
        losses: the loss on each mini-batch, before its step.
        lr: the learning rate that was set for all of them (a schedule, as in `resnet18`, stays below it).
        batch_size: digits in each of them; the last of an epoch may have fewer.
    """

    step: int
    losses: tuple[float, ...]
    lr: float
    batch_size: int


@dataclass(frozen=True, slots=True)
class Epoch:
    """An epoch that ended.

    Args:
        epoch: its number, from 1.
        step: the last step in it.
        train_loss: mean loss over its mini-batches, each before its step (nan if the rung has no loss).
        valid_loss: loss on the valid digits (nan if the rung has no loss).
        accuracy: share of the valid digits that are predicted correctly, in [0, 1].
        seconds: its duration without pauses.
        train_accuracy: share of the train digits that are predicted correctly at its end, in [0, 1]; None if not
            measured.
        train_loss_after: loss on the same train digits at its end; None if not measured, or without a loss.
    """

    epoch: int
    step: int
    train_loss: float
    valid_loss: float
    accuracy: float
    seconds: float
    train_accuracy: float | None = None
    train_loss_after: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """The weights after a step; step 0 is before the first.

    Args:
        step: the last step before the snapshot.
        weights: named float32 arrays: all of a small model, the first layer of a large one.
    """

    step: int
    weights: Arrays

    @property
    def is_whole(self) -> bool:
        """Whether these weights can predict: of a large model there is only the first layer, a single array."""
        return len(self.weights) > 1


@dataclass(frozen=True, slots=True, eq=False)
class Glimpse:
    """The weights between two snapshots, for pages that show the run now; they are not kept.

    Args:
        step: the last step before the glimpse.
        weights: as in a `Snapshot`.
    """

    step: int
    weights: Arrays


@dataclass(frozen=True, slots=True)
class DrawingJudged:
    """The prediction of a model too large for snapshots of all weights, for the drawing that was sent to its run.

    Args:
        step: the last step before the prediction.
        drawing: the drawing's `drawing_key`.
        logits: the raw outputs: of two digits one, above 0 for the first of the run; of ten one for each.
    """

    step: int
    drawing: int
    logits: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ValidJudged:
    """The predictions of a model too large for snapshots of all weights, for all valid digits after an epoch.

    Args:
        step: the last step before the predictions.
        logits: float32 `[n_valid]`, the raw outputs, above 0 for the first digit of the run; of ten `[n_valid, 10]`.
    """

    step: int
    logits: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """The status of a run has changed.

    Args:
        status: the new status.
        reason: why, in words for the visitor; empty if it is obvious.
    """

    status: Status
    reason: str = ""


Event = Batches | Epoch | Snapshot | Glimpse | DrawingJudged | ValidJudged | StatusChanged
_KINDS: dict[str, type[Event]] = {
    kind.__name__: kind for kind in (Batches, Epoch, Snapshot, Glimpse, DrawingJudged, ValidJudged, StatusChanged)
}


def drawing_key(image: NDArray[np.uint8]) -> int:
    """Return a number from 0 to 2**63 - 1 that identifies a drawing, uint8 `[28, 28]`: a hash."""
    return int.from_bytes(hashlib.sha256(image.tobytes()).digest()[:8], "big") >> 1


def to_message(event: Event) -> dict[str, Any]:
    """Return the event as a message of msgpack's types."""
    message = {field.name: getattr(event, field.name) for field in fields(event)}
    if isinstance(event, Snapshot | Glimpse):
        message["weights"] = {name: _array_to_message(array) for name, array in event.weights.items()}
    if isinstance(event, ValidJudged):
        message["logits"] = _array_to_message(event.logits)
    if isinstance(event, StatusChanged):
        message["status"] = event.status.value
    return {"kind": type(event).__name__, **message}


def from_message(message: Mapping[str, Any]) -> Event:
    """Return the event of a message of `to_message`."""
    values = dict(message)
    kind = _KINDS[values.pop("kind")]
    if kind is Batches:
        values["losses"] = tuple(values["losses"])
    if kind is DrawingJudged:
        values["logits"] = tuple(values["logits"])
    if kind in {Snapshot, Glimpse}:
        values["weights"] = {name: _array_from_message(*array) for name, array in values["weights"].items()}
    if kind is ValidJudged:
        values["logits"] = _array_from_message(*values["logits"])
    if kind is StatusChanged:
        values["status"] = Status(values["status"])
    return kind(**values)


def _array_to_message(array: NDArray[np.float32]) -> tuple[list[int], bytes]:
    return list(array.shape), array.astype("<f4").tobytes()


def _array_from_message(shape: list[int], data: bytes) -> NDArray[np.float32]:
    return np.frombuffer(data, dtype="<f4").reshape(shape)
