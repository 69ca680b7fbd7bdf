"""The knobs of a run that is under way, such as pause, step and learning rate. Turned from any thread."""

import threading
import time

import numpy as np
from numpy.typing import NDArray

from mnist37.train.turns import Turns


class Control:
    """Holds what was asked of a run; its training loop looks here after every batch.

    Args:
        turns: on the cores that it shares with other runs, for the training thread alone; None where it shares none.
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

    def pause(self) -> None:
        """Halt before the next batch."""
        self._set(_paused=True, _steps=0)

    def resume(self) -> None:
        """Go on with the next batch."""
        self._set(_paused=False, _steps=0)

    def step(self) -> None:
        """Make one more step, then halt again; a run that is not paused halts there."""
        self._set(_paused=True, _steps=self._steps + 1)

    def stop(self) -> None:
        """End the run behind the current batch, paused or not."""
        self._set(_stopped=True)

    def set_lr(self, lr: float) -> None:
        """Take the next steps with this learning rate."""
        self._set(_lr=lr)

    def set_batch_size(self, batch_size: float) -> None:
        """Take batches of this size from the next epoch on."""
        self._set(_batch_size=int(batch_size))

    def set_pace(self, batches_per_second: float) -> None:
        """Go no faster than so many mini-batches a second; 0 is as fast as it goes."""
        self._set(_pace=batches_per_second)

    def set_drawing(self, pixels: bytes) -> None:
        """Say what the model makes of this drawing as it learns: uint8 `[28, 28]` as bytes; none to say nothing."""
        self._set(_drawing=np.frombuffer(pixels, np.uint8).reshape(28, 28) if pixels else None)

    @property
    def stopped(self) -> bool:
        """Whether the run is to end."""
        return self._stopped

    @property
    def paused(self) -> bool:
        """Whether the run is to halt."""
        return self._paused

    @property
    def lr(self) -> float | None:
        """The learning rate that was asked for last; None if none was."""
        return self._lr

    @property
    def batch_size(self) -> int | None:
        """The batch size that was asked for last; None if none was."""
        return self._batch_size

    @property
    def pace(self) -> float:
        """The most mini-batches a second; 0 for as many as it can."""
        return self._pace

    @property
    def drawing(self) -> NDArray[np.uint8] | None:
        """The drawing to judge, uint8 `[28, 28]`; None if there is none."""
        return self._drawing

    @property
    def owes_step(self) -> bool:
        """Whether a step was asked for that was not made yet."""
        return self._steps > 0

    def take_step(self) -> bool:
        """Make one of the steps that were asked for; whether there was one."""
        with self._changed:
            owed = self._steps > 0
            self._steps = max(0, self._steps - 1)
            return owed

    def wait_while_paused(self, seen: NDArray[np.uint8] | None) -> None:
        """Block until resumed, stopped or asked for a step, or until there is another drawing to judge than `seen`."""
        with self.turns.given_back(), self._changed:
            self._changed.wait_for(
                lambda: self._stopped or not self._paused or self._steps or self._drawing is not seen
            )

    def wait_for_pace(self, since: float) -> None:
        """Block until the next batch is due by the pace, or the run is to halt.

        Args:
            since: when the batch before it was let go, on the clock of `time.perf_counter`.
        """
        if self._left(since) <= 0:  # it has no turn to give back
            return
        with self.turns.given_back(), self._changed:
            while (left := self._left(since)) > 0:
                self._changed.wait(left)

    def _left(self, since: float) -> float:
        """Seconds until the next batch is due; 0 without a pace, and where the run is to halt."""
        pace = self._pace
        halts = self._stopped or self._paused
        return 0.0 if halts or not pace else since + 1 / pace - time.perf_counter()

    def _set(self, **values: object) -> None:
        with self._changed:
            for name, value in values.items():
                setattr(self, name, value)
            self._changed.notify_all()
