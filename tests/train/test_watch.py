"""The watch: when it tells what, and what it does about numbers that are none."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch

from mnist37.errors import Diverged
from mnist37.events import Batches, Epoch, Event, Snapshot, Status, StatusChanged
from mnist37.rungs import StopTraining, settings_for
from mnist37.train import Control, run_watch
from mnist37.train.run_watch import SMALL_MODEL, RunWatch, all_finite

from .told import Told


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def watch(told: Told) -> RunWatch:
    return begun(told.events.append)


def begun(emit: Callable[[Event], None], control: Control | None = None, size: int = 3) -> RunWatch:
    settings = settings_for("linear-scratch", lr=0.5)
    watch = RunWatch(emit, control or Control(), settings, logits_of=lambda image: (float(image.sum()),))
    watch.begin({"first": torch.zeros(size), "second": torch.ones(1)})
    return watch


def test_it_begins_with_the_status_and_the_first_weights(told: Told, watch: RunWatch) -> None:
    assert told.events[0] == StatusChanged(Status.RUNNING)
    assert list(told.snapshots) == [0]


def test_no_loss_is_lost_or_told_twice(told: Told, watch: RunWatch) -> None:
    for step in range(1, 1001):
        watch.after_batch(float(step))
        if step % 300 == 0:
            watch.after_epoch(0.0, 0.5)
    watch.flush()
    watch.flush()
    assert told.losses == [float(step) for step in range(1, 1001)]
    at = 1
    for event in told.events:
        if isinstance(event, Batches):
            assert event.step == at
            at += len(event.losses)


def test_an_epoch_comes_behind_its_batches_with_their_mean(told: Told, watch: RunWatch) -> None:
    for loss in (1.0, 2.0, 6.0):
        watch.after_batch(loss)
    watch.after_epoch(0.25, 0.75)
    *_, epoch = told.events
    assert isinstance(epoch, Epoch)
    assert (epoch.epoch, epoch.step, epoch.train_loss, epoch.valid_loss, epoch.accuracy) == (1, 3, 3.0, 0.25, 0.75)
    assert len(told.losses) == 3


def test_snapshots_are_copies_that_lie_further_and_further_apart(told: Told, watch: RunWatch) -> None:
    for step in range(1, 2001):
        watch.weights["first"].fill_(step)
        watch.after_batch(0.0)
    steps = list(told.snapshots)
    gaps = np.diff(steps)
    assert steps[:6] == [0, 1, 2, 3, 4, 5]
    assert (np.diff(gaps) >= -1).all()  # rounding
    assert len(steps) < 60
    assert all((weights["first"] == step).all() for step, weights in told.snapshots.items())


def test_a_step_is_shown_once(told: Told, watch: RunWatch) -> None:
    watch.after_batch(0.0)
    watch.snapshot()
    watch.snapshot()
    assert [event.step for event in told.events if isinstance(event, Snapshot)] == [0, 1]


def test_of_a_large_model_only_the_first_layer_is_shown(told: Told) -> None:
    begun(told.events.append, size=SMALL_MODEL - 1)
    assert list(told.snapshots.pop(0)) == ["first", "second"]
    begun(told.events.append, size=SMALL_MODEL)
    assert list(told.snapshots.pop(0)) == ["first"]


@pytest.mark.parametrize("loss", [math.nan, math.inf, -math.inf])
def test_a_loss_that_is_no_number_ends_the_run(loss: float, told: Told, watch: RunWatch) -> None:
    watch.after_batch(1.0)
    with pytest.raises(Diverged, match=r"^The loss .* at step 2, .* of 0\.5: .*A rate of 0\.1 is steadier; .*$"):
        watch.after_batch(loss)
    watch.flush()
    assert repr(told.losses) == repr([1.0, loss])


@pytest.mark.parametrize("name", ["first", "second"])
def test_a_weight_that_is_no_number_ends_the_run(name: str, watch: RunWatch) -> None:
    watch.after_batch(1.0)
    watch.weights[name][-1] = math.nan
    with pytest.raises(Diverged, match=r"^A weight .* at step 2"):
        watch.after_batch(1.0)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("place", [0, 1])
def test_one_number_of_a_large_model_is_found(number: float, place: int) -> None:
    tensors = [torch.ones(SMALL_MODEL), torch.ones(3, 2), torch.tensor(7)]  # a counter is no float
    assert all_finite(tensors)
    tensors[place].view(-1)[-1] = number
    assert not all_finite(tensors)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_one_number_of_a_small_model_is_found(number: float) -> None:
    assert not all_finite([torch.ones(3), torch.tensor([math.inf, number])])


@pytest.mark.parametrize(("count", "number"), [(SMALL_MODEL + 1, 1e30), (3, 3e38)])
def test_weights_whose_norm_or_sum_overflows_are_finite_still(count: int, number: float) -> None:
    assert all_finite([torch.full((count,), number)])


def test_a_turned_rate_parts_the_batches(told: Told) -> None:
    control = Control()
    watch = begun(told.events.append, control)
    watch.after_batch(1.0)
    control.set_lr(0.25)
    watch.after_batch(2.0)  # was made before the knob was seen
    assert watch.lr == 0.25
    watch.after_batch(3.0)
    watch.flush()
    assert told.lrs == [0.5, 0.5, 0.25]


def test_stop_wins_over_pause(told: Told) -> None:
    control = Control()
    watch = begun(told.events.append, control)
    control.pause()
    control.stop()
    with pytest.raises(StopTraining):
        watch.after_batch(1.0)
    assert told.losses == [1.0]


def test_who_looks_on_sees_young_weights_between_snapshots(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_watch, "GLIMPSE_SECONDS", -1.0)
    watch = begun(told.events.append)
    for _ in range(100):
        watch.after_batch(0.0)
    assert sorted([*told.snapshots, *told.glimpses]) == list(range(101))
    assert len(told.glimpses) > 70
