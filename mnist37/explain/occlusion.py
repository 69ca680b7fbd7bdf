"""Where the ink is that an answer rests on: cover a patch with paper and ask again (Zeiler and Fergus 2014).

It looks into no model, so it is true of every one, and all can be compared by it. Of a linear model it says what the
shares of the patch's pixels add up to; of a network it says what no gradient can: what really happens.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mnist37.data.digits import SIDE
from mnist37.explain.model import Model, checked_image, prob_of_first
from mnist37.rungs import Weights
from mnist37.settings import Settings

PATCH = 4
"""Side of the patch in pixels: somewhat wider than a stroke."""
STRIDE = 2


@dataclass(frozen=True, slots=True, eq=False)
class Occlusion:
    """How the answer changes with a part of the ink gone.

    Args:
        heat: float32 `[13, 13]`, a patch of 4x4 pixels every 2: how much the logit falls where it is covered. Above 0,
            the ink there speaks for the first digit; 0 where there is no ink to cover.
        logit: the answer with all its ink, above 0 for the first digit.
    """

    heat: NDArray[np.float32]
    logit: float

    @property
    def prob_first(self) -> float:
        """The probability of the first digit, where the model's answers may be read as one."""
        return prob_of_first(self.logit)

    @property
    def heat_28(self) -> NDArray[np.float32]:
        """Each pixel's mean over the patches that cover it, float32 `[28, 28]`."""
        total, count = np.zeros((2, SIDE, SIDE), np.float32)
        for (row, column), fall in np.ndenumerate(self.heat):
            total[_patch(row, column)] += fall
            count[_patch(row, column)] += 1
        return total / count


def occlusion(settings: Settings, weights: Weights, image: NDArray[np.uint8]) -> Occlusion:
    """Cover each patch of an image in turn, and ask a model.

    Args:
        settings: what the model was trained with.
        weights: its named tensors.
        image: uint8 `[28, 28]`, ink is bright.

    Raises:
        SettingsError: there is no such rung.
        RunBroken: the weights are not those of such a model.
        BadImage: the image is not uint8 `[28, 28]`.
    """
    return covered(Model(settings, weights), checked_image(image))


def covered(model: Model, image: NDArray[np.uint8]) -> Occlusion:
    """Cover each patch of an image, uint8 `[28, 28]`, in turn, and ask a model."""
    logit, heat = model.logit(image), np.zeros(((SIDE - PATCH) // STRIDE + 1,) * 2, np.float32)
    inked = [place for place in np.ndindex(*heat.shape) if image[_patch(*place)].any()]
    if inked:
        less = np.stack([image] * len(inked))
        for without, place in zip(less, inked, strict=True):
            without[_patch(*place)] = 0
        heat[tuple(np.transpose(inked))] = logit - model.logits(less)
    return Occlusion(heat, logit)


def _patch(row: int, column: int) -> tuple[slice, slice]:
    top, left = row * STRIDE, column * STRIDE
    return slice(top, top + PATCH), slice(left, left + PATCH)
