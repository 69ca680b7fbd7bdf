"""The smoothed loss is not late: it lies where the loss on the train digits lies at that step."""

import numpy as np
import pytest

from mnist37.data import Digits
from mnist37.events import Batches
from mnist37.rungs import settings_for
from mnist37.runs import History
from mnist37.runs.history import HALF_WINDOW, NARROWER
from mnist37.train import train


def about(losses: np.ndarray, at: int) -> float:
    reach = min(HALF_WINDOW, at // NARROWER)
    return float(losses[at - reach : at + reach + 1].mean())


def test_each_step_is_the_mean_about_it_however_the_batches_came() -> None:
    losses = np.random.default_rng(0).normal(size=300).astype(np.float32)
    at_once, step_by_step = History(), History()
    at_once.add(Batches(1, tuple(losses.tolist()), 0.1, 64))
    for at in range(0, 300, 7):
        step_by_step.add(Batches(at + 1, tuple(losses[at : at + 7].tolist()), 0.1, 64))
        told = step_by_step.smoothed_losses()  # what has settled is averaged once
        assert told.dtype == np.float32
        np.testing.assert_allclose(
            told, [about(losses[: at + 7], i) for i in range(min(at + 7, 300))], rtol=1e-4, atol=1e-5
        )
    np.testing.assert_allclose(step_by_step.smoothed_losses(), at_once.smoothed_losses(), atol=1e-6)
    again = History.from_arrays(at_once.to_arrays(), {})
    np.testing.assert_allclose(again.smoothed_losses(), at_once.smoothed_losses(), atol=1e-6)


def test_a_spike_leaves_nothing_behind_beyond_its_window() -> None:
    losses = [1.0] * 500
    losses[250] = 1e30
    history = History()
    history.add(Batches(1, tuple(losses), 0.1, 64))
    smoothed = history.smoothed_losses()
    assert smoothed[: 250 - HALF_WINDOW].tolist() == [1.0] * (250 - HALF_WINDOW)
    assert smoothed[251 + HALF_WINDOW :].tolist() == [1.0] * (249 - HALF_WINDOW)


def test_no_losses_no_curve() -> None:
    assert History().smoothed_losses().shape == (0,)


@pytest.mark.parametrize("changes", [{}, {"epochs": 5}, {"loss": "mnist_loss", "lr": 1.0, "batch_size": 256}])
@pytest.mark.parametrize("rung", ["linear-scratch", "simple-net"])
def test_it_lies_where_the_train_digits_lie(rung: str, changes: dict[str, object], embedded: Digits) -> None:
    """At the end of each epoch; fastai's exponential mean lay 1.3 to 1.9 times above, over a whole run of 20 epochs."""
    history = History()
    train(settings_for(rung, **changes), embedded, history.add)
    epochs = history.epochs()
    smoothed = history.smoothed_losses()[[epoch.step - 1 for epoch in epochs]]
    truly = np.array([epoch.train_loss_after for epoch in epochs])
    assert 0.85 < np.median(smoothed / truly) < 1.15
