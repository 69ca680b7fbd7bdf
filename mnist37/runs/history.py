"""A run's history: every batch loss, every epoch, every snapshot, in the order in which they came. Numbers only."""

import math
import threading
from array import array
from collections.abc import Mapping
from dataclasses import astuple, dataclass, replace
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from mnist37.events import Batches, DrawingJudged, Epoch, Event, Glimpse, Snapshot, ValidJudged
from mnist37.settings import Settings, steps_per_epoch

FloatArray = NDArray[np.float32]
Floats = NDArray[np.float64]

HALF_WINDOW = 20
"""A smoothed loss is the mean over at most so many batches before it and as many behind it ..."""
NARROWER = 4
"""... and over at most one of so many of the steps before it: at first the loss falls so fast that the mean of a wide
window would lie above it."""


@dataclass(frozen=True, slots=True)
class LrChange:
    """From this step on, this learning rate."""

    step: int
    lr: float


@dataclass(frozen=True, slots=True)
class BatchSizeChange:
    """From this step on, mini-batches of this size."""

    step: int
    batch_size: int


class History:
    """Grows by `add` in one thread and may be read from others."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._losses, self._smoothed = array("f"), array("f")
        self._lr_changes: list[LrChange] = []
        self._batch_size_changes: list[BatchSizeChange] = []
        self._epochs: list[Epoch] = []
        self._snapshots: dict[int, Snapshot] = {}
        self._glimpse: Snapshot | None = None
        self._drawing_judged: list[DrawingJudged] = []
        self._valid_judged: dict[int, FloatArray] = {}

    def add(self, event: Event) -> None:
        """Keep an event; changes of status are ignored."""
        with self._lock:
            if isinstance(event, Batches):
                self._add_batches(event)
            elif isinstance(event, Epoch):
                self._epochs.append(event)
            elif isinstance(event, Snapshot):
                self._snapshots[event.step] = event
            elif isinstance(event, Glimpse):
                self._glimpse = Snapshot(event.step, event.weights)
            elif isinstance(event, DrawingJudged):
                self._drawing_judged.append(event)
            elif isinstance(event, ValidJudged):
                self._valid_judged[event.step] = event.logits

    def _add_batches(self, event: Batches) -> None:
        self._losses.extend(event.losses)
        if not self._lr_changes or self._lr_changes[-1].lr != event.lr:
            self._lr_changes.append(LrChange(event.step, event.lr))
        if not self._batch_size_changes or self._batch_size_changes[-1].batch_size != event.batch_size:
            self._batch_size_changes.append(BatchSizeChange(event.step, event.batch_size))

    @property
    def step(self) -> int:
        """The last step made."""
        return len(self._losses)

    def losses(self) -> FloatArray:
        """Return the batch losses, float32 `[steps]`; the loss of step s is at index s - 1."""
        with self._lock:
            return np.array(self._losses, dtype=np.float32)

    def smoothed_losses(self) -> FloatArray:
        """Return each batch loss averaged with as many before it as behind it, float32 `[steps]`.

        The mean over up to `HALF_WINDOW` batches on either side; the last ones have fewer behind them. A mean over the
        past alone, such as fastai's, is late, so that a loss that falls seems to lie above the valid one. What has
        enough batches behind it is averaged once; the last ones change as more come.
        """
        with self._lock:
            losses = np.array(self._losses, dtype=np.float64)
            settled = max(len(self._smoothed), len(losses) - HALF_WINDOW)
            self._smoothed.extend(_centred_means(losses, len(self._smoothed), settled))
            tail = _centred_means(losses, settled, len(losses))
            return np.concatenate([np.array(self._smoothed, dtype=np.float32), tail.astype(np.float32)])

    def changes(self) -> dict[str, list[tuple[int, float]]]:
        """Return from which step on which value counted, for each setting that can be changed while a run learns."""
        with self._lock:
            return {
                "lr": [(change.step, change.lr) for change in self._lr_changes],
                "batch_size": [(change.step, change.batch_size) for change in self._batch_size_changes],
            }

    def lr_changes(self) -> list[LrChange]:
        """Return the learning rates in order; the first is that at the start."""
        with self._lock:
            return list(self._lr_changes)

    def batch_size_changes(self) -> list[BatchSizeChange]:
        """Return the batch sizes in order; the first is that at the start."""
        with self._lock:
            return list(self._batch_size_changes)

    def epoch_ends(self, settings: Settings, n_train: int) -> list[int]:
        """Return where each epoch of the run ends, including future ones: `[0, last step of epoch 1, ...]`.

        Args:
            settings: of the run.
            n_train: how many digits it learns from.
        """
        with self._lock:
            ends = [0, *[epoch.step for epoch in self._epochs]]
            size = self._batch_size_changes[-1].batch_size if self._batch_size_changes else settings.batch_size
        per_epoch, to_come = steps_per_epoch(n_train, size), settings.epochs + 1 - len(ends)
        return [*ends, *range(ends[-1] + per_epoch, ends[-1] + per_epoch * to_come + 1, per_epoch)]

    def epochs(self) -> list[Epoch]:
        """Return the epochs that ended."""
        with self._lock:
            return list(self._epochs)

    def last_epoch(self) -> Epoch | None:
        """Return the last epoch that ended; None if there is none."""
        with self._lock:
            return self._epochs[-1] if self._epochs else None

    def snapshot_steps(self) -> list[int]:
        """Return the steps that have snapshots, ascending."""
        with self._lock:
            return sorted(self._snapshots)

    def snapshot(self, step: int | None = None) -> Snapshot | None:
        """Return the last kept weights at or before `step`, or the newest of all; None if there are none."""
        with self._lock:
            kept = max((at for at in self._snapshots if step is None or at <= step), default=None)
            if step is None and self._glimpse is not None and (kept is None or kept < self._glimpse.step):
                return self._glimpse
            return None if kept is None else self._snapshots[kept]

    def drawing_logits(self, drawing: int, step: int | None = None) -> DrawingJudged | None:
        """Return the run's own last prediction, at or before `step`, for the drawing of that `drawing_key`, if any."""
        with self._lock:
            said = (one for one in reversed(self._drawing_judged) if one.drawing == drawing)
            return next((one for one in said if step is None or one.step <= step), None)

    def valid_logits(self, step: int | None = None) -> ValidJudged | None:
        """Return the run's own last predictions, at or before `step`, for all valid digits, if any."""
        with self._lock:
            at = max((kept for kept in self._valid_judged if step is None or kept <= step), default=None)
            return None if at is None else ValidJudged(at, self._valid_judged[at])

    def valid_steps(self) -> list[int]:
        """Return the steps after which the run itself predicted all valid digits."""
        with self._lock:
            return list(self._valid_judged)

    def until(self, step: int) -> "History":
        """Return the history as it was after a step."""
        past = History()
        with self._lock:
            past._losses = self._losses[:step]
            past._lr_changes = [change for change in self._lr_changes if change.step <= step]
            past._batch_size_changes = [change for change in self._batch_size_changes if change.step <= step]
            past._epochs = [epoch for epoch in self._epochs if epoch.step <= step]
            past._snapshots = {at: kept for at, kept in self._snapshots.items() if at <= step}
            past._drawing_judged = [judged for judged in self._drawing_judged if judged.step <= step]
            past._valid_judged = {at: logits for at, logits in self._valid_judged.items() if at <= step}
        return past

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return batches and epochs as named columns, to be kept."""
        with self._lock:
            return {
                "batch_losses": np.array(self._losses, dtype=np.float32),
                "lr_steps": np.array([change.step for change in self._lr_changes], dtype=np.int64),
                "lr_values": np.array([change.lr for change in self._lr_changes], dtype=np.float64),
                "batch_sizes": _table([astuple(change) for change in self._batch_size_changes], 2).astype(np.int64),
                "drawing_keys": np.array([one.drawing for one in self._drawing_judged], dtype=np.int64),
                "drawing_logits": _table([(one.step, *one.logits) for one in self._drawing_judged], self._width()),
                "valid_steps": np.array(list(self._valid_judged), dtype=np.int64),
                "valid_logits": np.stack(list(self._valid_judged.values())).astype(np.float32)
                if self._valid_judged
                else np.zeros((0, 0), np.float32),
                "epochs": _table([astuple(epoch)[:6] for epoch in self._epochs], 6),
                "epochs_on_train": _table([(e.train_accuracy, e.train_loss_after) for e in self._epochs], 2),
            }

    def _width(self) -> int:
        """Return the columns of a drawing's step and raw outputs."""
        return 1 + len(self._drawing_judged[0].logits) if self._drawing_judged else 2

    def snapshots_to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return the snapshots as arrays named `step/name`, to be kept."""
        with self._lock:
            return {f"{s}/{name}": array for s, kept in self._snapshots.items() for name, array in kept.weights.items()}

    @classmethod
    def from_arrays(
        cls, columns: Mapping[str, NDArray[np.generic]], snapshots: Mapping[str, NDArray[np.generic]]
    ) -> "History":
        """Return the history from the arrays of `to_arrays` and `snapshots_to_arrays`.

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
        history._take_later_columns(columns)
        for key, values in snapshots.items():
            step, _, name = key.partition("/")
            kept = history._snapshots.setdefault(int(step), Snapshot(int(step), {}))
            history._snapshots[kept.step] = Snapshot(kept.step, {**kept.weights, name: values.astype(np.float32)})
        return history

    def _take_later_columns(self, columns: Mapping[str, NDArray[np.generic]]) -> None:
        """Read the columns that older runs do not have."""
        if "epochs_on_train" in columns:
            told = zip(self._epochs, columns["epochs_on_train"].reshape(-1, 2).tolist(), strict=True)
            self._epochs = [
                replace(epoch, train_accuracy=_number_or_none(accuracy), train_loss_after=_number_or_none(loss))
                for epoch, (accuracy, loss) in told
            ]
        if "batch_sizes" in columns:
            changes = columns["batch_sizes"].reshape(-1, 2).tolist()
            self._batch_size_changes = [BatchSizeChange(int(step), int(size)) for step, size in changes]
        if "drawing_keys" in columns:
            said = zip(columns["drawing_keys"].tolist(), columns["drawing_logits"].tolist(), strict=True)
            self._drawing_judged = [DrawingJudged(int(step), int(key), tuple(logits)) for key, (step, *logits) in said]
        if "valid_steps" in columns:
            logits = columns["valid_logits"].astype(np.float32)
            self._valid_judged = dict(zip(columns["valid_steps"].tolist(), logits, strict=True))


def _centred_means(values: Floats, first: int, end: int) -> Floats:
    """Return the mean about each of the values from `first` to before `end`, float64 `[n]` to `[end - first]`."""
    begins_whole = min(max(first, HALF_WINDOW * NARROWER), end)
    ends_whole = max(begins_whole, min(end, len(values) - HALF_WINDOW))
    means = [_mean_about(values, at) for at in range(first, begins_whole)]
    if begins_whole < ends_whole:
        windows = values[begins_whole - HALF_WINDOW : ends_whole + HALF_WINDOW]
        means.extend(sliding_window_view(windows, 2 * HALF_WINDOW + 1).mean(1))
    means.extend(_mean_about(values, at) for at in range(ends_whole, end))
    return np.array(means, dtype=np.float64)


def _mean_about(values: Floats, at: int) -> float:
    reach = min(HALF_WINDOW, at // NARROWER)
    return float(values[at - reach : at + reach + 1].mean())


def _number_or_none(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _table(rows: list[Any], width: int) -> NDArray[np.float64]:
    return np.array(rows, dtype=np.float64).reshape(-1, width)
