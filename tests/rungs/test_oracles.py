"""What was written by hand against what PyTorch, fastai or a formula makes of the same batches."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from mnist37.data import Digits
from mnist37.rungs import LADDER, settings_for
from mnist37.rungs.base import stack_rows
from mnist37.rungs.batches import DataLoader
from mnist37.rungs.linear_scratch import calc_grad, initial_params
from mnist37.rungs.linear_torch import BasicOptim, linear_model
from mnist37.rungs.losses import LOSSES
from mnist37.rungs.simple_net import simple_net
from mnist37.settings import Settings
from mnist37.train import Control

from ..train.told import Told, after_step, teach
from .spy import short

Teach = Callable[[Settings], Told]
LINEAR = ("linear-scratch", "linear-torch", "linear-fastai")
losses = pytest.mark.parametrize("loss", ["logistic", "mnist_loss"])


def rows(digits: Digits) -> tuple[Tensor, Tensor]:
    return stack_rows(digits.train_images, digits.train_labels)


def torch_losses(model: nn.Module, settings: Settings, digits: Digits, lr_of: Callable[[int], float]) -> list[float]:
    """The batch losses of the plainest loop there is, with PyTorch's own SGD."""
    dl = DataLoader(*rows(digits), settings.batch_size, settings.seed)
    opt = torch.optim.SGD(model.parameters())
    told: list[float] = []
    for _ in range(settings.epochs):
        for xb, yb in dl:
            opt.param_groups[0]["lr"] = lr_of(len(told) + 1)
            loss = LOSSES[settings.loss](model(xb), yb)
            opt.zero_grad()
            loss.backward()
            opt.step()
            told.append(loss.item())
    return told


@losses
def test_the_gradient_is_the_one_from_the_formula(loss: str, tiny: Digits) -> None:
    xb, yb = rows(tiny)
    weights, bias = initial_params(seed=0)
    calc_grad(xb, yb, (weights, bias), LOSSES[loss])
    x, y = xb.double().numpy(), yb.double().numpy()
    p = 1 / (1 + np.exp(-(x @ weights.detach().double().numpy() + bias.item())))
    slope = p - y if loss == "logistic" else np.where(y == 1, -1, 1) * p * (1 - p)  # of the loss by the output
    assert weights.grad is not None
    assert bias.grad is not None
    np.testing.assert_allclose(weights.grad, x.T @ slope / len(x), atol=1e-6)
    np.testing.assert_allclose(bias.grad, [slope.mean()], atol=1e-6)


@losses
@pytest.mark.parametrize("name", LINEAR)
def test_a_linear_rung_steps_as_torch_does(name: str, loss: str, tiny: Digits, told: Teach) -> None:
    settings = short(name, loss=loss)
    model = linear_model(settings.seed)
    expected = torch_losses(model, settings, tiny, lambda _step: settings.lr)
    np.testing.assert_allclose(told(settings).losses, expected, atol=1e-5)
    weights = next(iter(told(settings).outcome.weights.values()))
    np.testing.assert_allclose(weights.reshape(-1), model.weight.detach().reshape(-1), atol=1e-5)


def test_basic_optim_is_sgd() -> None:
    torch.manual_seed(0)
    ours, theirs = nn.Linear(5, 2), nn.Linear(5, 2)
    theirs.load_state_dict(ours.state_dict())
    optimizers = BasicOptim(ours.parameters(), lr=0.3), torch.optim.SGD(theirs.parameters(), lr=0.3)
    for _ in range(10):
        xb = torch.randn(4, 5)
        for model, opt in zip((ours, theirs), optimizers, strict=True):
            model(xb).square().mean().backward()
            opt.step()
            opt.zero_grad()
    for mine, reference in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(mine, reference)
        assert mine.grad is None


def test_basic_optim_leaves_alone_what_has_no_gradient() -> None:
    model = nn.Linear(2, 1)
    before = model.weight.detach().clone()
    BasicOptim(model.parameters(), lr=1.0).step()
    torch.testing.assert_close(model.weight.detach(), before)


@pytest.mark.parametrize("whose", ["ours", "chapter"])
def test_the_three_linear_rungs_are_one_model(whose: str, embedded: Digits, tell_at_once: None) -> None:
    """The same loss at every step and the same weights in every snapshot."""
    told = []
    for name in LINEAR:
        changes = LADDER[name].chapter[0].settings if whose == "chapter" else {}
        told.append(teach(settings_for(name, **changes), embedded))
    scratch, *others = told
    first = LADDER["linear-scratch"].first_layer
    for name, other in zip(LINEAR[1:], others, strict=True):
        np.testing.assert_allclose(other.losses, scratch.losses, atol=1e-5)
        np.testing.assert_allclose(
            [e.valid_loss for e in other.epochs], [e.valid_loss for e in scratch.epochs], atol=1e-5
        )
        assert [e.accuracy for e in other.epochs] == [e.accuracy for e in scratch.epochs]
        assert list(other.snapshots) == list(scratch.snapshots)
        for step, weights in other.snapshots.items():
            np.testing.assert_allclose(LADDER[name].first_layer(weights), first(scratch.snapshots[step]), atol=1e-5)


@losses
def test_simple_net_s_learner_is_the_plain_loop(loss: str, tiny: Digits, told: Teach) -> None:
    settings = short("simple-net", loss=loss, hidden=7, lr=0.1)
    torch.manual_seed(settings.seed)
    model = simple_net(settings.hidden)
    expected = torch_losses(model, settings, tiny, lambda _step: settings.lr)
    np.testing.assert_allclose(told(settings).losses, expected, atol=1e-5)
    for name, tensor in told(settings).outcome.weights.items():
        torch.testing.assert_close(tensor, model.state_dict()[name], atol=1e-5, rtol=0)


@pytest.mark.parametrize("name", [*LINEAR, "simple-net"])
def test_a_turned_learning_rate_takes_effect_at_the_next_batch(name: str, tiny: Digits, tell_at_once: None) -> None:
    settings, control = short(name), Control()
    turned = teach(settings, tiny, control, after_step(5, lambda: control.set_lr(0.03)))
    torch.manual_seed(settings.seed)
    model = simple_net(settings.hidden) if name == "simple-net" else linear_model(settings.seed)
    expected = torch_losses(model, settings, tiny, lambda step: settings.lr if step <= 5 else 0.03)
    np.testing.assert_allclose(turned.losses, expected, atol=1e-5)
    assert turned.lrs == [settings.lr] * 5 + [0.03] * (len(expected) - 5)


@pytest.mark.parametrize("n", [1, 7, 50])
def test_a_loader_deals_every_digit_once_in_an_order_of_its_own(n: int) -> None:
    x = torch.arange(50)
    dl, again = (DataLoader(x, x, n, shuffle_seed=3) for _ in range(2))
    orders = [torch.cat([xb for xb, _ in dl]) for _ in range(2)]
    assert all(torch.equal(order.sort().values, x) for order in orders)
    assert not torch.equal(*orders)
    assert torch.equal(orders[0], torch.cat([xb for xb, _ in again]))
    assert len(list(dl)) == len(dl)
    assert torch.equal(torch.cat([xb for xb, _ in DataLoader(x, x, n)]), x)
