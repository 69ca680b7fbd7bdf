"""Ink and paper where the light is even: two levels of grey, and which of them is the ink.

A threshold between the two levels splits the pixels (Ridler and Calvard 1978). Ink is what covers less, is of even
thickness and leaves the corners free. A photo in uneven light has no two levels; see `light`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

SMALL_SIDE = 96
"""Pixels of the longer side: enough to see what covers what."""

PAPER_SPREAD, INK_SPREAD = 0.15, 0.45
"""Shares of the contrast by which the smoothed greys of paper and ink may differ where the light is even."""

STEEPEST = 0.06
"""Share of the contrast by which greys may differ from pixel to pixel, away from the edges of strokes."""

SOFTEST = 0.21
"""Share of the contrast by which some greys at least differ from pixel to pixel, at the edges of strokes."""

THIRD_LEVEL = 0.3
"""Share of the contrast, beyond one of the two levels, at which there are three of them."""

MARGIN = 0.08
"""Share of a side along which frames and shadows of a scan lie."""

LEAST_FLAT = 0.1
"""Share of a level that has to be flat so that its grey is known."""

SMOOTHING = 6.0
"""Standard deviation in pixels, of the small picture: noise and JPEG's traces are no light."""

AREA, CORNERS, UNEVENNESS = -14.9, -1.7, -10.2
"""What dark pixels say against dark ink: a logistic regression on 6,400 pictures made of MNIST's train digits."""

Greys = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Levels:
    """Two levels of grey.

    Args:
        threshold: the grey half way between both.
        dark_ink: whether the darker one is the ink.
        is_even: whether each is the same all over the picture.
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
    """The standard deviation of the thickness along the middle of strokes, as a share of its mean."""
    depth = ndimage.distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1]
    middle = depth[(depth == ndimage.maximum_filter(depth, 3)) & mask]
    return float(middle.std() / middle.mean())


def _spread(grey: Greys, mask: Mask) -> float:
    """How far the smoothed greys within a mask differ."""
    if not mask.any():
        return 0.0
    weight = ndimage.gaussian_filter(mask.astype(np.float64), SMOOTHING)
    smooth = ndimage.gaussian_filter(np.where(mask, grey, 0.0), SMOOTHING)[mask] / weight[mask]
    low, high = np.percentile(smooth, [2, 98])
    return float(high - low)


def _without_margin(mask: Mask) -> Mask:
    """The same without what lies next to the border, where frames are."""
    inner = np.zeros_like(mask)
    rows, columns = (slice(margin, side - margin) for side in mask.shape for margin in [round(MARGIN * side)])
    inner[rows, columns] = mask[rows, columns]
    return inner


def _beyond(grey: Greys, dark: Mask, is_flat: Mask) -> float:
    """How far greys lie beyond the darker or the brighter level: ink within a shadow, or chalk within a glare."""
    darkest, brightest = np.percentile(grey, [0.5, 99.5])
    below = [np.median(grey[level]) - darkest for level in [dark & is_flat] if level.sum() > LEAST_FLAT * dark.sum()]
    above = [
        brightest - np.median(grey[level]) for level in [~dark & is_flat] if level.sum() > LEAST_FLAT * (~dark).sum()
    ]
    return float(max([*below, *above], default=0.0))
