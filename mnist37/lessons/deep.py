"""The parts of ResNet-18, and its learning rate and momentum over one cycle."""

import math
from dataclasses import dataclass
from functools import cache

import torch
from torch import nn

from mnist37.rungs import LADDER
from mnist37.rungs.plain_resnet import plain_model

PARTS = (
    "convolution 7×7, every second pixel",
    "batch norm",
    "ReLU",
    "max-pool: the largest of 3×3, every second",
    "stage 1: two blocks of 3×3 convolutions",
    "stage 2: two blocks, half the size",
    "stage 3: two blocks, half the size",
    "stage 4: two blocks, half the size",
    "largest and mean of each map",
    "flatten",
    "batch norm",
    "dropout",
    "linear",
    "ReLU",
    "batch norm",
    "dropout",
    "linear: one number for a 7, one for a 3",
)
"""What each part of the model does, in order: the body, then the head."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the net.

    Args:
        what: what it does.
        kind: its class in torch, torchvision or fastai.
        shape: its output for one image: channels, height and width, or the number of units.
        n_params: the number of weights that it learns.
        n_layers: the number of convolutions and linear layers on the way through it.
    """

    what: str
    kind: str
    shape: tuple[int, ...]
    n_params: int
    n_layers: int


@cache
def parts() -> tuple[Part, ...]:
    """Return the net's parts in order; the shapes come from passing an image without values through the model."""
    model = plain_model.__wrapped__()  # a separate model: other threads may be using the shared one
    x, found = torch.empty(1, 1, 28, 28, device="meta"), []
    for part, what in zip((*model[0].children(), *model[1].children()), PARTS, strict=True):
        x = part(x)
        n_params = sum(p.numel() for p in part.parameters())
        found.append(Part(what, type(part).__name__, tuple(x.shape[1:]), n_params, _n_layers(part)))
    return tuple(found)


def _n_layers(part: nn.Module) -> int:
    """Count the convolutions and linear layers on the way through a part, without its shortcuts (`downsample`)."""
    return sum(
        isinstance(layer, nn.Conv2d | nn.Linear) and "downsample" not in name for name, layer in part.named_modules()
    )


def n_params(rung: str) -> int:
    """Return the number of weights that a rung of the ladder learns with its default settings."""
    chosen = LADDER[rung]
    form = chosen.weights_form(chosen.settings())
    counters = ("running_mean", "running_var", "num_batches_tracked", "mean3", "mean7")
    return sum(tensor.numel() for name, tensor in form.items() if not name.endswith(counters))


def cosine(start: float, end: float, share: float) -> float:
    """Return the value between start and end along half a cosine; share in [0, 1]."""
    return start + (1 + math.cos(math.pi * (1 - share))) * (end - start) / 2


def one_cycle(lr_max: float, share: float) -> tuple[float, float]:
    """Return learning rate and momentum after a share of the training, as in `fit_one_cycle`: up once, down once.

    Source: Smith 2018, "A disciplined approach to neural network hyper-parameters"; fastai's defaults.
    """
    if share < 0.25:
        warm = share / 0.25
        return cosine(lr_max / 25, lr_max, warm), cosine(0.95, 0.85, warm)
    cool = (share - 0.25) / 0.75
    return cosine(lr_max, lr_max / 1e5, cool), cosine(0.85, 0.95, cool)
