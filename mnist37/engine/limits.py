"""Limits for visitors and for the store, which whoever starts the server sets by environment variables."""

import os
from collections.abc import Collection
from dataclasses import dataclass

from mnist37.errors import EngineError
from mnist37.runs import BrokenRun, RunInfo


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit, and the environment variable that sets it.

    Args:
        variable: its name.
        default: where the variable is not set.
        highest: the most that it can be set to; the least is 1 for a whole number, and above 0 for another one.
        is_whole: whether it is a whole number.
    """

    variable: str
    default: float
    highest: float
    is_whole: bool = True

    @property
    def value(self) -> float:
        """The limit: what the variable says, or the default where it is not set.

        Raises:
            EngineError: the variable is no number in the limit's range.
        """
        told = os.environ.get(self.variable)
        if not told:
            return self.default
        try:
            value = float(told) if told.isascii() else 0.0
        except ValueError:
            value = 0.0
        if not 0 < value <= self.highest or (self.is_whole and not told.isdecimal()):
            numbers = f"a whole number from 1 to {self.highest:g}" if self.is_whole else f"above 0, to {self.highest:g}"
            raise EngineError(f"{self.variable} is {told!r}.", f"Set it to {numbers}, or unset it.")
        return value


WORKERS = Limit("MNIST37_WORKERS", 0, 64)
"""Maximum worker processes; 0 for as many as there is memory for."""

RUNS_PER_VISITOR = Limit("MNIST37_RUNS_PER_VISITOR", 8, 1000)
"""Maximum runs of one visitor that train, are paused or wait."""

HALT_MINUTES = Limit("MNIST37_HALT_MINUTES", 2, 1440, is_whole=False)
"""Maximum pause while other runs are queued."""

KEPT_RUNS = Limit("MNIST37_KEPT_RUNS", 5000, 1_000_000)
"""Maximum runs in the store."""

DISK_GB = Limit("MNIST37_DISK_GB", 20, 100_000, is_whole=False)
"""Maximum size of all runs in the store, in 10^9 bytes."""

LIMITS = (WORKERS, RUNS_PER_VISITOR, HALT_MINUTES, KEPT_RUNS, DISK_GB)


def check_limits() -> None:
    """Check the variables of all limits.

    Raises:
        EngineError: one is no number in its limit's range.
    """
    for limit in LIMITS:
        _ = limit.value


def refuse_more_runs(unfinished: int) -> None:
    """Check that a visitor may have one more run.

    Args:
        unfinished: their runs that train, are paused or wait, without those that were asked to stop.

    Raises:
        EngineError: they have as many as one visitor may have.
    """
    most = int(RUNS_PER_VISITOR.value)
    if unfinished >= most:
        raise EngineError(
            f"{most} of your runs train, pause or wait already, which is as many as one visitor may have.",
            "Stop one, or wait until one is over. "
            f"Whoever started the server can allow more: {RUNS_PER_VISITOR.variable}.",
        )


def full_store(sizes: Collection[int]) -> EngineError | None:
    """Return why a store may not take one more run; None if it may.

    Args:
        sizes: the bytes of each run that it keeps.
    """
    for limit, has, unit in ((KEPT_RUNS, len(sizes), "runs"), (DISK_GB, sum(sizes) / 1e9, "GB of runs")):
        if has >= limit.value:
            return EngineError(
                f"{limit.value:g} {unit} are kept here, and no more are allowed.",
                f"Delete some on Compare. Whoever started the server can allow more: {limit.variable}.",
            )
    return None


def may_make_room(run: RunInfo | BrokenRun) -> bool:
    """Return whether a run of a full store is deleted for a new one: a visitor's that is over and has no name."""
    return isinstance(run, RunInfo) and bool(run.visitor) and not run.name and run.status.is_over
