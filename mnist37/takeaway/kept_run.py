"""A kept run with all that belongs to it, as everything that is taken along is made of it."""

from dataclasses import dataclass

from mnist37.rungs import Weights
from mnist37.runs import History, RunInfo, RunStore


@dataclass(frozen=True, slots=True, eq=False)
class KeptRun:
    """A run, whole.

    Args:
        info: settings, digits and outcome.
        history: curves and snapshots.
        weights: the final ones; None for a run that ended before it had any.
    """

    info: RunInfo
    history: History
    weights: Weights | None

    @classmethod
    def of(cls, store: RunStore, run_id: str) -> "KeptRun":
        """Read a run that is over.

        Raises:
            RunNotFound: there is no such run.
            RunBroken: a file of it is damaged.
        """
        weights = store.weights(run_id) if store.has_weights(run_id) else None
        return cls(store.info(run_id), store.history(run_id), weights)
