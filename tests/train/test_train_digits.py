"""The training accuracy: it is that of the weights, costs little, and the training does not notice it."""

import statistics
import time
from collections.abc import Callable

import numpy as np
import pytest
import torch

from mnist37.data import Digits
from mnist37.events import Status
from mnist37.rungs import LADDER, settings_for
from mnist37.rungs.batches import spread
from mnist37.rungs.losses import LOSSES
from mnist37.train import Control, predict, run_watch
from mnist37.train.train_digits import ALL_UP_TO, FEWEST, OnTrain, TrainDigits

from ..rungs.spy import short
from .told import Told, teach

every_rung = pytest.mark.parametrize("name", LADDER)


@pytest.fixture
def never_asked(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Train without asking about the train digits, from now on."""

    def leave_out() -> None:
        monkeypatch.setattr(run_watch.RunWatch, "_measure_train_digits", lambda watch: OnTrain())

    return leave_out


def values(told: Told) -> list[object]:
    """All that was told, but how long it took and what is said of the train digits."""
    epochs = [(e.epoch, e.step, e.train_loss, e.valid_loss, e.accuracy) for e in told.epochs]
    return [told.losses, repr(epochs), told.statuses]


@every_rung
def test_it_is_that_of_the_weights(name: str, tiny: Digits) -> None:
    settings = short(name)
    told = teach(settings, tiny)
    answer = predict(settings, told.outcome.weights, tiny.train_images)
    assert told.epochs[-1].train_accuracy == pytest.approx((answer.labels == tiny.train_labels).mean(), abs=1e-6)
    if "lr" not in LADDER[name].uses:
        assert told.epochs[-1].train_loss_after is None
        return
    logits = torch.tensor(answer.logits).unsqueeze(1)
    labels = torch.tensor(tiny.train_labels).float().unsqueeze(1)
    loss = LOSSES["logistic" if name == "resnet18" else settings.loss](logits, labels).item()
    assert told.epochs[-1].train_loss_after == pytest.approx(loss, rel=1e-4)


@every_rung
def test_the_training_does_not_notice(name: str, tiny: Digits, never_asked: Callable[[], None]) -> None:
    """Losses, valid losses, weights, statistics of batch norms, and every random generator: bit for bit."""
    settings = short(name, epochs=2)
    torch.manual_seed(7)  # nn.Linear draws weights that are then replaced
    asked, random = teach(settings, tiny), torch.random.get_rng_state()
    never_asked()
    torch.manual_seed(7)
    unasked = teach(settings, tiny)
    assert all(epoch.train_accuracy is None for epoch in unasked.epochs)
    assert values(asked) == values(unasked)
    assert torch.equal(torch.random.get_rng_state(), random)
    for key, tensor in unasked.outcome.weights.items():
        assert torch.equal(asked.outcome.weights[key], tensor)


def test_a_stop_meanwhile_keeps_the_epoch(tiny: Digits, tell_at_once: None, monkeypatch: pytest.MonkeyPatch) -> None:
    control = Control()

    def stop(asked: TrainDigits, weights: object, between: Callable[[], None]) -> OnTrain:
        control.stop()
        between()
        raise AssertionError("the run goes on")

    monkeypatch.setattr(TrainDigits, "measure", stop)
    for name in ("linear-scratch", "simple-net", "resnet18"):
        control = Control()
        told = teach(short(name, epochs=3), tiny, control)
        assert told.outcome.status is Status.STOPPED
        (epoch,) = told.epochs
        assert epoch.train_accuracy is None
        assert 0 <= epoch.accuracy <= 1
        assert len(told.losses) == epoch.step


def test_a_large_model_can_be_stopped_between_two_pieces(few: Callable[[int], Digits]) -> None:
    settings, digits = settings_for("resnet18", batch_size=50, epochs=1), few(300)
    weights = teach(settings.replace(batch_size=150), few(150)).outcome.weights
    asked: list[int] = []
    TrainDigits(settings, digits, is_small=False).measure(weights, lambda: asked.append(1))
    assert len(asked) == 1  # 200 digits in pieces of 128


def test_who_is_asked_about_what(embedded: Digits) -> None:
    assert spread(800, 1000).tolist() == list(range(800))
    chosen = spread(12_396, 2038)
    assert (len(chosen), chosen[0], chosen[-1]) == (2038, 0, 12_395)
    assert set(np.diff(chosen)) <= {6, 7}
    assert FEWEST <= embedded.n_valid <= embedded.n_train <= ALL_UP_TO  # all of them, for a small model


def test_overfitting_shows(embedded: Digits) -> None:
    """What the wire, the history and the pages are to carry: the accuracies part."""
    told = teach(settings_for("simple-net", hidden=100, epochs=40), embedded)
    assert told.epochs[0].train_accuracy < 0.99
    assert told.epochs[-1].train_accuracy > told.epochs[-1].accuracy


@pytest.mark.full
@pytest.mark.parametrize("name", ["linear-scratch", "simple-net"])
def test_it_costs_a_twentieth_of_an_epoch_at_most(name: str, full: Digits) -> None:
    """The ratio is taken within one run, epoch by epoch, as the machine may be busy."""
    settings = settings_for(name, epochs=8)
    spent: list[float] = []
    measure = TrainDigits.measure

    def timed(asked: TrainDigits, *what: object) -> OnTrain:
        began = time.perf_counter()
        told = measure(asked, *what)
        spent.append(time.perf_counter() - began)
        return told

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TrainDigits, "measure", timed)
        epochs = teach(settings, full).epochs
    assert statistics.median(s / (e.seconds - s) for s, e in zip(spent, epochs, strict=True)) < 0.05
