"""What a class can be asked for, and which of its runs count for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mnist37.events import Status
from mnist37.runs import RunInfo

NO_TASK, BEST, FEWEST, BREAK = "", "best", "fewest", "break"


@dataclass(frozen=True, slots=True)
class Task:
    """A task of a class.

    Args:
        kind: `BEST` (the best accuracy within some epochs), `FEWEST` (the fewest hidden units for an accuracy),
            `BREAK` (a run that diverges), or `NO_TASK`.
        number: for `BEST` the maximum epochs, for `FEWEST` the accuracy in percent.
    """

    kind: str = NO_TASK
    number: float = 0.0

    @property
    def words(self) -> str:
        """The task as a sentence for the class; empty without one."""
        return {
            BEST: f"Reach the best accuracy within {self.number:g} {'epoch' if self.number == 1 else 'epochs'}.",
            FEWEST: f"Reach {self.number:g} % with as few hidden units as you can (two-layer ReLU net).",
            BREAK: "Break it: find settings with which the loss becomes infinite.",
        }.get(self.kind, "")

    def counts(self, run: RunInfo) -> bool:
        """Return whether a run is one of those that the task asks for."""
        if self.kind == BREAK:
            return run.status is Status.DIVERGED
        if run.accuracy is None or run.status in {Status.DIVERGED, Status.FAILED}:
            return False
        if self.kind == BEST:
            return run.settings.epochs <= self.number
        if self.kind == FEWEST:
            return run.settings.rung == "simple-net" and round(100 * run.accuracy, 2) >= self.number
        return True

    def merit(self, run: RunInfo) -> tuple[float, ...]:
        """Return the sort key of a run that counts: the larger, the better."""
        accuracy = run.accuracy or 0.0
        if self.kind == FEWEST:
            return -run.settings.hidden, accuracy
        if self.kind == BREAK:
            return (-run.step,)
        return (accuracy,)

    def best(self, runs: list[RunInfo]) -> RunInfo | None:
        """Return the best of the runs that count; of equal ones the first. None if none counts."""
        counting = sorted((run for run in runs if self.counts(run)), key=lambda run: run.created)
        return max(counting, key=self.merit, default=None)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {"kind": self.kind, "number": self.number}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Task":
        """Return the task from the values of `to_json`."""
        return cls(str(values["kind"]), float(values["number"]))
