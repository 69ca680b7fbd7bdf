"""A run that this process has asked for: its record, who asked, and how it stands with Dask."""

from dataclasses import dataclass, field
from typing import Any

from distributed import Future

from mnist37.data import Digits
from mnist37.events import Status
from mnist37.runs import Recorder


@dataclass(eq=False)
class LiveRun:
    """Changed by the engine's own thread only.

    Args:
        recorder: keeps the run.
        digits: what it learns from.
        visitor: who asked for it.
        number: the order in which runs were asked for.
    """

    recorder: Recorder
    digits: Digits
    visitor: str
    number: int
    priority: int = 0
    future: Future[Any] | None = None
    worker: str | None = None
    stop_asked: bool = False
    sent_again: int = 0
    knobs: dict[str, float | None] = field(default_factory=dict)
    """Turned before the run was on a worker: knob by value, to be turned once it is."""

    @property
    def id(self) -> str:
        """The run's id."""
        return self.recorder.info.id

    @property
    def is_waiting(self) -> bool:
        """Whether no worker has begun with it."""
        return self.recorder.info.status is Status.QUEUED

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come from it."""
        return self.recorder.info.status.is_over
