"""Slopes against closed forms; steps and descents against what autograd is known to do."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from mnist37.data import Digits
from mnist37.lessons.gradients import (
    LINES,
    absolute,
    cubic,
    descend,
    gradient,
    gradients_of_sum,
    loss_of_one_weight,
    nudged_slope,
    run_lines,
    sigmoid,
    sine,
    square,
    values,
)
from mnist37.rungs import image_tensor

PLACES = st.floats(-4, 4, width=32)
SLOPES = {
    square: lambda x: 2 * x,
    sine: math.cos,
    absolute: lambda x: (x > 0) - (x < 0),
    cubic: lambda x: 3 * x**2 - 3,
    sigmoid: lambda x: math.exp(-x) / (1 + math.exp(-x)) ** 2,
}
TRACK, FORWARD, BACKWARD, ZERO = LINES


@pytest.mark.parametrize("f", SLOPES, ids=lambda f: f.__name__)
@given(x=PLACES)
def test_the_gradient_is_the_slope_of_calculus(f, x: float) -> None:
    assert gradient(f, x) == pytest.approx(SLOPES[f](x), rel=1e-4, abs=1e-5)


@given(PLACES, st.sampled_from([1.0, 0.1, 0.01]))
def test_a_nudge_of_a_quadratic_is_off_by_the_nudge(x: float, h: float) -> None:
    assert nudged_slope(square, x, h) == pytest.approx(2 * x + h, abs=1e-3)


@given(st.lists(PLACES, min_size=1, max_size=9))
def test_many_numbers_have_a_slope_each(xs: list[float]) -> None:
    np.testing.assert_allclose(gradients_of_sum(xs), [2 * x for x in xs], rtol=1e-6)


@given(PLACES, st.floats(0.01, 0.9))
def test_descent_follows_its_closed_form_and_without_zero_grad_the_sum_of_all_slopes(x: float, lr: float) -> None:
    path = descend(square, x, lr, 6, zero_grad=True)
    np.testing.assert_allclose(path, [x * (1 - 2 * lr) ** n for n in range(7)], rtol=1e-3, atol=1e-5)
    path = descend(square, x, lr, 6, zero_grad=False)
    for n in range(6):
        assert path[n + 1] == pytest.approx(
            path[n] - lr * sum(2 * place for place in path[: n + 1]), rel=1e-3, abs=1e-4
        )


def test_the_loss_of_one_weight_is_the_chapters_loss_at_the_pixel_that_differs_most(embedded: Digits) -> None:
    images, labels = image_tensor(embedded.train_images), torch.tensor(embedded.train_labels)
    loss = loss_of_one_weight(images, labels)
    assert loss(torch.tensor(0.0)).item() == pytest.approx(0.5)
    pixels = embedded.train_images.reshape(-1, 784) / 255
    threes, sevens = pixels[embedded.train_labels == 1], pixels[embedded.train_labels == 0]
    ink = pixels[:, np.abs(threes.mean(0) - sevens.mean(0)).argmax()]
    probs = 1 / (1 + np.exp(-ink * 2.5))
    expected = np.where(embedded.train_labels == 1, 1 - probs, probs).mean()
    assert values(loss, [2.5]) == [pytest.approx(expected, rel=1e-5)]
    assert gradient(loss, 1.0) == pytest.approx(
        (loss(torch.tensor(1.01)) - loss(torch.tensor(0.99))).item() / 0.02, rel=0.01
    )


def test_gradients_add_up_until_they_are_zeroed() -> None:
    lines = [TRACK, FORWARD, BACKWARD, FORWARD, BACKWARD, ZERO, FORWARD, BACKWARD]
    moments = run_lines(square, 3.0, lines)
    assert [moment.grad for moment in moments] == [None, None, None, 6, 6, 12, 0, 0, 6]
    assert [moment.grad_fn for moment in moments[:4]] == ["", "", "PowBackward0", "PowBackward0"]
    assert [moment.y for moment in moments[:3]] == [None, None, 9]
    assert not any(moment.error for moment in moments)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([BACKWARD], "no y yet"),
        ([FORWARD, BACKWARD], "does not require grad"),
        ([FORWARD, TRACK, BACKWARD], "does not require grad"),
        ([TRACK, FORWARD, BACKWARD, BACKWARD], "second time"),
        ([ZERO], "nothing to set to 0"),
        ([TRACK, FORWARD, ZERO], "nothing to set to 0"),
    ],
)
def test_what_torch_refuses_changes_nothing(lines: list[str], says: str) -> None:
    *_, before, after = run_lines(square, 3.0, lines)
    assert says in after.error
    assert (after.x, after.y, after.grad, after.tracked) == (before.x, before.y, before.grad, before.tracked)


@given(st.lists(st.sampled_from(list(LINES)), max_size=14), PLACES)
def test_any_order_of_lines_ends_well(lines: list[str], x: float) -> None:
    for f in SLOPES:
        moments = run_lines(f, x, lines)
        assert len(moments) == len(lines) + 1
        assert all("\n" not in moment.error for moment in moments)
