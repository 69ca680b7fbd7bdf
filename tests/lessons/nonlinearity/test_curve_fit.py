"""What a net with one input can learn, with the ReLU and without it."""

import itertools

import numpy as np
import pytest
import torch

from mnist37.lessons.nonlinearity.curve_fit import curves, fit

CURVES = curves()
every_curve = pytest.mark.parametrize("name", CURVES)


@every_curve
@pytest.mark.parametrize("hidden", [1, 30])
def test_without_a_relu_it_is_the_best_straight_line_whatever_the_number(name: str, hidden: int) -> None:
    x, y = CURVES[name]
    learned = fit(x, y, hidden, relu=False)
    line = np.polyfit(x[:, 0], y[:, 0], 1)
    assert np.allclose(learned.curve(x), np.polyval(line, x[:, 0]), atol=0.02)
    assert learned.kinks == ()


@every_curve
def test_with_a_relu_more_units_bend_it_to_the_points(name: str) -> None:
    x, y = CURVES[name]
    losses = [fit(x, y, hidden, relu=True).loss for hidden in (1, 8, 50)]
    assert losses[0] > losses[1] >= losses[2] - 0.005
    assert losses[2] < 0.02


def test_the_curve_is_the_sum_of_its_units_and_straight_between_their_kinks() -> None:
    x, y = CURVES["wave"]
    learned = fit(x, y, 8, relu=True)
    preds = (x @ torch.tensor([learned.slopes]) + torch.tensor(learned.starts)).relu() @ torch.tensor(learned.votes)
    assert torch.allclose(learned.curve(x), preds + learned.bias, atol=1e-5)
    assert ((learned.curve(x)[:, None] - y) ** 2).mean().item() == pytest.approx(learned.loss, rel=0.2)
    edges = [-1.0, *(kink for kink in learned.kinks if -1 < kink < 1), 1.0]
    for low, high in itertools.pairwise(edges):
        three = learned.curve(torch.tensor([[low], [(low + high) / 2], [high]]))
        assert three[1].item() == pytest.approx((three[0] + three[2]).item() / 2, abs=1e-4)


def test_the_same_number_learns_the_same_and_leaves_torchs_own_chance_alone() -> None:
    x, y = CURVES["step"]
    before = torch.get_rng_state()
    assert fit(x, y, 3, relu=True) == fit(x, y, 3, relu=True)
    assert torch.equal(torch.get_rng_state(), before)
