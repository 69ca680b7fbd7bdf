"""A run that this process has asked for: its record, who asked, and how it stands with Dask."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from distributed import Future

from mnist37.data import Digits
from mnist37.engine.worker import Knobs, Value
from mnist37.events import Status
from mnist37.runs import Recorder


@dataclass(frozen=True, slots=True)
class Opening:
    """How a run's knobs stand before its first batch.

    Args:
        steps_once: whether it makes one step and then waits to be told to go on.
        pace: the most mini-batches a second, 0 for no limit.
        drawing: uint8 `[28, 28]` as bytes, for the model to judge while it learns; none if empty.
    """

    steps_once: bool = False
    pace: float = 0.0
    drawing: bytes = b""

    def knobs(self) -> Knobs:
        """The same as knobs to turn."""
        first: Knobs = [("step", None)] if self.steps_once else []
        return [*first, ("set_pace", self.pace), ("set_drawing", self.drawing)]


OPENING = Opening()


@dataclass(eq=False)
class LiveRun:
    """Changed by the engine's own thread only.

    Args:
        recorder: keeps the run.
        digits: what it learns from.
        number: the order in which runs were asked for.
        opening: how its knobs stand before the first batch.
    """

    recorder: Recorder
    digits: Digits
    number: int
    opening: Opening = OPENING
    priority: int = 0
    future: Future[Any] | None = None
    worker: str | None = None
    stop_asked: bool = False
    sent_again: int = 0
    knobs: dict[str, Value] = field(default_factory=dict)
    """Turned before the run was on a worker: knob by value, to be turned once it is."""
    asked: Status | None = None
    """Where somebody asked it to stand and it does not yet, so that a page can answer at once."""
    stepped_from: int | None = None
    """How many steps it had made when somebody asked for one more."""
    heard: float = 0.0
    """When it told something last, by the monotonic clock; a run that halts tells nothing, one that is stepped does."""
    ended_because: str = ""
    """Why the engine itself ended it, if it did."""

    @property
    def id(self) -> str:
        """The run's id."""
        return self.recorder.info.id

    @property
    def visitor(self) -> str:
        """Whose it is; see `RunInfo`."""
        return self.recorder.info.visitor

    @property
    def is_waiting(self) -> bool:
        """Whether no worker has begun with it."""
        return self.recorder.info.status is Status.QUEUED

    @property
    def is_stepping(self) -> bool:
        """Whether a step that somebody asked for is still to come."""
        return self.stepped_from is not None and not self.is_over and self.recorder.history.step <= self.stepped_from

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come from it."""
        return self.recorder.info.status.is_over


def in_the_way(runs: Sequence[LiveRun], seconds: float, most: int) -> list[LiveRun]:
    """The runs that have halted for so long while others wait, the longest first, one for each that waits.

    Args:
        runs: all.
        seconds: how long they may halt.
        most: how many can be under way at once, 0 where that is not known: nothing is in the way of a run that waits
            for a worker that is about to come up.
    """
    under_way = [run for run in runs if not run.is_over and not run.is_waiting]
    ending = sum(bool(run.ended_because) for run in under_way)
    waiting = sum(run.is_waiting for run in runs) - ending - max(0, most - len(under_way))
    since = time.monotonic() - seconds
    halted = [run for run in runs if run.recorder.info.status is Status.PAUSED and run.heard < since]
    return sorted(halted, key=lambda run: run.heard)[: max(0, waiting)]
