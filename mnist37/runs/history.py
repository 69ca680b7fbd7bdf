"""A run's history: every batch loss, every epoch, every snapshot, in the order in which they came. Numbers only."""

import threading
from array import array
from collections.abc import Mapping
from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray

from mnist37.events import Arrays, Batches, Epoch, Event, Snapshot

FloatArray = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class LrChange:
    """From this step on, this learning rate."""

    step: int
    lr: float


class History:
    """Grows by `add` in one thread and may be read from others."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._losses = array("f")
        self._lr_changes: list[LrChange] = []
        self._epochs: list[Epoch] = []
        self._snapshots: dict[int, Arrays] = {}

    def add(self, event: Event) -> None:
        """Keep an event; a change of status is not history's business."""
        with self._lock:
            if isinstance(event, Batches):
                self._add_batches(event)
            elif isinstance(event, Epoch):
                self._epochs.append(event)
            elif isinstance(event, Snapshot):
                self._snapshots[event.step] = event.weights

    def _add_batches(self, event: Batches) -> None:
        self._losses.extend(event.losses)
        if not self._lr_changes or self._lr_changes[-1].lr != event.lr:
            self._lr_changes.append(LrChange(event.step, event.lr))

    @property
    def step(self) -> int:
        """The last step made."""
        return len(self._losses)

    def losses(self) -> FloatArray:
        """The batch losses, float32 `[steps]`; that of step s stands at s - 1."""
        with self._lock:
            return np.array(self._losses, dtype=np.float32)

    def lr_changes(self) -> list[LrChange]:
        """The learning rates in turn; the first is the one that the run began with."""
        with self._lock:
            return list(self._lr_changes)

    def epochs(self) -> list[Epoch]:
        """The epochs that ended."""
        with self._lock:
            return list(self._epochs)

    def last_epoch(self) -> Epoch | None:
        """The last epoch that ended, if any did."""
        with self._lock:
            return self._epochs[-1] if self._epochs else None

    def snapshot_steps(self) -> list[int]:
        """The steps that there are snapshots of, ascending."""
        with self._lock:
            return sorted(self._snapshots)

    def snapshot(self, step: int | None = None) -> Snapshot | None:
        """The last snapshot at or before `step` (None: the newest); None if there is none."""
        steps = [kept for kept in self.snapshot_steps() if step is None or kept <= step]
        if not steps:
            return None
        with self._lock:
            return Snapshot(steps[-1], self._snapshots[steps[-1]])

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Batches and epochs as named columns, to be kept."""
        with self._lock:
            epochs = np.array([astuple(epoch) for epoch in self._epochs], dtype=np.float64).reshape(-1, 6)
            return {
                "batch_losses": np.array(self._losses, dtype=np.float32),
                "lr_steps": np.array([change.step for change in self._lr_changes], dtype=np.int64),
                "lr_values": np.array([change.lr for change in self._lr_changes], dtype=np.float64),
                "epochs": epochs,
            }

    def snapshots_to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """The snapshots as arrays named `step/name`, to be kept."""
        with self._lock:
            return {f"{s}/{name}": array for s, kept in self._snapshots.items() for name, array in kept.items()}

    @classmethod
    def from_arrays(
        cls, columns: Mapping[str, NDArray[np.generic]], snapshots: Mapping[str, NDArray[np.generic]]
    ) -> "History":
        """The history that `to_arrays` and `snapshots_to_arrays` came from.

        Raises:
            KeyError: a column is missing.
            ValueError: a column or a snapshot is not of its form.
        """
        history = cls()
        history._losses = array("f", columns["batch_losses"].astype(np.float32).tobytes())
        changes = zip(columns["lr_steps"].tolist(), columns["lr_values"].tolist(), strict=True)
        history._lr_changes = [LrChange(int(step), float(lr)) for step, lr in changes]
        history._epochs = [
            Epoch(int(epoch), int(step), *(float(value) for value in rest))
            for epoch, step, *rest in columns["epochs"].reshape(-1, 6).tolist()
        ]
        for key, values in snapshots.items():
            step, _, name = key.partition("/")
            kept = dict(history._snapshots.get(int(step), {}))
            history._snapshots[int(step)] = {**kept, name: values.astype(np.float32)}
        return history
