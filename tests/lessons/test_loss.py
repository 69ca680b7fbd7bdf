"""Accuracy along a line of weights: every stair is where a digit flips, and autograd has nothing to say of it."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from mnist37.data import Digits
from mnist37.lessons.loss import (
    Line,
    accuracy_at,
    begin_to_learn,
    called_3,
    flips,
    loss_at,
    loss_without_sigmoid,
    n_right,
    slope,
    stairs,
)
from mnist37.rungs.losses import batch_accuracy, mnist_loss


@pytest.fixture(scope="module")
def line(embedded: Digits) -> Line:
    return begin_to_learn(embedded)


def a_line(seed: int, n: int = 40) -> Line:
    generator = torch.Generator().manual_seed(seed)

    def randn(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=generator, dtype=torch.float64)

    return Line(randn(n, 784), (randn(n, 1) > 0).double(), randn(784, 1), randn(1), randn(784, 1), randn(1))


@given(st.integers(0, 1000), st.floats(0.01, 10))
def test_between_two_stairs_the_real_model_has_the_height_that_is_told(seed: int, width: float) -> None:
    line = a_line(seed)
    begins, heights = stairs(line, width)
    ends = [*begins[1:], width]
    for begin, end, height in zip(begins, ends, heights, strict=True):
        if end - begin > 1e-9:  # closer ones cannot be told apart
            assert n_right(line, (begin + end) / 2) == height


def test_each_digit_flips_once(line: Line) -> None:
    where, worth = flips(line)
    assert (where.diff() >= 0).all()
    far = 2 * where.abs().max().item()
    assert n_right(line, far) - n_right(line, -far) == int(worth.sum())


def test_the_loss_has_the_slope_that_autograd_tells_and_accuracy_has_none(line: Line) -> None:
    told = slope(line, loss_at)
    assert isinstance(told, float)
    squared = (line.weights_grad**2).sum() + (line.bias_grad**2).sum()
    assert told == pytest.approx(-squared.item(), rel=1e-4)
    assert told == pytest.approx((loss_at(line, 0.01) - loss_at(line, -0.01)).item() / 0.02, rel=1e-2)
    assert "does not require grad" in str(slope(line, accuracy_at))


def test_a_step_that_flips_no_digit_changes_the_loss_alone(line: Line) -> None:
    tiny = flips(line)[0].abs().min().item() / 3
    assert n_right(line, tiny) == n_right(line, 0.0)
    assert loss_at(line, tiny) < loss_at(line, 0.0)


def test_without_the_sigmoid_the_loss_falls_without_end(line: Line) -> None:
    losses = [loss_without_sigmoid(line.preds(step), line.yb).item() for step in (0.0, 10.0, 1e3, 1e5)]
    assert all(np.diff(losses) < 0)
    assert losses[-1] < -100
    assert 0 <= loss_at(line, 1e5) <= 1
    assert loss_without_sigmoid(line.preds(0.0).sigmoid(), line.yb) == mnist_loss(line.preds(0.0), line.yb)


def test_a_threshold_on_raw_outputs_calls_other_digits_3(line: Line) -> None:
    preds = line.preds(0.0)
    right, wrong = called_3(preds).values()
    assert ((right == line.yb).float().mean()) == batch_accuracy(preds, line.yb)
    assert (right != wrong).sum() == ((preds > 0) & (preds <= 0.5)).sum() > 0
