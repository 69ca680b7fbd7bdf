"""The controls of a run that trains, such as pause, step and learning rate, as its training loop sees them."""

import threading
import time
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from mnist37.controls import Pause, Resume, RunControl, SetBatchSize, SetDrawing, SetLr, SetPace, Step, Stop
from mnist37.train.turns import Turns


class Control:
    """What a run was asked to do. Any thread may change it; the training loop reads it after each batch.

    Args:
        turns: the run's turns on the cores that it shares with other runs, used in the training thread only; None where
            it shares none.
    """

    def __init__(self, turns: Turns | None = None) -> None:
        self.turns = turns or Turns()
        self._changed = threading.Condition()
        self._paused = False
        self._stopped = False
        self._steps = 0
        self._lr: float | None = None
        self._batch_size: int | None = None
        self._pace = 0.0
        self._drawing: NDArray[np.uint8] | None = None

    def apply(self, control: RunControl) -> None:
        """Do what a control asks."""
        match control:
            case Pause():
                self.pause()
            case Step():
                self.step()
            case Resume():
                self.resume()
            case Stop():
                self.stop()
            case SetLr(lr):
                self.set_lr(lr)
            case SetBatchSize(batch_size):
                self.set_batch_size(batch_size)
            case SetPace(batches_per_second):
                self.set_pace(batches_per_second)
            case SetDrawing(pixels):
                self.set_drawing(pixels)
            case _:
                assert_never(control)

    def pause(self) -> None:
        """Pause before the next batch."""
        self._set(_paused=True, _steps=0)

    def resume(self) -> None:
        """Continue with the next batch."""
        self._set(_paused=False, _steps=0)

    def step(self) -> None:
        """Make one more step, then pause, also in a run that is not paused."""
        with self._changed:  # a step that is counted as made meanwhile would be made twice
            self._set(_paused=True, _steps=self._steps + 1)

    def stop(self) -> None:
        """End the run after the current batch, paused or not."""
        self._set(_stopped=True)

    def set_lr(self, lr: float) -> None:
        """Take the next steps with this learning rate."""
        self._set(_lr=lr)

    def set_batch_size(self, batch_size: int) -> None:
        """Use batches of this size from the next epoch on."""
        self._set(_batch_size=batch_size)

    def set_pace(self, batches_per_second: float) -> None:
        """Limit the number of mini-batches per second; 0 for no limit."""
        self._set(_pace=batches_per_second)

    def set_drawing(self, pixels: bytes) -> None:
        """Classify this drawing while the model learns: uint8 `[28, 28]` as bytes; empty for no drawing."""
        self._set(_drawing=np.frombuffer(pixels, np.uint8).reshape(28, 28) if pixels else None)

    @property
    def stopped(self) -> bool:
        """Whether the run should end."""
        return self._stopped

    @property
    def paused(self) -> bool:
        """Whether the run should pause."""
        return self._paused

    @property
    def lr(self) -> float | None:
        """The last learning rate that was asked for; None without one."""
        return self._lr

    @property
    def batch_size(self) -> int | None:
        """The last batch size that was asked for; None without one."""
        return self._batch_size

    @property
    def pace(self) -> float:
        """Maximum mini-batches per second; 0 for no limit."""
        return self._pace

    @property
    def drawing(self) -> NDArray[np.uint8] | None:
        """The drawing to classify, uint8 `[28, 28]`; None without one."""
        return self._drawing

    @property
    def owes_step(self) -> bool:
        """Whether a step was asked for and is not made yet."""
        return self._steps > 0

    def take_step(self) -> bool:
        """Count one of the steps that were asked for as made; return whether there was one."""
        with self._changed:
            owed = self._steps > 0
            self._steps = max(0, self._steps - 1)
            return owed

    def wait_while_paused(self, seen: NDArray[np.uint8] | None) -> None:
        """Block until the run is resumed, stopped or asked for a step, or has another drawing than `seen`."""
        with self.turns.given_back(), self._changed:
            self._changed.wait_for(
                lambda: self._stopped or not self._paused or self._steps or self._drawing is not seen
            )

    def wait_for_pace(self, since: float) -> None:
        """Block until the next batch is due by the pace, or the run should pause or end.

        Args:
            since: start of the batch before it, in seconds of `time.perf_counter`.
        """
        if self._left(since) <= 0:  # it has no turn to give back
            return
        with self.turns.given_back(), self._changed:
            while (left := self._left(since)) > 0:
                self._changed.wait(left)

    def _left(self, since: float) -> float:
        """Return the seconds until the next batch is due; 0 without a pace, and if the run should pause or end."""
        pace = self._pace
        halts = self._stopped or self._paused
        return 0.0 if halts or not pace else since + 1 / pace - time.perf_counter()

    def _set(self, **values: object) -> None:
        with self._changed:
            for name, value in values.items():
                setattr(self, name, value)
            self._changed.notify_all()
