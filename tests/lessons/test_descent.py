"""Descent against closed forms: the gradients, the curvature, the largest rate, the surface and its lowest point."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from mnist37.lessons.descent import (
    curvatures,
    descend,
    f,
    init_params,
    largest_stable_lr,
    loss_surface,
    lowest,
    lowest_loss,
    measure,
    mse,
    rates,
    scale,
    still_falls,
)

TIME, SPEED = measure()
both = pytest.mark.parametrize("t", [TIME, scale(TIME)], ids=["as measured", "scaled"])


def design(t: torch.Tensor) -> np.ndarray:
    """What a, b and c are multiplied by, float64 `[20, 3]`."""
    moments = t.double().numpy()
    return np.stack([moments**2, moments, np.ones(20)], 1)


@both
def test_a_descent_is_that_of_the_closed_form(t: torch.Tensor) -> None:
    lr = largest_stable_lr(t, SPEED) / 2
    table, targets, params = design(t), SPEED.double().numpy(), init_params().detach().double().numpy()
    for step in descend(t, SPEED, lr, 20).steps:
        errors = table @ params - targets
        gradient = 2 / 20 * table.T @ errors
        assert step.loss == pytest.approx((errors**2).mean(), rel=1e-3)
        assert np.allclose(step.params, params, rtol=1e-3, atol=1e-3)
        assert np.allclose(step.gradient, gradient, rtol=1e-2, atol=1e-4 * np.abs(table).max() ** 2)
        params -= lr * gradient


@both
def test_curvatures_are_those_of_the_normal_equations(t: torch.Tensor) -> None:
    table = design(t)
    assert np.allclose(curvatures(t, SPEED).numpy(), np.linalg.eigvalsh(2 / 20 * table.T @ table), rtol=1e-6)


@both
@pytest.mark.parametrize("share", [0.05, 0.5, 0.97, 1.05, 3.0])
def test_the_largest_stable_rate_is_where_losses_begin_to_rise(t: torch.Tensor, share: float) -> None:
    descent = descend(t, SPEED, share * largest_stable_lr(t, SPEED), 60)
    assert still_falls(descent) == (share < 1)
    if share < 1:
        losses = np.array([step.loss for step in descent.steps])
        assert (np.diff(losses) <= 1e-5 * losses[:-1]).all()


def test_a_descent_that_diverges_says_where_and_holds_finite_numbers_only() -> None:
    descent = descend(TIME, SPEED, 1e-4, 60)
    assert descent.diverged_at == descent.last == len(descent.steps)
    assert np.isfinite([(step.loss, *step.params, *step.gradient) for step in descent.steps]).all()
    assert descend(TIME, SPEED, 1e-5, 60).last == 60


def test_scaling_t_lets_it_arrive_where_the_chapters_way_hardly_moves() -> None:
    scaled = scale(TIME)
    best = lowest_loss(TIME, SPEED)
    assert lowest_loss(scaled, SPEED) == pytest.approx(best, rel=1e-4)
    assert descend(scaled, SPEED, largest_stable_lr(scaled, SPEED) / 2, 60).steps[-1].loss < 1.05 * best
    assert descend(TIME, SPEED, 1e-5, 60).steps[-1].loss > 50 * best


@both
def test_the_surface_is_the_loss_and_lowest_where_it_is_said(t: torch.Tensor) -> None:
    a, c = torch.linspace(-2, 2, 5), torch.linspace(-30, 30, 7)
    surface = loss_surface(t, SPEED, a, 0.5, c)
    assert surface.shape == (7, 5)
    expected = mse(f(t, (a[1], torch.tensor(0.5), c[2])), SPEED)
    assert surface[2, 1].item() == pytest.approx(expected.item(), rel=1e-5)
    low_a, low_c = lowest(t, SPEED, 0.5)
    around = loss_surface(t, SPEED, low_a + torch.tensor([-0.1, 0, 0.1]), 0.5, low_c + torch.tensor([-0.1, 0, 0.1]))
    assert around.argmin() == 4


@given(st.floats(1e-8, 1e2), st.floats(1.0, 1e4))
def test_rates_go_from_the_lowest_to_just_above_the_highest(low: float, factor: float) -> None:
    choice = rates(low, low * factor)
    assert list(choice) == sorted(set(choice))
    assert choice[0] >= low
    assert choice[-1] > low * factor
    assert sum(lr > low * factor for lr in choice) == 1
