"""What one visitor may take from all others: limits that whoever starts the server sets by environment variables."""

import os
from dataclasses import dataclass

from mnist37.errors import EngineError


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
"""Processes that runs are in; 0 for as many as there is memory for."""

RUNS_PER_VISITOR = Limit("MNIST37_RUNS_PER_VISITOR", 8, 1000)
"""Runs of one visitor that train, halt or wait."""

HALT_MINUTES = Limit("MNIST37_HALT_MINUTES", 2, 1440, is_whole=False)
"""A run may halt for ever where nobody waits for its process, and so long where somebody does."""

KEPT_RUNS = Limit("MNIST37_KEPT_RUNS", 5000, 1_000_000)
"""Runs in the store."""

DISK_GB = Limit("MNIST37_DISK_GB", 20, 100_000, is_whole=False)
"""What all runs in the store take, in 10^9 bytes."""

LIMITS = (WORKERS, RUNS_PER_VISITOR, HALT_MINUTES, KEPT_RUNS, DISK_GB)


def check_limits() -> None:
    """Refuse a variable that says something else than a number in its range.

    Raises:
        EngineError: one does.
    """
    for limit in LIMITS:
        _ = limit.value
