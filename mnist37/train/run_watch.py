"""The watch that turns what a rung tells into events, and what was asked of the run into what the rung does next."""

import math
import time
from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from mnist37.errors import Diverged
from mnist37.events import Batches, Epoch, Event, Snapshot, Status, StatusChanged
from mnist37.rungs import StopTraining
from mnist37.train.control import Control

FLUSH_SECONDS = 0.1
"""Mini-batches are told together, this often: thousands of them a second would drown whoever listens."""

SMALL_MODEL = 100_000
"""Up to so many weights, a snapshot holds them all (so that it can answer); above, the first layer alone."""

SNAPSHOT_GROWTH = 1.15
"""Snapshots lie so many times further apart each time: learning is fast at first, then slow."""


class RunWatch:
    """A `mnist37.rungs.Watch` that emits events and obeys a `Control`.

    Args:
        emit: called with every event, in the training thread.
        control: what is asked of the run.
        lr: the learning rate to begin with.
    """

    def __init__(self, emit: Callable[[Event], None], control: Control, lr: float) -> None:
        self._emit, self._control, self._lr = emit, control, lr
        self.step = self.epoch = 0
        self.weights: Mapping[str, Tensor] = {}
        self._losses: list[float] = []
        self._epoch_losses: list[float] = []
        self._first_loss = self._last_train_loss = math.nan
        self._next_snapshot = 1
        self._snapshot_step = -1
        self._flushed = self._epoch_started = time.perf_counter()

    @property
    def lr(self) -> float:
        """The learning rate for the next step."""
        return self._lr

    def begin(self, weights: Mapping[str, Tensor]) -> None:
        """Keep the live weights and show them as they stand at first."""
        self.weights = weights
        self._emit(StatusChanged(Status.RUNNING))
        self.snapshot()
        self._flushed = self._epoch_started = time.perf_counter()
        self._obey()

    def after_batch(self, loss: float) -> None:
        """Count the step, check that it stayed finite, tell it, obey."""
        self.step += 1
        if self.step == 1:
            self._first_loss = loss
        self._losses.append(loss)
        self._epoch_losses.append(loss)
        self._check_finite(loss)
        if self.step >= self._next_snapshot:
            self.snapshot()
            self._next_snapshot = max(self.step + 1, math.ceil(self.step * SNAPSHOT_GROWTH))
        if time.perf_counter() - self._flushed > FLUSH_SECONDS:
            self.flush()
        self._obey()

    def after_epoch(self, valid_loss: float, accuracy: float) -> None:
        """Tell the epoch."""
        self.epoch += 1
        self.flush()
        losses, now = self._epoch_losses, time.perf_counter()
        train_loss = sum(losses) / len(losses) if losses else math.nan
        self._emit(Epoch(self.epoch, self.step, train_loss, valid_loss, accuracy, now - self._epoch_started))
        self._epoch_losses, self._epoch_started, self._last_train_loss = [], now, train_loss

    def remark(self) -> str:
        """What a learner should know of a run that went through: a loss that rose looks like a crash otherwise."""
        if not self._last_train_loss > self._first_loss:
            return ""
        return (
            f"But the loss ended at {self._last_train_loss:.4g}, above the {self._first_loss:.4g} that it began with: "
            f"at a learning rate of {self._lr:g} the steps were too long. Try {self._lr / 10:g}."
        )

    def snapshot(self) -> None:
        """Show the weights as they stand, unless this step's were shown already."""
        if self._snapshot_step == self.step:
            return
        self.flush()
        shown = dict(self.weights)
        if sum(tensor.numel() for tensor in shown.values()) > SMALL_MODEL:
            shown = dict(list(shown.items())[:1])
        copies = {name: tensor.detach().cpu().float().numpy().copy() for name, tensor in shown.items()}
        self._emit(Snapshot(self.step, copies))
        self._snapshot_step = self.step

    def flush(self) -> None:
        """Tell the batches that are not told yet."""
        if self._losses:
            self._emit(Batches(self.step - len(self._losses) + 1, tuple(self._losses), self._lr))
            self._losses = []
        self._flushed = time.perf_counter()

    def _check_finite(self, loss: float) -> None:
        if not math.isfinite(loss):
            raise self._diverged("The loss")
        for tensor in self.weights.values():
            if not torch.isfinite(tensor).all():
                raise self._diverged("A weight")

    def _diverged(self, what: str) -> Diverged:
        return Diverged(
            f"{what} was no finite number any more at step {self.step}, with a learning rate of {self._lr:g}: "
            "the steps were so long that each made the error larger.",
            f"Try a learning rate of {self._lr / 10:g}.",
        )

    def _obey(self) -> None:
        if self._control.paused:
            self._pause()
        if self._control.stopped:
            raise StopTraining
        if self._control.lr is not None and self._control.lr != self._lr:
            self.flush()
            self._lr = self._control.lr

    def _pause(self) -> None:
        self.snapshot()
        self.flush()
        began = time.perf_counter()
        self._emit(StatusChanged(Status.PAUSED))
        self._control.wait_while_paused()
        self._epoch_started += time.perf_counter() - began
        self._emit(StatusChanged(Status.RUNNING))
