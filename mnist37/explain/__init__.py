"""Why a model said what it said of one image, what would change its mind, and whether the image is a 3 or a 7 at all.

Arithmetic on trained weights: it trains nothing, changes nothing, and knows no page.
"""

from mnist37.explain.distances import Apart, Distances
from mnist37.explain.explanation import Explanation, explain, is_only_covered
from mnist37.explain.feature_maps import FeatureMaps
from mnist37.explain.flip import Flip, flip
from mnist37.explain.likeness import Likeness, Resemblance
from mnist37.explain.model import between
from mnist37.explain.occlusion import Occlusion, occlusion
from mnist37.explain.unit_shares import UnitShares
from mnist37.explain.weighed import PixelShares, WeighedPixels

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
    "between",
    "explain",
    "flip",
    "is_only_covered",
    "occlusion",
]
