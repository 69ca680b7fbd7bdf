"""Pictures of an answer that were tried and are not shown, as they do not say what covering the ink does."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import torch
from torch import nn
from torch.nn.functional import interpolate

from mnist37.explain.model import Model
from mnist37.rungs import LADDER, image_tensor

from .agreement import Heat

STAGES = {"conv1": 2, "layer1": 4, "layer2": 5, "layer3": 6}
"""Where each stage of resnet18 ends that has more than one pixel."""


def gradient_times_ink(model: Model, image: np.ndarray) -> np.ndarray:
    return model.slope(image)[1] * image_tensor(image).numpy()


def integrated_gradients(steps: int) -> Heat:
    """Sundararajan et al. 2017, from paper to the image: it adds up to what all ink together does to the logit."""

    def heat(model: Model, image: np.ndarray) -> np.ndarray:
        ink, shares = image_tensor(image), (torch.arange(steps) + 0.5) / steps
        with torch.enable_grad():
            xb = (shares[:, None, None] * ink).requires_grad_()
            (slopes,) = torch.autograd.grad(model.rung.logits(model.settings, model.weights, xb).sum(), xb)
        return (slopes.mean(0) * ink).numpy()

    return heat


def grad_cam(stage: str) -> Heat:
    """Selvaraju et al. 2017, its sign kept: each map weighed by the mean of its gradient."""
    return _cam(stage, lambda maps, slopes: (slopes.mean((1, 2), keepdim=True) * maps).sum(0))


def hires_cam(stage: str) -> Heat:
    """Draelos and Carin 2020: each map weighed place by place."""
    return _cam(stage, lambda maps, slopes: (slopes * maps).sum(0))


@lru_cache(maxsize=1)
def _whole(model: Model) -> nn.Module:
    return LADDER["resnet18"].module(model.settings, model.weights)


def _cam(stage: str, weigh: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]) -> Heat:
    def heat(model: Model, image: np.ndarray) -> np.ndarray:
        whole, maps = _whole(model), []
        layer = whole.model[0][STAGES[stage]]
        hook = layer.register_forward_hook(lambda _, __, out: maps.append(out))
        with torch.enable_grad():
            (slopes,) = torch.autograd.grad(whole(image_tensor(image)[None]).sum(), maps[0])
        hook.remove()
        small = weigh(maps[0][0], slopes[0]).detach()[None, None]
        return interpolate(small, (28, 28), mode="bilinear", align_corners=False)[0, 0].numpy()

    return heat
