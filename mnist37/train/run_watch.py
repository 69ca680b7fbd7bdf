"""The callback of a training loop that emits events and applies controls."""

import math
import time
from array import array
from collections.abc import Callable, Iterable, Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.utils import get_total_norm

from mnist37.data import Digits
from mnist37.errors import Diverged
from mnist37.evaluation import Score
from mnist37.events import (
    Arrays,
    Batches,
    DrawingJudged,
    Epoch,
    Event,
    Glimpse,
    Snapshot,
    Status,
    StatusChanged,
    ValidJudged,
    drawing_key,
)
from mnist37.rungs import Guess, StopTraining, course_of
from mnist37.settings import Settings
from mnist37.train.control import Control
from mnist37.train.remark import Ending, steadier
from mnist37.train.train_digits import OnTrain, TrainDigits

FLUSH_SECONDS = 0.1
"""Interval of `Batches` events: one for each of thousands of mini-batches per second would be too many."""

SMALL_MODEL = 100_000
"""Maximum number of weights of which a snapshot holds all, so that it can predict; of more, only the first layer."""

SNAPSHOT_GROWTH = 1.15
"""Factor from one snapshot's step to the next one's: learning is fast at first, then slow."""

GLIMPSE_SECONDS = 0.25
"""Maximum age of the weights that a page shows, between two snapshots."""

LogitsOf = Callable[[NDArray[np.uint8]], tuple[float, ...]]


class RunWatch:
    """A `mnist37.rungs.Watch` that emits events and applies a `Control`.

    Args:
        emit: called with every event, in the training thread.
        control: what the run was asked to do.
        settings: of the run at its start.
        logits_of: returns the current model's raw outputs for a drawing, uint8 `[28, 28]`.
        digits: to measure loss and accuracy on the train digits at the end of each epoch; None for no such measure.
    """

    def __init__(
        self,
        emit: Callable[[Event], None],
        control: Control,
        settings: Settings,
        logits_of: LogitsOf,
        digits: Digits | None = None,
    ) -> None:
        self._emit, self._control, self._logits_of = emit, control, logits_of
        self._settings, self._digits = settings, digits
        self._train_digits: TrainDigits | None = None
        self._lr, self._batch_size = settings.lr, settings.batch_size
        self.step = self.epoch = 0
        self.weights: Mapping[str, Tensor] = {}
        self._losses: list[float] = []
        self._epoch_losses: list[float] = []
        self._all_losses = array("f")
        self._train_loss, self._accuracy, self._on_train = math.nan, math.nan, OnTrain()
        self._next_snapshot = 1
        self._snapshot_step = self._shown_step = -1
        self._answered: tuple[int, int] | None = None
        self._is_paused = self._steps = False
        self._flushed = self._shown = self._let_go = self._epoch_started = time.perf_counter()

    @property
    def lr(self) -> float:
        """The learning rate for the next step."""
        return self._lr

    @property
    def batch_size(self) -> int:
        """The batch size for the next epoch."""
        return self._batch_size

    def begin(self, weights: Mapping[str, Tensor]) -> None:
        """Keep the live weights and emit their first snapshot."""
        self.weights = weights
        self._emit(StatusChanged(Status.RUNNING))
        self.snapshot()
        self._flushed = self._epoch_started = time.perf_counter()
        self._let_go = -math.inf  # the pace does not delay the first batch
        self._take_batch_size()
        self._apply_controls()

    def after_batch(self, loss: float) -> None:
        """Count the step, check that all is finite, emit events, apply controls."""
        self.step += 1
        self._all_losses.append(loss)
        self._losses.append(loss)
        self._epoch_losses.append(loss)
        self._check_finite(loss)
        now = time.perf_counter()
        if self.step >= self._next_snapshot:
            self.snapshot()
            self._next_snapshot = max(self.step + 1, math.ceil(self.step * SNAPSHOT_GROWTH))
        elif now - self._shown > GLIMPSE_SECONDS:
            self._glimpse()
        if now - self._flushed > FLUSH_SECONDS:
            self.flush()
        self._apply_controls()

    def while_validating(self) -> None:
        """Pause and stop between two batches of a validation too: that of a large model takes seconds."""
        waits = time.perf_counter()
        self._control.turns.give_way(waits)
        while self._control.paused and not (self._control.stopped or self._steps):  # a step goes to the next batch
            self._pause()
            self._steps = self._control.owes_step
        self._continue(waits)

    def after_epoch(self, valid_loss: float, accuracy: float, valid_logits: Tensor | None = None) -> None:
        """Emit the epoch."""
        self.epoch += 1
        self.flush()
        losses = self._epoch_losses
        train_loss = sum(losses) / len(losses) if losses else math.nan
        if valid_logits is not None and not self._is_small:
            self._emit(ValidJudged(self.step, valid_logits.detach().cpu().float().numpy()))
        self._epoch_losses = []
        self._train_loss, self._accuracy, self._on_train = train_loss, accuracy, OnTrain()
        try:
            self._on_train = self._measure_train_digits()
        finally:  # a stop during the measure does not lose the epoch
            told, now = self._on_train, time.perf_counter()
            seconds, on_train = now - self._epoch_started, (told.accuracy, told.loss)
            self._emit(Epoch(self.epoch, self.step, train_loss, valid_loss, accuracy, seconds, *on_train))
            self._epoch_started = now
        self._take_batch_size()

    def _measure_train_digits(self) -> OnTrain:
        """Return loss and accuracy of the current weights on the train digits."""
        if self._digits is None:
            return OnTrain()
        if self._train_digits is None:
            self._train_digits = TrainDigits(self._settings, self._digits, is_small=self._is_small)
        return self._train_digits.measure(self.weights, self.while_validating)

    def ending(self, digits: Digits) -> Ending:
        """Return what the run reached at its end.

        Args:
            digits: those that it learned from.
        """
        score = None if math.isnan(self._accuracy) or not digits.n_valid else Score.of(self._accuracy, digits.n_valid)
        guess, surprise = Guess.on(digits), self._on_train.surprise
        course = course_of(self._all_losses, self._batch_size, score, guess, surprise)
        return Ending(self.step, course, score, self._train_loss)

    def snapshot(self) -> None:
        """Emit the weights as a snapshot, unless there is one of this step."""
        if self._snapshot_step == self.step:
            return
        self.flush()
        self._emit(Snapshot(self.step, self._copies()))
        self._snapshot_step = self._shown_step = self.step
        self._shown = time.perf_counter()
        self._answer_to_drawing()

    def flush(self) -> None:
        """Emit the batches since the last `Batches` event."""
        if self._losses:
            first = self.step - len(self._losses) + 1
            self._emit(Batches(first, tuple(self._losses), self._lr, self._batch_size))
            self._losses = []
        self._flushed = time.perf_counter()

    @property
    def _is_small(self) -> bool:
        """Whether snapshots hold the whole model, so that a page can predict with them."""
        return sum(tensor.numel() for tensor in self.weights.values()) <= SMALL_MODEL

    def _copies(self) -> Arrays:
        shown = dict(self.weights) if self._is_small else dict(list(self.weights.items())[:1])
        return {name: tensor.detach().cpu().float().numpy().copy() for name, tensor in shown.items()}

    def _glimpse(self) -> None:
        """Emit the weights for pages that show this run now, unless this step's were emitted already."""
        if self._shown_step != self.step:
            self._emit(Glimpse(self.step, self._copies()))
            self._shown_step = self.step
            self._shown = time.perf_counter()
        self._answer_to_drawing()

    def _answer_to_drawing(self) -> None:
        drawing = self._control.drawing
        if drawing is None or self._is_small:
            return
        asked = (self.step, drawing_key(drawing))
        if self._answered != asked:
            self._emit(DrawingJudged(*asked, self._logits_of(drawing)))
            self._answered = asked

    def _check_finite(self, loss: float) -> None:
        if not math.isfinite(loss):
            raise self._diverged("The loss")
        if not all_finite(self.weights.values()):
            raise self._diverged("A weight")

    def _diverged(self, what: str) -> Diverged:
        return Diverged(
            f"{what} was no finite number any more at step {self.step}, with a learning rate of {self._lr:g}: "
            "the steps were so long that each made the error larger.",
            f"{steadier(self._settings.rung, self._lr)}.",
        )

    def _apply_controls(self) -> None:
        waits = time.perf_counter()
        self._control.turns.give_way(waits)
        if self._control.pace:
            self._control.wait_for_pace(self._let_go)
        self._steps = False
        while self._control.paused and not (self._control.stopped or self._steps):
            self._pause()
            self._steps = self._control.take_step()
        self._continue(waits)
        if self._control.lr is not None and self._control.lr != self._lr:
            self.flush()
            self._lr = self._control.lr

    def _pause(self) -> None:
        """Wait until something is asked."""
        seen = self._control.drawing
        self._glimpse()
        self.flush()
        if not self._is_paused:
            self._is_paused = True
            self._emit(StatusChanged(Status.PAUSED))
        self._control.wait_while_paused(seen)

    def _continue(self, waited_since: float) -> None:
        if self._control.stopped:
            raise StopTraining
        if self._is_paused and not self._control.paused:
            self._is_paused = False
            self._emit(StatusChanged(Status.RUNNING))
        self._let_go = time.perf_counter()
        self._epoch_started += self._let_go - waited_since  # what was waited is no time spent training

    def _take_batch_size(self) -> None:
        self._batch_size = self._control.batch_size or self._batch_size


def all_finite(tensors: Iterable[Tensor]) -> bool:
    """Return whether no number in them is infinite or NaN.

    A finite sum, or norm, has finite terms only, and takes a seventh of the time of a question to each number. It may
    overflow where each number is finite, so that only a finite one answers for all of them.
    """
    floats = [tensor.detach() for tensor in tensors if tensor.is_floating_point()]
    if sum(tensor.numel() for tensor in floats) > SMALL_MODEL:
        total = float(get_total_norm(floats))
    else:
        total = sum(tensor.sum().item() for tensor in floats)
    return math.isfinite(total) or all(bool(torch.isfinite(tensor).all()) for tensor in floats)
