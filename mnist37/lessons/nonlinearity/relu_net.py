"""The chapter's two-layer net on the digits: with and without its ReLU, its dead units, its decision boundary."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from mnist37.errors import Diverged
from mnist37.lessons.shared.listen import Listener
from mnist37.lessons.shared.rows import Rows
from mnist37.rungs.batches import DataLoader
from mnist37.rungs.linear_scratch import initial_params
from mnist37.rungs.linear_torch import BasicOptim, train_epoch
from mnist37.rungs.losses import logistic
from mnist37.rungs.simple_net import simple_net
from mnist37.rungs.watch import StopTraining

BATCH_SIZE, N_STEPS, SEED = 64, 300, 0
LINEAR_LR = 0.1


class StepsWatch(Listener):
    """A callback (`Watch`) that ends the training after `N_STEPS` steps."""

    def after_batch(self, loss: float) -> None:
        """Record the loss.

        Raises:
            StopTraining: all steps are made.
            Diverged: the loss is no finite number any more.
        """
        super().after_batch(loss)
        if not math.isfinite(loss):
            raise Diverged(
                f"The net diverged at step {len(self.losses)}: its loss is no finite number any more.",
                "Choose a smaller learning rate.",
            )
        if len(self.losses) == N_STEPS:
            raise StopTraining


@dataclass(frozen=True, slots=True, eq=False)
class Net:
    """A trained net, which must not be changed.

    Args:
        model: float32 `[n, 784]` in [0, 1] to `[n, 1]`; its first layer is `model[0]`.
        relu: whether there is a ReLU after the first layer.
        gradient: of the loss of all training digits by the first layer's weights, float32 `[hidden, 784]`.
    """

    model: nn.Sequential
    relu: bool
    gradient: Tensor

    @property
    def weights(self) -> dict[str, Tensor]:
        """The weights, by the names that `simple-net`'s runs use."""
        first, last = _linear(self.model[0]), _linear(self.model[-1])
        return {"0.weight": first.weight, "0.bias": first.bias, "2.weight": last.weight, "2.bias": last.bias}


def _linear(layer: nn.Module) -> nn.Linear:
    assert isinstance(layer, nn.Linear)
    return layer


def fresh_net(hidden: int, bias_start: float = 0.0) -> nn.Sequential:
    """Return `simple_net` with PyTorch's random weights, and `bias_start` added to the hidden units' biases."""
    generator = torch.Generator().manual_seed(SEED)

    def some(*shape: int, inputs: int) -> Tensor:
        return (2 * torch.rand(shape, generator=generator) - 1) / math.sqrt(inputs)

    with torch.device("meta"):  # so that it draws no random numbers
        net = simple_net(hidden)
    weights = {
        "0.weight": some(hidden, 28 * 28, inputs=28 * 28),
        "0.bias": some(hidden, inputs=28 * 28) + bias_start,
        "2.weight": some(1, hidden, inputs=hidden),
        "2.bias": some(1, inputs=hidden),
    }
    net.load_state_dict(weights, assign=True)
    return net


def learn(data: Rows, hidden: int, lr: float, *, relu: bool = True, bias_start: float = 0.0) -> Net:
    """Train for 300 mini-batches of 64, for any number of digits, with the rungs' own loop.

    Raises:
        Diverged: the loss is no finite number any more.
    """
    x, y = data.train_x, data.train_y
    net = fresh_net(hidden, bias_start)
    model = net if relu else nn.Sequential(net[0], net[2])
    run_steps(model, DataLoader(x, y, BATCH_SIZE, shuffle_seed=SEED), lr)
    (gradient,) = torch.autograd.grad(logistic(model(x), y), [_linear(net[0]).weight])
    return Net(model.requires_grad_(requires_grad=False), relu, gradient)


def run_steps(model: nn.Module, dl: DataLoader, lr: float) -> None:
    """Train epoch after epoch, until all steps are made."""
    watch = StepsWatch(lr, BATCH_SIZE)
    opt = BasicOptim(model.parameters(), lr)
    try:
        while True:
            train_epoch(model, dl, opt, logistic, watch)
    except StopTraining:
        return


def learn_linear(data: Rows) -> nn.Linear:
    """Train the linear model for as many steps on the same mini-batches."""
    weights, bias = initial_params(SEED)
    model = nn.Linear(28 * 28, 1, device="meta")
    model.load_state_dict({"weight": weights.detach().T, "bias": bias.detach()}, assign=True)
    run_steps(model, DataLoader(data.train_x, data.train_y, BATCH_SIZE, shuffle_seed=SEED), LINEAR_LR)
    return model.requires_grad_(requires_grad=False)


def n_wrong(model: nn.Module, x: Tensor, y: Tensor) -> int:
    """Return how many of the digits `[n, 784]` are predicted wrong."""
    return int(((model(x) > 0) != (y == 1)).sum())


def dead_units(net: Net, x: Tensor) -> Tensor:
    """Return which hidden units are 0 for all digits `[n, 784]`, bool `[hidden]`; none is dead without a ReLU."""
    before = net.model[0](x)  # (n, hidden)
    return (before <= 0).all(0) if net.relu else torch.zeros(before.shape[1], dtype=torch.bool)


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """A plane through all images: the mean digit, and two of the directions in which digits differ.

    Args:
        mean: float32 `[784]`.
        directions: float32 `[2, 784]`, of length 1 and at right angles.
    """

    mean: Tensor
    directions: Tensor

    def shadows(self, x: Tensor) -> Tensor:
        """Project digits `[n, 784]` onto the plane, `[n, 2]`."""
        return (x - self.mean) @ self.directions.T

    def images(self, places: Tensor) -> Tensor:
        """Return the images at these places of the plane, `[n, 2]` to `[n, 784]`."""
        return self.mean + places @ self.directions


def principal_plane(x: Tensor, first: int = 0) -> Plane:
    """Return the plane of two principal components of the digits `[n, 784]`: number `first`, from 0, and the next."""
    mean = x.mean(0)
    centred = x - mean
    _, directions = torch.linalg.eigh(centred.T @ centred)  # ascending: the directions of largest variance come last
    return Plane(mean, directions.flip(1)[:, first : first + 2].T.contiguous())


LESSON: tuple[Callable[..., object], ...] = (simple_net, learn, train_epoch, dead_units, principal_plane)
"""The code that the page shows, in reading order."""
