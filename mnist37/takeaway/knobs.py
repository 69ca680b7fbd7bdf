"""How a run's knobs were turned while it trained, read from its history."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from mnist37.runs import History


def lr_turns(history: History) -> list[tuple[int, float]]:
    """From which step on which learning rate; the first is the one that the run began with, if it made a step."""
    return [(change.step, change.lr) for change in history.lr_changes()]


def batch_size_turns(history: History) -> list[tuple[int, int]]:
    """From which step on which batch size; the first is the one that the run began with, if it told one."""
    return [(change.step, change.batch_size) for change in history.batch_size_changes()]


def learning_rates(history: History) -> NDArray[np.float64]:
    """Return the learning rate of each step, float64 `[steps]`."""
    return _spread(lr_turns(history), history.step, np.nan)


def batch_sizes(history: History, first: int) -> NDArray[np.int64]:
    """Return the batch size of each step, int64 `[steps]`; `first` until another one is told."""
    return _spread(batch_size_turns(history), history.step, first).astype(np.int64)


def _spread(turns: Iterable[tuple[int, float]], n_steps: int, first: float) -> NDArray[np.float64]:
    values = np.full(n_steps, first, np.float64)
    for step, value in turns:
        values[step - 1 :] = value
    return values
