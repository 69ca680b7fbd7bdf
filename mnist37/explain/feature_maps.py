"""What resnet18's first layers found in an image: the maps that its first convolution and its first stage pass on.

They do not say which way the answer goes. Grad-CAM, which says so, was measured and left out: docs/decisions/
explanations.md has the figures. `mnist37.explain.occlusion` tells what the ink is worth to the answer.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, inference_mode, nn

from mnist37.explain.model import Model, prob_of_3
from mnist37.rungs import Weights, image_tensor
from mnist37.rungs.base import call_with
from mnist37.rungs.fastai_fit import as_logits
from mnist37.rungs.plain_resnet import plain_model

_CONV1, _LAYER1 = 3, 5
"""Where the body's first two parts end: convolution, batch norm and ReLU; pooling and the first stage."""


@dataclass(frozen=True, slots=True, eq=False)
class FeatureMaps:
    """What the first layers pass on, each value 0 or above.

    Args:
        first_maps: float32 `[64, 14, 14]`, what the first convolution found, after batch norm and ReLU.
        stage_1_maps: float32 `[64, 7, 7]`, the same after `layer1`.
        logit: the answer, above 0 for a three.
    """

    first_maps: NDArray[np.float32]
    stage_1_maps: NDArray[np.float32]
    logit: float

    @property
    def prob_3(self) -> float:
        """The probability of a three."""
        return prob_of_3(self.logit)


def feature_maps(model: Model, image: NDArray[np.uint8]) -> FeatureMaps:
    """Look into the first layers of `resnet18` while it answers an image, uint8 `[28, 28]`."""
    body, head = plain_model()
    assert isinstance(body, nn.Sequential)
    with inference_mode():
        first = _part(body[:_CONV1], model.weights, "0.", image_tensor(image)[None, None])
        stage_1 = _part(body[_CONV1:_LAYER1], model.weights, "0.", first)
        features = _part(body[_LAYER1:], model.weights, "0.", stage_1)
        logit = as_logits(_part(head, model.weights, "1.", features))[0]
    return FeatureMaps(first[0].numpy(), stage_1[0].numpy(), logit.item())


def _part(part: nn.Module, weights: Weights, prefix: str, xb: Tensor) -> Tensor:
    return call_with(part, {name: weights[prefix + name] for name in part.state_dict()}, xb)
