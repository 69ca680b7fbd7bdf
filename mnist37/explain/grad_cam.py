"""Where resnet18 saw what it saw: Grad-CAM (Selvaraju et al. 2017), with its sign kept.

An input of 28x28 pixels shrinks on its way: 14x14 after the first convolution, 7x7 in the first stage, then 4x4, 2x2,
and 1x1 in the last, where Grad-CAM (made for 7x7 there) has nothing left to point at. `STAGES` are those that do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from mnist37.data.digits import SIDE
from mnist37.errors import SettingsError
from mnist37.explain.model import Model, prob_of_3
from mnist37.rungs import Weights, image_tensor
from mnist37.rungs.base import call_with
from mnist37.rungs.fastai_fit import as_logits
from mnist37.rungs.plain_resnet import plain_model

STAGES: Mapping[str, int] = {"conv1": 14, "layer1": 7, "layer2": 4, "layer3": 2}
"""The stages that one can look into, with the side of their maps in pixels."""

DEFAULT_STAGE = "layer1"
"""The deepest that still tells the parts of a digit from each other."""

_CUTS = (0, 3, 5, 6, 7, 8)  # the body's parts: convolution, batch norm and ReLU; pooling and layer1; layer2; 3; 4


@dataclass(frozen=True, slots=True, eq=False)
class GradCam:
    """Which places spoke for a 3 and which for a 7, as a stage of the network sees them.

    Grad-CAM adds up a stage's maps, each weighed by how much the answer rises with it (the gradient, averaged over the
    map). The paper then drops what is negative (a ReLU), as it asks what speaks *for* one of a thousand classes. Here
    what speaks against a 3 speaks for a 7, so the sign stays.

    Do not take that sign at its word. The mean over a map forgets where the gradient was, and at `layer1` of two
    trained models the heat of all 17 sevens adds up to "a three" (none of 17 right, and of 23 threes 21 and 22).
    `heat_by_place` multiplies before it adds up (HiResCAM: Draelos and Carin 2020) and is right for 13 and 12 of the
    sevens, 18 and 23 of the threes. Neither adds up to the logit, and neither follows closely what covering the ink
    does (correlation -0.1 to 0.2, and 0.2 to 0.4): `mnist37.explain.occlusion` tells that.

    Args:
        stage: one of `STAGES`.
        maps: float32 `[channels, side, side]`, what the stage passes on; 0 or above.
        gradient: float32 `[channels, side, side]`, how much the logit rises with each value of the maps.
        first_maps: float32 `[64, 14, 14]`, what the first convolution found, after batch norm and ReLU.
        stage_1_maps: float32 `[64, 7, 7]`, the same after `layer1`.
        logit: the answer, above 0 for a three.
    """

    stage: str
    maps: NDArray[np.float32]
    gradient: NDArray[np.float32]
    first_maps: NDArray[np.float32]
    stage_1_maps: NDArray[np.float32]
    logit: float

    @property
    def channel_weights(self) -> NDArray[np.float32]:
        """Mean gradient over each map, float32 `[channels]`: above 0 for a three."""
        weights: NDArray[np.float32] = self.gradient.mean(axis=(1, 2))
        return weights

    @property
    def heat(self) -> NDArray[np.float32]:
        """Grad-CAM: the maps, each weighed as a whole, float32 `[side, side]`: above 0 for a three."""
        return np.tensordot(self.channel_weights, self.maps, 1)

    @property
    def heat_by_place(self) -> NDArray[np.float32]:
        """HiResCAM: the maps, each weighed place by place, float32 `[side, side]`: above 0 for a three."""
        heat: NDArray[np.float32] = (self.gradient * self.maps).sum(axis=0)
        return heat

    @property
    def heat_28(self) -> NDArray[np.float32]:
        """`heat` enlarged to the image, float32 `[28, 28]`, bilinear: no sharper than it was."""
        return _enlarged(self.heat)

    @property
    def heat_by_place_28(self) -> NDArray[np.float32]:
        """`heat_by_place` enlarged in the same way."""
        return _enlarged(self.heat_by_place)

    @property
    def prob_3(self) -> float:
        """The probability of a three."""
        return prob_of_3(self.logit)


def grad_cam(model: Model, image: NDArray[np.uint8], stage: str = DEFAULT_STAGE) -> GradCam:
    """Look into a stage of `resnet18` while it answers.

    Args:
        model: a `resnet18`.
        image: uint8 `[28, 28]`.
        stage: one of `STAGES`.

    Raises:
        SettingsError: there is no such stage, or it is one pixel.
    """
    if stage not in STAGES:
        raise SettingsError(f"There is no stage {stage!r} to look into.", f"The stages are: {', '.join(STAGES)}.")
    with torch.enable_grad():
        maps, logit = _stages(model.weights, image_tensor(image)[None, None].requires_grad_())
        (slope,) = torch.autograd.grad(logit, maps[stage])  # (1, channels, side, side)
    seen = {name: tensor.detach()[0].numpy() for name, tensor in maps.items()}
    return GradCam(stage, seen[stage], slope[0].numpy(), seen["conv1"], seen["layer1"], logit.item())


def _stages(weights: Weights, xb: Tensor) -> tuple[dict[str, Tensor], Tensor]:
    """What each stage passes on, and the logit; the very parts of the plain model, one after the other."""
    body, head = plain_model()
    assert isinstance(body, nn.Sequential)
    maps = {}
    for name, (start, end) in zip((*STAGES, "layer4"), pairwise(_CUTS), strict=True):
        xb = _part(body[start:end], weights, "0.", xb)
        maps[name] = xb
    return maps, as_logits(_part(head, weights, "1.", xb))[0]


def _part(part: nn.Module, weights: Weights, prefix: str, xb: Tensor) -> Tensor:
    return call_with(part, {name: weights[prefix + name] for name in part.state_dict()}, xb)


def _enlarged(heat: NDArray[np.float32]) -> NDArray[np.float32]:
    small = torch.tensor(heat)[None, None]  # (1, 1, side, side)
    return nn.functional.interpolate(small, (SIDE, SIDE), mode="bilinear", align_corners=False)[0, 0].numpy()
