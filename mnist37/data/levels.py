"""Find the two grey levels of ink and paper in even light, and which of them is the ink.

A threshold between the two levels splits the pixels (Ridler and Calvard 1978). Ink covers less, has an even thickness
and leaves the corners free. A photo in uneven light does not have two levels; see `light`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

SMALL_SIDE = 96
"""Pixels of the longer side of the reduced picture."""

PAPER_SPREAD, INK_SPREAD = 0.15, 0.45
"""Maximum spread of the smoothed greys of paper and of ink in even light, as a share of the contrast."""

STEEPEST = 0.06
"""Maximum difference between neighbouring pixels away from the edges of strokes, as a share of the contrast."""

SOFTEST = 0.21
"""Minimum difference between some neighbouring pixels at the edges of strokes, as a share of the contrast."""

THIRD_LEVEL = 0.3
"""Distance beyond one of the two levels at which a third level exists, as a share of the contrast."""

MARGIN = 0.08
"""Width of the border where a scan has frames and shadows, as a share of a side."""

LEAST_FLAT = 0.1
"""Minimum share of a level that must be flat so that its grey can be measured."""

SMOOTHING = 6.0
"""Standard deviation in pixels of the reduced picture; it removes noise and JPEG's artefacts."""

AREA, CORNERS, UNEVENNESS = -14.9, -1.7, -10.2
"""Weights of a logistic regression for dark ink, fitted to 6,400 pictures made of MNIST's train digits."""

Greys = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Levels:
    """Two levels of grey.

    Args:
        threshold: the grey halfway between both.
        dark_ink: whether the darker one is the ink.
        is_even: whether each level is the same in the whole picture.
    """

    threshold: float
    dark_ink: bool
    is_even: bool


def find_levels(grey: Greys) -> Levels:
    """Split a picture into two levels.

    Args:
        grey: `[H, W]` in [0, 255].

    Returns:
        The levels; they mean nothing where `is_even` is False, or where the picture has no contrast.
    """
    small = _reduced(grey)
    threshold = _threshold(small)
    dark = small < threshold
    if dark.all() or not dark.any():
        return Levels(threshold, dark_ink=True, is_even=False)  # a dot on a large sheet
    contrast = float(small[~dark].mean() - small[dark].mean())
    dark_ink = _for_dark_ink(dark) > 0
    paper = ~dark if dark_ink else dark
    slopes = ndimage.gaussian_gradient_magnitude(small, 1.0)
    is_flat = _without_margin(slopes < STEEPEST * contrast)
    is_even = (
        float(slopes.max()) >= SOFTEST * contrast
        and _spread(small, paper & is_flat) <= PAPER_SPREAD * contrast
        and _spread(small, ~paper & is_flat) <= INK_SPREAD * contrast
        and _beyond(small, dark, is_flat) <= THIRD_LEVEL * contrast
    )
    return Levels(threshold, dark_ink, is_even)


def _reduced(grey: Greys) -> Greys:
    height, width = grey.shape
    scale = min(1.0, SMALL_SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(Image.fromarray(grey.astype(np.float32)).resize(size, Image.Resampling.BOX), np.float64)


def _threshold(grey: Greys) -> float:
    threshold = float(np.percentile(grey, [0.5, 99.5]).mean())
    for _ in range(20):
        dark = grey < threshold
        if dark.all() or not dark.any():
            break
        before, threshold = threshold, float(grey[dark].mean() + grey[~dark].mean()) / 2
        if abs(threshold - before) < 0.25:
            break
    return threshold


def _for_dark_ink(dark: Mask) -> float:
    corners = float(dark[[0, 0, -1, -1], [0, -1, 0, -1]].mean())
    unevenness = _unevenness(dark) - _unevenness(~dark)
    return float(AREA * (dark.mean() - 0.5) + CORNERS * (corners - 0.5) + UNEVENNESS * unevenness)


def _unevenness(mask: Mask) -> float:
    """Return the standard deviation of the thickness along the middle of strokes, as a share of its mean."""
    depth = ndimage.distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1]
    middle = depth[(depth == ndimage.maximum_filter(depth, 3)) & mask]
    return float(middle.std() / middle.mean())


def _spread(grey: Greys, mask: Mask) -> float:
    """Return how far the smoothed greys within a mask differ."""
    if not mask.any():
        return 0.0
    weight = ndimage.gaussian_filter(mask.astype(np.float64), SMOOTHING)
    smooth = ndimage.gaussian_filter(np.where(mask, grey, 0.0), SMOOTHING)[mask] / weight[mask]
    low, high = np.percentile(smooth, [2, 98])
    return float(high - low)


def _without_margin(mask: Mask) -> Mask:
    """Return the mask without the pixels next to the border, where frames are."""
    inner = np.zeros_like(mask)
    rows, columns = (slice(margin, side - margin) for side in mask.shape for margin in [round(MARGIN * side)])
    inner[rows, columns] = mask[rows, columns]
    return inner


def _beyond(grey: Greys, dark: Mask, is_flat: Mask) -> float:
    """Return how far greys lie beyond the two levels, as ink in a shadow or chalk in a glare does."""
    darkest, brightest = np.percentile(grey, [0.5, 99.5])
    below = [np.median(grey[level]) - darkest for level in [dark & is_flat] if level.sum() > LEAST_FLAT * dark.sum()]
    above = [
        brightest - np.median(grey[level]) for level in [~dark & is_flat] if level.sum() > LEAST_FLAT * (~dark).sum()
    ]
    return float(max([*below, *above], default=0.0))
