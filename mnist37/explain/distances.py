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
        to_3: from the image to the mean 3.
        to_7: from the image to the mean 7.
    """

    to_3: float
    to_7: float

    @property
    def logit(self) -> float:
        """How much nearer the mean 3 is: above 0 for a three."""
        return self.to_7 - self.to_3


@dataclass(frozen=True, slots=True, eq=False)
class Distances:
    """The nearer mean wins.

    Args:
        image: float32 `[28, 28]` in [0, 1], 1 = ink.
        mean3: float32 `[28, 28]`, the mean of all 3s.
        mean7: float32 `[28, 28]`, the mean of all 7s.
        kind: the distance that decides, `l1` or `rmse`.
        l1: mean absolute difference.
        rmse: root of the mean squared difference.
        logit: the answer, above 0 for a three; no probability.
    """

    image: NDArray[np.float32]
    mean3: NDArray[np.float32]
    mean7: NDArray[np.float32]
    kind: str
    l1: Apart
    rmse: Apart
    logit: float

    @property
    def to_3(self) -> float:
        """To the mean 3, by the distance that decides."""
        return self._deciding.to_3

    @property
    def to_7(self) -> float:
        """To the mean 7, by the distance that decides."""
        return self._deciding.to_7

    @property
    def less_3(self) -> NDArray[np.float32]:
        """Image less mean 3, float32 `[28, 28]` in [-1, 1]: above 0 where there is ink that a 3 has not."""
        return self.image - self.mean3

    @property
    def less_7(self) -> NDArray[np.float32]:
        """Image less mean 7, float32 `[28, 28]` in [-1, 1]."""
        return self.image - self.mean7

    @property
    def shares(self) -> NDArray[np.float32]:
        """What each pixel's ink brings to the answer, float32 `[28, 28]`: above 0 for a three, 0 where there is none.

        It is what the answer would lack were the pixel paper; `paper` and all shares add up to the logit. Exactly so
        for l1. For rmse, to_7 - to_3 is (to_7² - to_3²) / (to_7 + to_3), squares are sums over pixels, and the two
        distances below the line are taken as they are.
        """
        return (self._nearer_to_3(self.image) - self._nearer_to_3(np.zeros_like(self.image))).astype(np.float32)

    @property
    def paper(self) -> float:
        """What the answer starts from, without any ink: how much nearer to the mean 3 paper is."""
        return float(self._nearer_to_3(np.zeros_like(self.image)).sum(dtype=np.float64))

    def _nearer_to_3(self, image: NDArray[np.float32]) -> NDArray[np.float32]:
        """Each pixel's distance to the mean 7 less that to the mean 3, as it counts in the answer."""
        from_7, from_3 = (
            np.abs(image - mean) if self.kind == "l1" else np.square(image - mean) for mean in (self.mean7, self.mean3)
        )
        scale = 1.0 if self.kind == "l1" else self.to_7 + self.to_3
        # A scale of 0: the image is both means, and nothing is shared out.
        nearer: NDArray[np.float32] = (from_7 - from_3) / (image.size * scale or 1)
        return nearer

    @property
    def _deciding(self) -> Apart:
        return self.l1 if self.kind == "l1" else self.rmse


def distances(model: Model, parts: TwoMeans, image: NDArray[np.uint8]) -> Distances:
    """Take the answer of a model that compares with two means apart, for an image, uint8 `[28, 28]`."""
    x = image_tensor(image)
    means = [torch.from_numpy(mean) for mean in (parts.mean3, parts.mean7)]
    l1, rmse = (Apart(*(DISTANCES[kind](x, mean).item() for mean in means)) for kind in ("l1", "rmse"))
    return Distances(x.numpy(), parts.mean3, parts.mean7, parts.distance, l1, rmse, model.logit(image))
