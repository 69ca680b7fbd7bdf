"""Train the same net with and without five lines that are easily left out, to compare the curves."""

import math
from collections.abc import Set
from dataclasses import dataclass

import torch
from torch import nn

from mnist37.lessons.loss import loss_without_sigmoid
from mnist37.lessons.shared.rows import Rows
from mnist37.rungs.batches import DataLoader
from mnist37.rungs.linear_torch import BasicOptim
from mnist37.rungs.losses import batch_accuracy, mnist_loss

BUGS = ("no shuffle", "no zero_grad", "no bias", "no ReLU", "no sigmoid")


@dataclass(frozen=True, slots=True)
class Curves:
    """The curves of a run: the loss of each mini-batch, and the validation accuracy after each epoch (in [0, 1]).

    A run ends early if its loss is not finite; that loss is left out.
    """

    losses: tuple[float, ...]
    accuracies: tuple[float, ...]
    diverged: bool


def make_net(bugs: Set[str], hidden: int, seed: int) -> nn.Sequential:
    """Return the chapter's two-layer net, without what `bugs` leave out."""
    bias = "no bias" not in bugs
    relu = nn.Identity() if "no ReLU" in bugs else nn.ReLU()
    net = nn.Sequential(nn.Linear(28 * 28, hidden, bias), relu, nn.Linear(hidden, 1, bias))
    order = torch.Generator().manual_seed(seed)
    for p in net.parameters():
        bound = p.shape[-1] ** -0.5
        nn.init.uniform_(p, -bound, bound, order)
    return net


def train_with(bugs: Set[str], data: Rows, lr: float, batch_size: int, epochs: int) -> Curves:
    """Train the net with some of `BUGS`."""
    net = make_net(bugs, hidden=30, seed=0)
    loss_func = loss_without_sigmoid if "no sigmoid" in bugs else mnist_loss
    dl = DataLoader(data.train_x, data.train_y, batch_size, None if "no shuffle" in bugs else 0)
    opt = BasicOptim(net.parameters(), lr)
    losses: list[float] = []
    accuracies: list[float] = []
    for _ in range(epochs):
        for xb, yb in dl:
            loss = loss_func(net(xb), yb)
            if not math.isfinite(loss.item()):
                return Curves(tuple(losses), (*accuracies, accuracy(net, data)), diverged=True)
            losses.append(loss.item())
            loss.backward()
            opt.step()
            if "no zero_grad" not in bugs:
                opt.zero_grad()
        accuracies.append(accuracy(net, data))
    return Curves(tuple(losses), tuple(accuracies), diverged=False)


def accuracy(net: nn.Module, data: Rows) -> float:
    """Return the share of the validation digits that are classified correctly."""
    with torch.no_grad():
        return batch_accuracy(net(data.valid_x), data.valid_y).item()
