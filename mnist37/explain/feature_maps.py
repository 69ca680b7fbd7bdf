"""What a network's first layers found in an image: the maps that its first convolution and its first stage pass on.

They do not say which way the answer goes. Grad-CAM, which says so, was measured and left out: docs/decisions/
explanations.md has the figures. `mnist37.explain.occlusion` tells what the ink is worth to the answer.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import inference_mode

from mnist37.explain.model import Model, prob_of_first
from mnist37.rungs import Filters, image_tensor


@dataclass(frozen=True, slots=True, eq=False)
class FeatureMaps:
    """What the first layers pass on, each value 0 or above.

    Args:
        first_maps: float32 `[filters, height, width]` (`[64, 14, 14]` of a ResNet-18), what the first convolution
            found, after batch norm and ReLU.
        stage_1_maps: float32 `[filters, height, width]` (`[64, 7, 7]`), the same after `layer1`.
        logit: the answer, above 0 for the first digit.
    """

    first_maps: NDArray[np.float32]
    stage_1_maps: NDArray[np.float32]
    logit: float

    @property
    def prob_first(self) -> float:
        """The probability of the first digit."""
        return prob_of_first(self.logit)


def feature_maps(model: Model, parts: Filters, image: NDArray[np.uint8]) -> FeatureMaps:
    """Look into the first layers of a network of filters while it answers an image, uint8 `[28, 28]`."""
    with inference_mode():
        first, stage_1, logits = parts.look(model.weights, image_tensor(image[None]))
    return FeatureMaps(first[0].numpy(), stage_1[0].numpy(), logits.item())
