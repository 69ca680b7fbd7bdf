"""Events: what a run tells while it trains. The one vocabulary of trainer, engine, run store, page and command line.

An event is plain data, and goes through a network as a message of msgpack's types (`to_message`, `from_message`):
weights travel as named float32 arrays. This module must not know where an event comes from or where it goes.
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
"""What a finished run's reason begins with where it was unstable or learned nothing."""


class Status(StrEnum):
    """Where a run stands."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    FINISHED = "finished"
    DIVERGED = "diverged"
    FAILED = "failed"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come from a run that stands here."""
        return self in {Status.STOPPED, Status.FINISHED, Status.DIVERGED, Status.FAILED}


@dataclass(frozen=True, slots=True)
class Batches:
    """Consecutive mini-batches that were trained on.

    Args:
        step: number of the first of them; the first step of a run is 1.
        losses: the loss on each mini-batch, before its step.
        lr: the learning rate that was set for them all (a schedule, as `resnet18` has, moves below it).
        batch_size: digits in each of them; the last of an epoch may hold fewer.
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
        train_loss: mean loss over its mini-batches, each before its step (nan where the rung has no loss).
        valid_loss: loss on the valid digits (nan where the rung has no loss).
        accuracy: share of the valid digits that it gets right, in [0, 1].
        seconds: what it took, pauses left out.
        train_accuracy: share of the train digits that it gets right at its end, in [0, 1]; None if not measured.
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
    """Weights as they stood after a step; step 0 is before the first.

    Args:
        step: the step they were taken after.
        weights: named float32 arrays: all of a small model, the first layer of a large one.
    """

    step: int
    weights: Arrays

    @property
    def is_whole(self) -> bool:
        """Whether these weights can answer: a large model shows its first layer alone, no model is one array."""
        return len(self.weights) > 1


@dataclass(frozen=True, slots=True, eq=False)
class Glimpse:
    """Weights as they stand between two snapshots, for whoever looks on right now; they are not kept.

    Args:
        step: the step they were taken after.
        weights: as those of a `Snapshot`.
    """

    step: int
    weights: Arrays


@dataclass(frozen=True, slots=True)
class DrawingJudged:
    """What a model too large to be told whole says of the drawing that its run was given.

    Args:
        step: the step it was asked after.
        drawing: the drawing's `drawing_key`.
        logit: its raw answer, above 0 for a three.
    """

    step: int
    drawing: int
    logit: float


@dataclass(frozen=True, slots=True, eq=False)
class ValidJudged:
    """What a model too large to be told whole says of all valid digits, at the end of an epoch.

    Args:
        step: the step it was asked after.
        logits: float32 `[n_valid]`, its raw answers, above 0 for a three.
    """

    step: int
    logits: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """A run now stands elsewhere.

    Args:
        status: where.
        reason: why, for a learner to read; empty where it goes without saying.
    """

    status: Status
    reason: str = ""


Event = Batches | Epoch | Snapshot | Glimpse | DrawingJudged | ValidJudged | StatusChanged
_KINDS: dict[str, type[Event]] = {
    kind.__name__: kind for kind in (Batches, Epoch, Snapshot, Glimpse, DrawingJudged, ValidJudged, StatusChanged)
}


def drawing_key(image: NDArray[np.uint8]) -> int:
    """A number from 0 to 2**63 - 1 that stands for a drawing, uint8 `[28, 28]`; another drawing has another one."""
    return int.from_bytes(hashlib.sha256(image.tobytes()).digest()[:8], "big") >> 1


def to_message(event: Event) -> dict[str, Any]:
    """The event as a message that msgpack can carry."""
    message = {field.name: getattr(event, field.name) for field in fields(event)}
    if isinstance(event, Snapshot | Glimpse):
        message["weights"] = {name: _array_to_message(array) for name, array in event.weights.items()}
    if isinstance(event, ValidJudged):
        message["logits"] = _array_to_message(event.logits)
    if isinstance(event, StatusChanged):
        message["status"] = event.status.value
    return {"kind": type(event).__name__, **message}


def from_message(message: Mapping[str, Any]) -> Event:
    """The event that a message of `to_message` stands for."""
    values = dict(message)
    kind = _KINDS[values.pop("kind")]
    if kind is Batches:
        values["losses"] = tuple(values["losses"])
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
