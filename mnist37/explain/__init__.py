"""Why a model said what it said of one image, what would change its mind, and whether the image is a 3 or a 7 at all.

Arithmetic on trained weights: it trains nothing, changes nothing, and knows no page.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from mnist37.explain.distances import Apart, Distances, distances
from mnist37.explain.feature_maps import FeatureMaps, feature_maps
from mnist37.explain.flip import Flip, flip
from mnist37.explain.likeness import Likeness, Resemblance
from mnist37.explain.model import Model, checked_image
from mnist37.explain.occlusion import Occlusion, occlusion
from mnist37.explain.unit_shares import UnitShares, unit_shares
from mnist37.explain.weighed import PixelShares, WeighedPixels, pixel_shares
from mnist37.rungs import Weights
from mnist37.settings import Settings

__all__ = [
    "Apart",
    "Distances",
    "Explanation",
    "FeatureMaps",
    "Flip",
    "Likeness",
    "Occlusion",
    "PixelShares",
    "Resemblance",
    "UnitShares",
    "WeighedPixels",
    "explain",
    "flip",
    "occlusion",
]

Explanation = PixelShares | UnitShares | FeatureMaps | Distances
"""To be told apart with `match`; each has the `logit` that it explains."""

_EXPLAINERS: Mapping[str, Callable[[Model, NDArray[np.uint8]], Explanation]] = {
    "pixel-similarity": distances,
    "linear-scratch": pixel_shares,
    "linear-torch": pixel_shares,
    "linear-fastai": pixel_shares,
    "simple-net": unit_shares,
    "resnet18": feature_maps,
}


def explain(settings: Settings, weights: Weights, image: NDArray[np.uint8]) -> Explanation:
    """Take a model's answer apart.

    Args:
        settings: what the model was trained with.
        weights: its named tensors.
        image: uint8 `[28, 28]`, ink is bright.

    Returns:
        `PixelShares` of a linear rung, `UnitShares` of `simple-net`, `FeatureMaps` of `resnet18`, `Distances` of
        `pixel-similarity`.

    Raises:
        SettingsError: there is no such rung.
        RunBroken: the weights are not those of such a model.
        BadImage: the image is not uint8 `[28, 28]`.
    """
    model, image = Model(settings, weights), checked_image(image)
    return _EXPLAINERS[settings.rung](model, image)
