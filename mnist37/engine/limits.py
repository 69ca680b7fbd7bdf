"""Limits for visitors and for the store, which whoever starts the server sets by environment variables."""

from collections.abc import Collection

from mnist37.errors import EngineError
from mnist37.limit import Limit
from mnist37.runs import BrokenRun, RunInfo

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
            f"Stop one, or wait until one is over. {RUNS_PER_VISITOR.who_can_raise_it}",
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
                f"Delete some on Compare. {limit.who_can_raise_it}",
            )
    return None


def may_make_room(run: RunInfo | BrokenRun) -> bool:
    """Return whether a run of a full store is deleted for a new one: a visitor's that is over and has no name."""
    return isinstance(run, RunInfo) and bool(run.visitor) and not run.name and run.status.is_over
