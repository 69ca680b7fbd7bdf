"""Record one run during training: events in, files out, and its present state for readers."""

import logging
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from mnist37.data import Digits
from mnist37.events import Batches, Epoch, Event, Status, StatusChanged
from mnist37.runs.history import History
from mnist37.runs.record import RunInfo
from mnist37.runs.store import RunStore
from mnist37.settings import Settings

_log = logging.getLogger(__name__)

PACE_SECONDS = 5.0
"""The remaining time is estimated from the pace of these last seconds, because a control may have changed the pace."""

MAKE_ROOM = "Make room on the disk, or set MNIST37_HOME to a folder on another one, then train again."

BEGINNINGS = {(Status.QUEUED, Status.RUNNING): "started", (Status.PAUSED, Status.RUNNING): "resumed"}
"""The log's word for a change between two statuses, where the new status's own name is less clear."""

WRITE_SECONDS = 0.7
"""Minimum time between two writes of the curves; longer if a write takes long."""


class Recorder:
    """Keeps one run. Call it from one thread; `info` and `history` may be read from any thread.

    Args:
        store: where the run is kept.
        settings: the run's settings.
        digits: the digits that it learns from.
        visitor: the visitor who owns it; see `RunInfo`.
    """

    def __init__(self, store: RunStore, settings: Settings, digits: Digits, visitor: str = "") -> None:
        self._store = store
        self.info: RunInfo = store.create(settings, digits, visitor)
        self.history = History()
        self._write_due = 0.0
        self._is_written = True
        self._not_kept: dict[str, str] = {}
        """The reason, by the file, where the last attempt to write it failed."""
        self._heard = time.monotonic()
        self._trained = 0.0
        self._pace: deque[tuple[float, int]] = deque([(0.0, 0)])
        _log.info("%s", self.info.status, extra={"run": self.info.id})

    def add(self, event: Event) -> None:
        """Keep an event."""
        now = time.monotonic()
        if self.info.status is Status.RUNNING:
            self._trained += now - self._heard
        self._heard = now
        self.history.add(event)
        self._note_pace(event)
        if isinstance(event, StatusChanged):
            self.set_status(event.status, event.reason)
        elif isinstance(event, Epoch):
            self.info = self.info.replace(
                step=event.step,
                accuracy=event.accuracy,
                train_accuracy=event.train_accuracy,
                seconds=self.info.seconds + event.seconds,
            )
        self._is_written = False
        self.keep_up()

    def keep_up(self) -> None:
        """Write the events that are not on disk yet, if the next write is due; a paused run gets no more events."""
        if not self._is_written and time.monotonic() > self._write_due:
            self._write_history()

    def seconds_left(self) -> float | None:
        """Return the remaining seconds at the recent pace; None before the first step and unless the run trains."""
        (trained_then, step_then), (trained, step) = self._pace[0], (self._trained, self.history.step)
        if step == step_then or self.info.status is not Status.RUNNING:
            return None
        return (trained - trained_then) / (step - step_then) * max(0, self.total_steps - step)

    def _note_pace(self, event: Event) -> None:
        """Keep the times of the last seconds' steps; a change of the status starts anew."""
        if isinstance(event, StatusChanged):
            self._pace = deque([(self._trained, self.history.step)])
        elif isinstance(event, Batches):
            self._pace.append((self._trained, self.history.step))
            while len(self._pace) > 2 and self._pace[1][0] < self._trained - PACE_SECONDS:
                self._pace.popleft()

    @property
    def total_steps(self) -> int:
        """The number of steps of the whole run, with its present batch size."""
        return self.history.epoch_ends(self.info.settings, self.info.n_train)[-1]

    def set_status(self, status: Status, reason: str = "") -> None:
        """Set the status, and write all events received so far.

        A run that is over but could not be kept has failed.
        """
        if status.is_over:
            self._write_history()
        self._not_kept.pop("run.json", None)  # what the file of before could not tell, the one of now does
        self._keep("run.json", self._store.write_info, self._info_with(status, reason))
        # Publish the status only after the files are written: a run that is over is complete on disk.
        before, self.info = self.info.status, self._info_with(status, reason)
        word = BEGINNINGS.get((before, status), self.info.status)
        told = f"{word} at step {self.info.step}. {self.info.reason}".strip()
        _log.info(told, extra={"run": self.info.id})

    def _info_with(self, status: Status, reason: str) -> RunInfo:
        why = next(iter(self._not_kept.values()), "")
        if why and status in {Status.FINISHED, Status.STOPPED}:
            reason, status = f"{MAKE_ROOM} {reason}", Status.FAILED
        return self.info.replace(status=status, reason=f"{why} {reason}".strip(), step=self.history.step)

    def finish(self, status: Status, reason: str, weights: bytes) -> None:
        """End the run: write its weights (safetensors bytes), then set the status."""
        self._keep("weights", self._store.write_weights, self.info.id, weights)
        self.set_status(status, reason)

    def rename(self, name: str) -> None:
        """Rename the run; see `RunStore.rename`.

        Raises:
            RunError: it cannot be written.
        """
        self.info = self._store.write_name(self.info, name)

    def _write_history(self) -> None:
        began = time.monotonic()
        self._is_written = True
        self._keep("history", self._store.write_history, self.info.id, self.history)
        self._keep("run.json", self._store.write_info, self.info)
        took = time.monotonic() - began
        self._write_due = began + took + max(WRITE_SECONDS, 20 * took)

    def _keep(self, file: str, write: Callable[..., None], *what: Any) -> None:
        """Write a file; a full disk or a deleted folder does not end the training, but is noted for the status."""
        try:
            write(*what)
        except OSError as error:
            self._not_kept[file] = f"It could not be kept ({error.strerror or error})."
        else:
            self._not_kept.pop(file, None)
