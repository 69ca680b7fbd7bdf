"""`simple-net`: two linear layers with a ReLU between them, the chapter's first neural network."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from mnist37.classes import THREE_OR_SEVEN, Classes
from mnist37.data import Digits
from mnist37.rungs.base import ChapterFigure, Default, Look, Rung, Weights, call_with
from mnist37.rungs.devices import CPU, gpu_or_cpu
from mnist37.rungs.linear_fastai import fit_learner, fit_rows, rows_lr_curve
from mnist37.rungs.losses import as_logits
from mnist37.rungs.lr_find import LrCurve
from mnist37.rungs.parts import HiddenUnits
from mnist37.rungs.watch import Watch
from mnist37.settings import Settings

WIDE = 200
"""From so many hidden units on a GPU is the faster one: up to there it takes longer to start a step's operations than
the CPU to compute them (docs/performance.md, "One epoch on a GPU")."""


def simple_net(hidden: int, outputs: int = 1) -> nn.Sequential:
    """Linear, ReLU, linear: `hidden` units look for features, the last layer weighs them."""
    return nn.Sequential(
        nn.Linear(28 * 28, hidden),  # (batch, 784) -> (batch, hidden)
        nn.ReLU(),
        nn.Linear(hidden, outputs),  # (batch, hidden) -> (batch, outputs)
    )


def _net(settings: Settings) -> nn.Sequential:
    return simple_net(settings.hidden, settings.classes.n_answers)


def _device(hidden: int) -> torch.device:
    return gpu_or_cpu() if hidden >= WIDE else CPU


@lru_cache(maxsize=8)
def _empty_net(hidden: int, outputs: int = 1) -> nn.Sequential:
    """Return the net without weights of its own, to be called with some: a page asks it several times a second."""
    with torch.device("meta"):
        return simple_net(hidden, outputs)


class SimpleNet(Rung):
    """See the module."""

    name = "simple-net"
    title = "Two-layer ReLU net"
    summary = "784 pixels, hidden units with a ReLU, then an output: each unit learns a picture to look for."
    uses = frozenset({"lr", "batch_size", "epochs", "hidden", "loss", "seed", "digits"})
    losses = ("logistic", "mnist_loss")
    needs_fastai = True
    defaults: ClassVar[Mapping[str, Default]] = {
        "lr": Default(0.5, "The fastest that stays smooth with the logistic loss."),
        "batch_size": Default(64, "Four times the chapter's steps an epoch, for the same digits."),
        "epochs": Default(20, "The valid accuracy is flat by then."),
        "hidden": Default(30, "As in the chapter; few enough to look at each unit's picture."),
        "loss": Default("logistic", "Learns faster than mnist_loss where the model is sure and wrong."),
    }
    chapter = (
        ChapterFigure(
            {"lr": 0.1, "batch_size": 256, "epochs": 40, "hidden": 30, "loss": "mnist_loss"},
            0.9828,
            "40 epochs, lr 0.1, batch 256",
        ),
    )
    lesson_page = "nonlinearity"
    notebook_text = """
## A neural network

Two linear layers with a **nonlinearity** between them: a ReLU, which replaces every negative number with zero.
Without it, two linear layers would be one. The numbers that the layers calculate are **activations**, those that they
learn are **parameters**; each hidden unit learns a picture to look for.
"""
    look = Look(title="What each hidden unit looks for", lab_px=34)

    def fit(self, settings: Settings, digits: Digits, watch: Watch) -> None:
        """Learn; see `Rung.fit`."""
        torch.manual_seed(settings.seed)
        fit_rows(settings, digits, _net(settings), watch, _device(settings.hidden))

    def sweep_lr(self, settings: Settings, digits: Digits) -> LrCurve:
        """Fastai's `lr_find`; see `Rung.sweep_lr`."""
        torch.manual_seed(settings.seed)
        return rows_lr_curve(settings, digits, _net(settings), _device(settings.hidden))

    def logits(self, settings: Settings, weights: Weights, images: Tensor) -> Tensor:
        """Raw answers; see `Rung.logits`."""
        net = _empty_net(settings.hidden, settings.classes.n_answers)
        if {n: t.shape for n, t in weights.items()} != {n: t.shape for n, t in net.state_dict().items()}:
            raise RuntimeError("the weights are those of another net")
        return as_logits(call_with(net, weights, images.view(-1, 28 * 28)))

    def between(self, weights: Weights, pair: Classes) -> Weights:
        """Return the net with the difference of the two digits' votes as its votes; see `Rung.between`."""
        votes = {
            name: tensor[pair.first : pair.first + 1] - tensor[pair.other]
            for name, tensor in weights.items()
            if name in {"2.weight", "2.bias"}
        }
        return {**weights, **votes}

    def module(self, settings: Settings, weights: Weights) -> nn.Module:
        """Return the net between two changes of shape; see `Rung.module`."""
        net = _net(settings)
        net.load_state_dict(weights)
        shape = [nn.Flatten(0)] if settings.classes.is_pair else []  # (N, 1) -> (N,)
        return nn.Sequential(nn.Flatten(), net, *shape)  # (N, 28, 28) -> (N, 784) -> (N, outputs)

    def weights_form(self, settings: Settings) -> Weights:
        """Both layers."""
        return _empty_net(settings.hidden, settings.classes.n_answers).state_dict()

    def first_layer(self, weights: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
        """One picture a hidden unit."""
        return weights["0.weight"].reshape(-1, 28, 28)

    def unit_votes(self, weights: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
        """Return the last layer's weights; see `Rung.unit_votes`."""
        return weights["2.weight"]

    def parts(self, settings: Settings, weights: Mapping[str, NDArray[np.float32]]) -> HiddenUnits:  # noqa: ARG002
        """Return the hidden units, and the last layer's weight of each."""
        (votes,) = self.unit_votes(weights)
        return HiddenUnits(self.first_layer(weights), weights["0.bias"], votes, float(weights["2.bias"][0]))

    def lesson(self, classes: Classes = THREE_OR_SEVEN) -> Sequence[Callable[..., Any]]:  # noqa: ARG002
        """Return the net and the `Learner`."""
        return simple_net, fit_learner
