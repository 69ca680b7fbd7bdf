"""A run's curves as one CSV file: a row a step, and what an epoch told on the row of its last step."""

import numpy as np
from numpy.typing import NDArray

from mnist37.events import Epoch
from mnist37.runs import History
from mnist37.takeaway.knobs import batch_sizes, learning_rates

OF_AN_EPOCH = ("train_loss", "valid_loss", "accuracy", "seconds", "train_loss_after", "train_accuracy")
COLUMNS = ("step", "epoch", "loss", "lr", "batch_size", *OF_AN_EPOCH)


def to_csv(history: History, batch_size: int, n_train: int) -> str:
    """Return the curves as CSV.

    Args:
        history: the run's.
        batch_size: that the run began with.
        n_train: digits in an epoch.

    Returns:
        A header and a row a step: `step` from 1; `epoch`, the position in epochs, whole where one ends; `loss` of the
        mini-batch before the step; `lr` as it was set (a schedule, as resnet18 has, moves below it); `batch_size`.
        The rest is empty but where an epoch ends: `train_loss`, the mean over its mini-batches; `valid_loss`,
        `accuracy`, `seconds`; `train_loss_after` and `train_accuracy`, on the train digits at its end, as the command
        line's table has them. A model that takes no steps has one row, step 0.
    """
    import pandas as pd

    epochs, losses = history.epochs(), history.losses()
    n = len(losses)
    table = pd.DataFrame(
        {
            "step": np.arange(1, n + 1),
            "epoch": _positions(epochs, n, batch_size, n_train, history),
            "loss": losses,
            "lr": learning_rates(history),
            "batch_size": batch_sizes(history, batch_size),
        },
    )
    ended = pd.DataFrame(
        {
            "step": np.array([epoch.step for epoch in epochs], np.int64),
            **{name: np.array([getattr(epoch, name) for epoch in epochs], np.float64) for name in OF_AN_EPOCH},
        }
    )
    if not n:  # nothing was trained, but it was judged
        table = pd.DataFrame({"step": ended["step"], "epoch": np.array([epoch.epoch for epoch in epochs], np.float64)})
    whole = table.merge(ended, on="step", how="left").reindex(columns=list(COLUMNS))
    return str(whole.to_csv(index=False, lineterminator="\n"))


def _positions(
    epochs: list[Epoch], n_steps: int, batch_size: int, n_train: int, history: History
) -> NDArray[np.float64]:
    """Where each step lies in epochs, float64 `[n_steps]`."""
    ends = [0, *(epoch.step for epoch in epochs)]
    if n_steps > ends[-1]:  # an epoch that did not end
        last = int(batch_sizes(history, batch_size)[ends[-1]])
        ends.append(ends[-1] + -(-n_train // last))
    return np.interp(np.arange(1, n_steps + 1), ends, np.arange(len(ends)))
