"""Lesson 6: the steps are those of `linear-scratch`, noise falls with the root, a line left out has its price."""

import pytest
import torch

from mnist37.data import load_digits
from mnist37.lessons.seven_steps.bugs import BUGS, train_with
from mnist37.lessons.seven_steps.lesson import STEPS, Walk
from mnist37.lessons.seven_steps.noise import gradient_noise
from mnist37.lessons.shared.rows import Rows, rows
from mnist37.rungs.batches import DataLoader
from mnist37.rungs.linear_scratch import initial_params, train_epoch
from mnist37.rungs.losses import mnist_loss


@pytest.fixture(scope="module")
def data() -> Rows:
    return rows(load_digits("embedded"))


class Listening:
    lr, batch_size = 1.0, 64

    def __init__(self) -> None:
        self.losses: list[float] = []

    def after_batch(self, loss: float) -> None:
        self.losses.append(loss)


def test_an_epoch_by_steps_is_an_epoch_of_linear_scratch(data: Rows) -> None:
    walk = Walk(data, lr=1.0, batch_size=64)
    for step in ("predict", "loss", "gradient", "step", "repeat"):
        walk.do(step)
    watch, params = Listening(), initial_params(0)
    train_epoch(DataLoader(data.train_x, data.train_y, 64, shuffle_seed=0), params, mnist_loss, watch)  # type: ignore[arg-type]
    assert walk.steps.losses == watch.losses
    assert torch.equal(walk.after, params[0])
    assert walk.judged[-1].batches == len(watch.losses) == 13
    assert walk.judged[-1].accuracy > 0.9 > walk.judged[0].accuracy


def test_a_step_moves_the_weights_by_the_rate_times_the_gradient(data: Rows) -> None:
    walk = Walk(data, lr=0.3, batch_size=16)
    for step in ("predict", "loss", "gradient", "step"):
        walk.do(step)
    assert walk.grad is not None
    torch.testing.assert_close(walk.after, walk.before - 0.3 * walk.grad)
    assert walk.steps.weights.grad is not None
    assert not walk.steps.weights.grad.any()


def test_a_step_that_cannot_follow_changes_nothing(data: Rows) -> None:
    walk = Walk(data, lr=1.0, batch_size=64)
    for step in STEPS:
        if not walk.can(step):
            walk.do(step)
    assert walk.did == "init"
    assert not walk.steps.losses
    walk.do("predict")
    assert [step for step in STEPS if walk.can(step)] == ["loss"]


def test_a_batch_four_times_as_large_is_half_as_noisy(data: Rows) -> None:
    few, many = gradient_noise(data, 4), gradient_noise(data, 16)
    assert few.share / many.share == pytest.approx(2, rel=0.15)
    assert few.alike < many.alike < 1
    everything = gradient_noise(data, 10**9)
    assert everything.share == pytest.approx(0, abs=1e-5)
    assert everything.alike == pytest.approx(1)
    assert everything.batch_size == len(data.train_x)


@pytest.mark.parametrize("bug", BUGS)
def test_every_line_left_out_changes_the_run(data: Rows, bug: str) -> None:
    right = train_with(frozenset(), data, 1.0, 64, 3)
    broken = train_with({bug}, data, 1.0, 64, 3)
    assert right.accuracies[-1] > 0.95
    assert broken.losses != right.losses


def test_without_a_sigmoid_the_loss_runs_away(data: Rows) -> None:
    broken = train_with({"no sigmoid"}, data, 1.0, 64, 20)
    assert broken.diverged
    assert min(broken.losses) < -1
    assert broken.accuracies[-1] < 0.6
