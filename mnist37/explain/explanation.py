"""One image's answer, taken apart in the way that the rung declares: by the kind of its parts, not by its name."""

import numpy as np
from numpy.typing import NDArray

from mnist37.explain.distances import Distances, distances
from mnist37.explain.feature_maps import FeatureMaps, feature_maps
from mnist37.explain.model import Model, checked_image
from mnist37.explain.occlusion import Occlusion, covered
from mnist37.explain.unit_shares import UnitShares, unit_shares
from mnist37.explain.weighed import PixelShares, pixel_shares
from mnist37.rungs import Filters, HiddenUnits, OneSum, TwoMeans, Weights
from mnist37.settings import Settings

Explanation = PixelShares | UnitShares | FeatureMaps | Distances | Occlusion
"""Tell them apart with `match`; each has the `logit` that it explains."""


def explain(settings: Settings, weights: Weights, image: NDArray[np.uint8]) -> Explanation:
    """Take a model's answer apart.

    Args:
        settings: what the model was trained with.
        weights: its named tensors.
        image: uint8 `[28, 28]`, ink is bright.

    Returns:
        `PixelShares` of one sum, `UnitShares` of hidden units, `FeatureMaps` of filters, `Distances` to two means; of
        a model that declares no parts, `Occlusion`.

    Raises:
        SettingsError: there is no such rung.
        RunBroken: the weights are not those of such a model.
        BadImage: the image is not uint8 `[28, 28]`.
    """
    model, image = Model(settings, weights), checked_image(image)
    match model.parts:
        case OneSum() as parts:
            return pixel_shares(model, parts, image)
        case HiddenUnits() as parts:
            return unit_shares(model, parts, image)
        case TwoMeans() as parts:
            return distances(model, parts, image)
        case Filters() as parts:
            return feature_maps(model, parts, image)
        case None:
            return covered(model, image)


def is_only_covered(settings: Settings, weights: Weights) -> bool:
    """Return whether covering the ink is all that says which way it speaks: the answer is no sum of shares.

    Args:
        settings: what the model was trained with.
        weights: its named tensors.

    Raises:
        SettingsError: there is no such rung.
        RunBroken: the weights are not those of such a model.
    """
    return isinstance(Model(settings, weights).parts, Filters | None)
