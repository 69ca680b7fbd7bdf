"""The two-layer net on the digits: what its ReLU is for, when units die, and the plane on which it is looked at."""

from collections.abc import Callable

import pytest
import torch

from mnist37.data import Digits
from mnist37.errors import Diverged
from mnist37.lessons.nonlinearity.relu_net import dead_units, fresh_net, learn, learn_linear, n_wrong, principal_plane
from mnist37.lessons.nonlinearity.two_layers import TwoLayers, largest_difference
from mnist37.lessons.shared.rows import rows
from mnist37.rungs.base import stack_rows
from mnist37.rungs.losses import logistic


@pytest.fixture(scope="module")
def digits(few: Callable[[int], Digits]) -> Digits:
    return few(400)


def test_it_learns_and_so_does_the_linear_model(embedded: Digits) -> None:
    x, y = stack_rows(embedded.valid_images, embedded.valid_labels)
    assert n_wrong(learn(rows(embedded), 30, 0.5).model, x, y) <= 4
    assert n_wrong(learn_linear(rows(embedded)), x, y) <= 6


def test_without_its_relu_it_is_one_layer(digits: Digits) -> None:
    net = learn(rows(digits), 30, 0.5, relu=False)
    x, _ = stack_rows(digits.valid_images, digits.valid_labels)
    w = net.weights
    layers = TwoLayers(w["0.weight"].T, w["0.bias"], w["2.weight"].T, w["2.bias"])
    assert largest_difference(x, layers, relu=False) < 1e-4
    assert not dead_units(net, x).any()


@pytest.mark.parametrize(("lr", "bias_start"), [(0.5, -0.5), (1.5, 0.0)])
def test_a_unit_that_is_dead_has_no_gradient(embedded: Digits, lr: float, bias_start: float) -> None:
    net = learn(rows(embedded), 30, lr, bias_start=bias_start)
    x, y = stack_rows(embedded.train_images, embedded.train_labels)
    dead = dead_units(net, x)
    assert 0 < dead.sum() < 30
    assert (net.gradient[dead] == 0).all()
    assert (net.gradient[~dead] != 0).any()
    model = net.model.requires_grad_()
    logistic(model(x), y).backward()
    assert torch.allclose(model[0].weight.grad, net.gradient)


def test_a_net_starts_as_pytorchs_own_and_leaves_its_chance_alone(digits: Digits) -> None:
    before = torch.get_rng_state()
    weights = fresh_net(30, -1.0).state_dict()
    learn(rows(digits), 2, 0.5)
    learn_linear(rows(digits))
    assert torch.equal(torch.get_rng_state(), before)
    assert weights["0.weight"].abs().max() <= 1 / 28
    assert weights["0.weight"].std().item() == pytest.approx(1 / 28 / 3**0.5, rel=0.02)
    assert (weights["0.bias"] < 0).all()


def test_a_loss_that_is_no_number_names_its_step(digits: Digits) -> None:
    with pytest.raises(Diverged, match="step"):
        learn(rows(digits), 30, 1e6, relu=False)


def test_the_plane_is_that_of_the_singular_values(digits: Digits) -> None:
    x, _ = stack_rows(digits.train_images, digits.train_labels)
    plane = principal_plane(x)
    assert torch.allclose(plane.directions @ plane.directions.T, torch.eye(2), atol=1e-4)
    shadows = plane.shadows(x)
    values = torch.linalg.svdvals(x - x.mean(0))[:2]
    assert torch.allclose(shadows.norm(dim=0), values, rtol=1e-3)
    assert torch.allclose(plane.shadows(plane.images(shadows)), shadows, atol=1e-3)
