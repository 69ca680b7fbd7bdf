"""Why a comparison with two means said what it said: how far the image is from each of them, and where."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from mnist37.explain.model import Model
from mnist37.rungs import TwoMeans, image_tensor
from mnist37.rungs.pixel_similarity import DISTANCES


@dataclass(frozen=True, slots=True)
class Apart:
    """One kind of distance, in grey levels from 0 (paper) to 1 (ink).

    Args:
        to_first: from the image to the mean of the first digit.
        to_other: from the image to that of the other one.
    """

    to_first: float
    to_other: float

    @property
    def logit(self) -> float:
        """How much nearer the first mean is: above 0 for the first digit."""
        return self.to_other - self.to_first


@dataclass(frozen=True, slots=True, eq=False)
class Distances:
    """The nearer mean wins.

    Args:
        image: float32 `[28, 28]` in [0, 1], 1 = ink.
        first: float32 `[28, 28]`, the mean of the first digit.
        other: float32 `[28, 28]`, the mean of the other one.
        kind: the distance that decides, `l1` or `rmse`.
        l1: mean absolute difference.
        rmse: root of the mean squared difference.
        logit: the answer, above 0 for the first digit; no probability.
    """

    image: NDArray[np.float32]
    first: NDArray[np.float32]
    other: NDArray[np.float32]
    kind: str
    l1: Apart
    rmse: Apart
    logit: float

    @property
    def to_first(self) -> float:
        """To the mean of the first digit, by the distance that decides."""
        return self._deciding.to_first

    @property
    def to_other(self) -> float:
        """To the mean of the other digit, by the distance that decides."""
        return self._deciding.to_other

    @property
    def less_first(self) -> NDArray[np.float32]:
        """Image less the first mean, float32 `[28, 28]` in [-1, 1]: above 0 where there is ink that it has not."""
        return self.image - self.first

    @property
    def less_other(self) -> NDArray[np.float32]:
        """Image less the other mean, float32 `[28, 28]` in [-1, 1]."""
        return self.image - self.other

    @property
    def shares(self) -> NDArray[np.float32]:
        """What each pixel's ink brings to the answer, float32 `[28, 28]`: above 0 for the first digit.

        It is what the answer would lack were the pixel paper; `paper` and all shares add up to the logit. Exactly so
        for l1. For rmse, other - first is (other² - first²) / (other + first), squares are sums over pixels, and the
        two distances below the line are taken as they are.
        """
        return (self._nearer_to_first(self.image) - self._nearer_to_first(np.zeros_like(self.image))).astype(np.float32)

    @property
    def paper(self) -> float:
        """What the answer starts from, without any ink: how much nearer to the first mean paper is."""
        return float(self._nearer_to_first(np.zeros_like(self.image)).sum(dtype=np.float64))

    def _nearer_to_first(self, image: NDArray[np.float32]) -> NDArray[np.float32]:
        """Each pixel's distance to the other mean less that to the first one, as it counts in the answer."""
        from_other, from_first = (
            np.abs(image - mean) if self.kind == "l1" else np.square(image - mean) for mean in (self.other, self.first)
        )
        scale = 1.0 if self.kind == "l1" else self.to_other + self.to_first
        # A scale of 0: the image is both means, and nothing is shared out.
        nearer: NDArray[np.float32] = (from_other - from_first) / (image.size * scale or 1)
        return nearer

    @property
    def _deciding(self) -> Apart:
        return self.l1 if self.kind == "l1" else self.rmse


def distances(model: Model, parts: TwoMeans, image: NDArray[np.uint8]) -> Distances:
    """Take the answer of a model that compares with two means apart, for an image, uint8 `[28, 28]`."""
    x = image_tensor(image)
    means = [torch.from_numpy(mean) for mean in (parts.first, parts.other)]
    l1, rmse = (Apart(*(DISTANCES[kind](x, mean).item() for mean in means)) for kind in ("l1", "rmse"))
    return Distances(x.numpy(), parts.first, parts.other, parts.distance, l1, rmse, model.logit(image))
