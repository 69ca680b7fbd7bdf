"""A run of this process: its record, what was asked of it, and its task on Dask."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, assert_never

from distributed import Future

from mnist37.controls import Pause, Resume, RunControl, SetBatchSize, SetDrawing, SetLr, SetPace, Step, Stop
from mnist37.data import Digits
from mnist37.events import Status
from mnist37.runs import Recorder


@dataclass(eq=False)
class LiveRun:
    """A run in memory. Only the engine's own thread changes it, except for what `note` sets.

    Args:
        recorder: keeps the run.
        digits: what it learns from.
        number: its place in the order of submission.
        opening: controls that apply before the first batch.
    """

    recorder: Recorder
    digits: Digits
    number: int
    opening: Sequence[RunControl] = ()
    priority: int = 0
    future: Future[Any] | None = None
    worker: str | None = None
    stop_asked: bool = False
    resubmissions: int = 0
    early_controls: list[RunControl] = field(default_factory=list)
    """Asked after the run was submitted and before a worker had it: they apply when one has."""
    asked: Status | None = None
    """The status that was asked for last, so that a page can show it at once; None if none was."""
    stepped_from: int | None = None
    """How many steps it had made when one more was asked for."""
    last_event_at: float = 0.0
    """Time of its last event, in seconds of the monotonic clock; a paused run sends none, one that is stepped does."""
    ended_because: str = ""
    """Why the engine itself ended it; empty if it did not."""

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
        """Whether no worker has started it."""
        return self.recorder.info.status is Status.QUEUED

    @property
    def is_stepping(self) -> bool:
        """Whether a step was asked for and is not made yet."""
        return self.stepped_from is not None and not self.is_over and self.recorder.history.step <= self.stepped_from

    @property
    def is_over(self) -> bool:
        """Whether it has ended and will not continue."""
        return self.recorder.info.status.is_over

    def note(self, control: RunControl) -> None:
        """Note the status that a control asks for, before the run has it."""
        match control:
            case Pause():
                self.asked = Status.PAUSED
            case Step():
                self.asked, self.stepped_from = Status.PAUSED, self.recorder.history.step
            case Resume():
                self.asked = Status.RUNNING
            case Stop():
                self.asked = Status.STOPPED
            case SetLr() | SetBatchSize() | SetPace() | SetDrawing():
                pass
            case _:
                assert_never(control)

    def keep_until_it_starts(self, control: RunControl) -> None:
        """Keep a control for a run that no worker has; the last of each kind counts."""
        others = [early for early in self.early_controls if type(early) is not type(control)]
        self.early_controls = [*others, control]


def paused_too_long(runs: Sequence[LiveRun], max_pause_s: float, max_runs: int) -> list[LiveRun]:
    """Return the runs to stop for those that wait: paused for too long, the longest first, one for each that waits.

    Args:
        runs: all.
        max_pause_s: maximum pause while others wait, in seconds.
        max_runs: how many runs the workers can hold; 0 if not known. A run that waits for a worker that is about to
            start needs nobody to stop.
    """
    under_way = [run for run in runs if not run.is_over and not run.is_waiting]
    ending = sum(bool(run.ended_because) for run in under_way)
    waiting = sum(run.is_waiting for run in runs) - ending - max(0, max_runs - len(under_way))
    since = time.monotonic() - max_pause_s
    paused = [run for run in runs if run.recorder.info.status is Status.PAUSED and run.last_event_at < since]
    return sorted(paused, key=lambda run: run.last_event_at)[: max(0, waiting)]
