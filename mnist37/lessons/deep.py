"""What ResNet-18 is made of, and how its learning rate and momentum go through one cycle."""

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
"""What the parts of the model do, in their order: the body's, then the head's."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the net.

    Args:
        what: what it does.
        kind: its class in torch, torchvision or fastai.
        shape: what comes out of it for one image: channels, height and width, or one number a unit.
        n_params: how many weights it learns.
        n_layers: how many convolutions and linear layers one goes through in it.
    """

    what: str
    kind: str
    shape: tuple[int, ...]
    n_params: int
    n_layers: int


@cache
def parts() -> tuple[Part, ...]:
    """The net's parts in order; the model itself tells their shapes, as an image without values goes through it."""
    model = plain_model.__wrapped__()  # one of its own: others may be asking the shared one just now
    x, told = torch.empty(1, 1, 28, 28, device="meta"), []
    for part, what in zip((*model[0].children(), *model[1].children()), PARTS, strict=True):
        x = part(x)
        n_params = sum(p.numel() for p in part.parameters())
        told.append(Part(what, type(part).__name__, tuple(x.shape[1:]), n_params, _n_layers(part)))
    return tuple(told)


def _n_layers(part: nn.Module) -> int:
    """Convolutions and linear layers on the way through a part; the shortcuts beside it (`downsample`) do not count."""
    return sum(
        isinstance(layer, nn.Conv2d | nn.Linear) and "downsample" not in name for name, layer in part.named_modules()
    )


def n_params(rung: str) -> int:
    """How many weights a rung of the ladder learns, with its default settings."""
    chosen = LADDER[rung]
    form = chosen.weights_form(chosen.settings())
    counters = ("running_mean", "running_var", "num_batches_tracked", "mean3", "mean7")
    return sum(tensor.numel() for name, tensor in form.items() if not name.endswith(counters))


def cosine(start: float, end: float, share: float) -> float:
    """From start to end along half a cosine; share in [0, 1]."""
    return start + (1 + math.cos(math.pi * (1 - share))) * (end - start) / 2


def one_cycle(lr_max: float, share: float) -> tuple[float, float]:
    """Learning rate and momentum after a share of the training, as `fit_one_cycle` has them: up once, down once.

    Source: Smith 2018, "A disciplined approach to neural network hyper-parameters"; fastai's defaults.
    """
    if share < 0.25:
        warm = share / 0.25
        return cosine(lr_max / 25, lr_max, warm), cosine(0.95, 0.85, warm)
    cool = (share - 0.25) / 0.75
    return cosine(lr_max, lr_max / 1e5, cool), cosine(0.85, 0.95, cool)
